# Needs Python 3.11 or newer, make and a package index; everything else comes into .venv from the locked requirements.
.POSIX:
.SUFFIXES:
.PHONY: help demo test lint types docs-check docs bench lock wheel clean

PYTHON = $$(for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN = .venv/bin
PY = $(BIN)/python
PIP = $(PY) -m pip --disable-pip-version-check --no-input install --quiet
# Tests run on all processors; WORKERS=0 runs them one after the other.
WORKERS = auto

help:
	@echo 'make demo        an environment, two databases in demo/, the posture of France in Niger'
	@echo 'make test        the whole suite, on SQLite and on a real PostgreSQL server'
	@echo 'make lint types docs-check    what .ci/run checks after the tests'
	@echo 'make bench       speed, each figure beside its reference'

# --- environments: each stamp says which lock it was made from --------------------------------------------------

.venv/run.stamp: requirements.lock pyproject.toml
	@python=$(PYTHON); test -n "$$python" || { echo 'posture needs Python 3.11 or newer (python3 on the PATH)' >&2; exit 1; }; \
	test -x $(PY) || { echo "making .venv with $$python"; $$python -m venv .venv; }
	@echo 'installing what requirements.lock names'
	@$(PIP) --require-hashes --requirement requirements.lock
	@$(PIP) --no-deps --no-build-isolation --no-index --editable .
	@touch $@

.venv/dev.stamp: requirements-dev.lock .venv/run.stamp
	@echo 'installing what requirements-dev.lock names'
	@$(PIP) --require-hashes --requirement requirements-dev.lock
	@touch $@

# --- for users ---------------------------------------------------------------------------------------------------

demo: .venv/run.stamp
	@mkdir -p demo
	@sh docs/demo.sh $(BIN)/posture demo

# --- for developers ----------------------------------------------------------------------------------------------

test: .venv/dev.stamp
	$(PY) -m pytest -q -n $(WORKERS)

lint: .venv/dev.stamp
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

types: .venv/dev.stamp
	$(PY) -m mypy

docs-check: .venv/dev.stamp
	$(PY) -m pytest -q tests/docs tests/cli/test_reference.py

docs: .venv/dev.stamp
	$(PY) -m posture.cli.reference docs/cli.md
	$(PY) -c 'from posture.store.reference import markdown; open("docs/tables.md", "w", encoding="utf-8").write(markdown())'
	$(PY) -m posture.cli.sql_reference docs/sql.md

# make bench SIZES=1e5,1e6,1e7 takes about half an hour and 5 GB for the time being.
SIZES = 1e5,1e6
bench: .venv/dev.stamp
	$(PY) -m benchmarks --sizes $(SIZES)

wheel: .venv/run.stamp
	$(PY) -m hatchling build

# The locks hold for every system and Python that the project supports, not only for the one they are made on.
LOCK = .venv-lock/bin/uv pip compile pyproject.toml --extra import --extra export --extra postgresql --group build --universal --fork-strategy fewest \
	--generate-hashes --no-header --no-emit-index-url --no-emit-find-links --python-version 3.11 --quiet
lock:
	@python=$(PYTHON); $$python -m venv .venv-lock
	@.venv-lock/bin/python -m pip --disable-pip-version-check install --quiet uv
	$(LOCK) --upgrade --output-file requirements.lock
	$(LOCK) --upgrade --group dev --constraint requirements.lock --output-file requirements-dev.lock

clean:
	rm -rf .venv .venv-lock demo build dist .pytest_cache .ruff_cache .mypy_cache .hypothesis
