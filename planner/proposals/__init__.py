"""Proposals: facts -> problem -> engine -> lines beside the plan -> accepted through the one writer."""
