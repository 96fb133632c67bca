"""Invented people in real prisons: what `make demo` shows. Deterministic from a seed, dated around today."""
