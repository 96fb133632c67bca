"""Whom a change of the plan concerns: asked before it is done, written when it is."""
