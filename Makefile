# Tempo. `make demo` shows it, `make test` tries it, `make help` lists the rest.
# Every path below is relative, so the folder may be called anything, also with a space in it.

SHELL := /bin/sh
.DEFAULT_GOAL := help
# `make test` runs its parts one after the other, also under -j.
.NOTPARALLEL:
.PHONY: help setup install demo serve upgrade downgrade test test-fast test-postgres test-browser proof check lint style layers types migrations translations scripts format messages bench bench-planner screenshots papers lock clean bench-load bench-scale seed-national seed-history

PYTHON := .venv/bin/python
PORT ?= 8000
LOCK := $(or $(LOCK),$(shell cat .venv/.lock 2>/dev/null),requirements-dev.lock)
SIZE ?= full
SECONDS ?= 60
export PORT SIZE
# Compiled Python is kept: without it every start takes twice as long.
export PYTHONDONTWRITEBYTECODE :=

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' Makefile | awk -F ':.*## ' '{ printf "  make %-14s %s\n", $$1, $$2 }'

setup: .venv/.installed ## install what the lock names into .venv; LOCK=requirements.lock leaves the tools of development out

# Which of the two locks is remembered: a machine that only serves stays without the tools of development.
# Two starts side by side wait for each other where flock is at hand.
.venv/.installed: $(LOCK)
	@umask 077; mkdir -p var; : >>var/setup.lock
	@if command -v flock >/dev/null; then exec flock var/setup.lock $(MAKE) --no-print-directory install; \
	else $(MAKE) --no-print-directory install; fi

install:
	@test ! .venv/.installed -nt $(LOCK) || exit 0; \
	echo 'Installing what $(LOCK) names into .venv ...'; \
	python3 -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed.")' && \
	{ test -x .venv/bin/python || python3 -m venv .venv; } && \
	.venv/bin/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9,<1' && \
	.venv/bin/python -m uv pip sync --quiet --python .venv/bin/python --require-hashes $(LOCK) && \
	echo $(LOCK) > .venv/.lock && touch .venv/.installed

demo: setup ## show it with invented people: PORT=8123 make demo serves there
	@DEMO=yes DATA_DIR="var/demo/$(PORT)" BASE_URL="http://localhost:$(PORT)" COOKIE_SUFFIX="$(PORT)" DATABASE_URL= REDIS_URL= \
	exec $(PYTHON) manage.py demo --port "$(PORT)"

serve: setup ## run what the environment or .env describes (see docs/operations.md)
	@$(PYTHON) manage.py prepare
	@exec $(PYTHON) manage.py serve --port "$(PORT)"

upgrade: ## a newer version, with a backup before; TO=v1.2 a certain one; goes back by itself when it fails
	@sh deploy/upgrade.sh up "$(TO)"

downgrade: ## back to the version and the data of before the last upgrade
	@sh deploy/upgrade.sh back

test: test-fast test-postgres test-browser ## the whole suite: SQLite, then what is marked for PostgreSQL, then the browser

# A process for each core; a file stays whole, so that what its tests share is made once.
CORES ?= 2
SPREAD = -n $(CORES) --dist loadfile

test-fast: setup ## without the browser and PostgreSQL; CORES=8 on a larger machine
	$(PYTHON) manage.py messages compile
	$(PYTHON) -m pytest $(SPREAD) -m "not browser" tests --ignore=tests/proof

test-postgres: setup ## only what is marked for PostgreSQL
	TEST_DATABASE=postgres $(PYTHON) -m pytest $(SPREAD) -m "not browser" tests --ignore=tests/proof

test-browser: setup ## only the browser tests
	$(PYTHON) -m pytest $(SPREAD) -m browser tests --ignore=tests/proof

proof: setup ## races, office and calendar programs, fuzzing; SIZE=small is the short one
	@$(PYTHON) manage.py messages compile
	PROOF_SIZE="$(SIZE)" $(PYTHON) -m pytest tests/proof

check: lint style layers types migrations translations scripts ## everything below that reads the code without running it

lint: setup
	$(PYTHON) -m ruff check .

style: setup
	$(PYTHON) -m ruff format --check .
	.venv/bin/djangofmt --check --quiet templates

layers: setup
	$(PYTHON) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'

types: setup
	$(PYTHON) -m mypy

migrations: setup
	$(PYTHON) manage.py makemigrations --check --dry-run

translations: setup
	$(PYTHON) manage.py messages check

# Read by biome, which npm brings; where it cannot be fetched, that is said and the scripts are read in the next check.
BIOME := npm exec --yes --quiet -- @biomejs/biome@2.6.8

scripts:
	@if $(BIOME) --version >/dev/null 2>&1; then $(BIOME) check; else echo "The scripts were not read: npm brings no biome here."; fi

format: setup ## mend what ruff, djangofmt and biome can mend
	-@$(BIOME) check --write
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .
	.venv/bin/djangofmt --quiet templates

messages: setup ## collect texts into locale/, then translate what is empty there
	$(PYTHON) manage.py messages update

bench: setup ## figures: conflicts, placements, requests per second
	$(PYTHON) -m benchmarks

# Without INSTANCE the table of goals; INSTANCES names the folder of instances and checkers, SIZE=full takes all of them.
bench-planner: setup ## automatic proposals against their goals; or one: INSTANCE=FILE SECONDS=60
ifdef INSTANCE
	$(PYTHON) -m benchmarks.$(if $(filter %.ctt,$(INSTANCE)),itc2007,prison) "$(INSTANCE)" --seconds "$(SECONDS)" --out var/plan.txt
else
	$(PYTHON) -m benchmarks.planner --size $(if $(filter file,$(origin SIZE)),small,$(SIZE)) $(if $(CLOCK),--clock $(CLOCK))
endif

LOAD_SECONDS = $(if $(filter file,$(origin SECONDS)),300,$(SECONDS))

bench-load: setup ## 300 people at once on PostgreSQL, then 60 on SQLite: what they wait; SECONDS=60 is shorter
	@$(PYTHON) -m benchmarks.load --engine postgres --seconds "$(LOAD_SECONDS)"
	@$(PYTHON) -m benchmarks.load --engine sqlite --seconds "$(LOAD_SECONDS)"

# Each set has a database of its own: SQLite below var/scale, or the PostgreSQL that SCALE_DATABASE_URL names
# (postgres://user@host:port), where each set gets a database of its name.
SCALE = DEMO=yes REDIS_URL= PLANNER_TESTING=yes $(PYTHON) -m benchmarks.scale
SCALE_SIZE = $(if $(filter file,$(origin SIZE)),full,$(SIZE))

seed-national: setup ## a country: 38 prisons, two years, 11,000 sessions a week; SIZE=small is a few
	@$(SCALE) seed national --size "$(SCALE_SIZE)"

seed-history: setup ## a century: one prison, a hundred times its first term; SIZE=small is a few
	@$(SCALE) seed history --size "$(SCALE_SIZE)"

bench-scale: setup ## what every page costs on one term, in a country and after a century; builds what is missing; ONLY=named a few
	@$(SCALE) bench --size "$(SCALE_SIZE)" --only "$(ONLY)"

screenshots: setup ## pictures of the main pages into var/screenshots
	$(PYTHON) tests/browser/screenshots.py

papers: setup ## a picture of the first page of every paper into var/papers
	PAPERS=var/papers $(PYTHON) -m pytest -q -n 0 tests/core/paper/test_every_paper.py

lock: ## choose versions anew from pyproject.toml
	@.venv/bin/python -m uv pip compile --quiet --universal --generate-hashes --group dev --upgrade --no-header pyproject.toml -o requirements-dev.lock
	@cp requirements-dev.lock requirements.lock
	@.venv/bin/python -m uv pip compile --quiet --universal --generate-hashes --no-header pyproject.toml -o requirements.lock

clean: ## throw away the environment, caches and the demo's data
	rm -rf .venv var/demo var/test .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
