# The two commands are `make refresh` and `make test`; both set up what they need first.
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help refresh test lint format types layers pytest lock clean

help:
	@echo "make refresh   set up, then take sample_data/ to a published release and a scorecard"
	@echo "make test      set up, then run every check and test"
	@echo "make format    format the code"
	@echo "make lock      resolve the dependencies again"

refresh: $(BIN)/.runtime
	$(BIN)/htx refresh

test: lint types layers pytest

lint: $(BIN)/.development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	cd dbt_project && ../$(BIN)/sqlfluff lint --disable-progress-bar models macros

types: $(BIN)/.development
	$(BIN)/mypy

layers: $(BIN)/.development
	$(BIN)/lint-imports

pytest: $(BIN)/.development
	$(BIN)/pytest -q

format: $(BIN)/.development
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# uv installs the lock in seconds and, like pip, from whatever registry this machine is set up for.
define install
	$(BIN)/pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --requirement $(1) \
		|| $(BIN)/pip install --quiet --disable-pip-version-check --requirement $(1)
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
endef

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed, found " + sys.version.split()[0] + ". Name one with: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv .venv

$(BIN)/.runtime: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing into .venv (once, about a minute) ..."
	$(call install,requirements.lock)
	@touch $@

$(BIN)/.development: requirements-dev.lock pyproject.toml | $(BIN)/.runtime
	$(call install,requirements-dev.lock)
	@touch $@

# Without addresses of registries: a lock must install from any mirror.
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --no-annotate --no-header
lock: $(BIN)/python
	$(BIN)/pip install --quiet uv
	$(LOCK) pyproject.toml --output-file requirements.lock
	$(LOCK) pyproject.toml --extra dev --constraint requirements.lock --output-file requirements-dev.lock

clean:
	rm -rf .venv var
