# Tempo. `make demo` shows it, `make test` tries it, `make help` lists the rest.
# Every path below is relative, so the folder may be called anything, also with a space in it.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup demo serve test test-fast test-postgres test-browser proof check format messages bench bench-planner screenshots lock clean

PYTHON := .venv/bin/python
PORT ?= 8000
SIZE ?= full
export PORT SIZE

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' Makefile | sort | awk -F ':.*## ' '{ printf "  make %-14s %s\n", $$1, $$2 }'

setup: .venv/.installed ## install what requirements.lock names into .venv

# The lock covers the tools of development too: one file, one environment, the same on every machine.
.venv/.installed: requirements.lock
	@test -x .venv/bin/python || python3 -m venv .venv
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9,<1'
	@.venv/bin/python -m uv pip sync --quiet --python .venv/bin/python --require-hashes requirements.lock
	@touch .venv/.installed

lock: ## choose versions anew from pyproject.toml
	@.venv/bin/python -m uv pip compile --quiet --universal --generate-hashes --group dev --upgrade --no-header pyproject.toml -o requirements.lock

clean: ## throw away the environment, caches and the demo's data
	rm -rf .venv var/demo var/test .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
