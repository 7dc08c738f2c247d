# The two commands are `make refresh` and `make test`; both set up what they need first.
PYTHON ?= python3
BIN := .venv/bin
BI := .venv-bi

.DEFAULT_GOAL := help
.PHONY: help kills matrix refresh up down bi test test-bi test-cluster test-cluster-bucket test-storage lint format types layers pytest lock clean

help:
	@echo "make refresh   set up, then take sample_data/ to a published release and a scorecard"
	@echo "make up        set up, then run Airflow with Celery workers, PostgreSQL and Redis on this machine until Ctrl-C"
	@echo "make down      end what \`make up\` started"
	@echo "make bi        set up, then run Apache Superset with the dashboards on this machine until Ctrl-C"
	@echo "make test      set up, then run every check and test"
	@echo "make test-bi   every dashboard in a browser, at the width of a desk and of a phone (about five minutes)"
	@echo "make test-cluster  a night on Celery with a worker killed, Redis and PostgreSQL restarted (about ten minutes)"
	@echo "make test-cluster-bucket  the same with the home in a bucket (S3 by moto on loopback)"
	@echo "make test-storage  nights of three machines on one bucket (S3 by moto on loopback), one of them killed"
	@echo "make format    format the code"
	@echo "make kills     kill 20 refreshes at random moments and compare what they publish in the end"
	@echo "make matrix    put every pair of bad data into good data and compare every published row"
	@echo "make lock      resolve the dependencies again"

refresh: $(BIN)/.runtime
	$(BIN)/htx refresh

# WORKERS=4 make up; HTX_HOME says where data goes, as for every htx command.
WORKERS ?= 2
up: $(BIN)/.cluster
	@$(BIN)/htx cluster up --workers $(WORKERS)

down: $(BIN)/.cluster
	@$(BIN)/htx cluster down

# HTX_BI_PORT=8089 make bi; with HTX_POSTGRES it reads the served release, else the DuckDB file of the current one.
bi: $(BI)/.installed
	@$(BI)/bin/python -m bi.server serve

test: lint types layers pytest

# Superset reads the sample's release in a home of its own; the screenshots are for a person to look at.
test-bi: $(BI)/.installed $(BIN)/.runtime
	$(BIN)/htx refresh --home var/test-bi --as-of 2026-06-30
	$(BI)/bin/python -m tests.bi.dashboards --home var/test-bi --pictures var/test-bi/pictures

test-cluster: $(BIN)/.development
	$(BIN)/python -m tests.cluster.disturbed_night

test-cluster-bucket: $(BIN)/.development
	$(BIN)/python -m tests.cluster.disturbed_night --bucket

test-storage: $(BIN)/.development
	$(BIN)/python -m tests.storage.nights

lint: $(BIN)/.development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	cd dbt_project && ../$(BIN)/sqlfluff lint --disable-progress-bar models macros

types: $(BIN)/.development
	$(BIN)/mypy

layers: $(BIN)/.development
	$(BIN)/lint-imports

# Two files at a time. What fails so is run once more alone: browsers and servers have time limits, and a machine of two
# cores may be too slow for two of them at once.
pytest: $(BIN)/.development
	$(BIN)/pytest -q --numprocesses 2 --dist loadfile || $(BIN)/pytest -q --last-failed

format: $(BIN)/.development
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# uv installs the lock in seconds and, like pip, from whatever registry this machine is set up for.
define install
	$(BIN)/pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --requirement $(1) \
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

$(BIN)/.cluster: requirements-cluster.lock pyproject.toml | $(BIN)/.runtime
	$(call install,requirements-cluster.lock)
	@touch $@

# An environment of its own: Superset is built on SQLAlchemy 1.4.
$(BI)/.installed: bi/requirements.lock | $(BIN)/python
	@echo "Installing Superset into .venv-bi (once, about two minutes) ..."
	$(PYTHON) -m venv $(BI)
	$(BIN)/pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BI)/bin/python --requirement $< \
		|| $(BI)/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

$(BIN)/.development: requirements-dev.lock pyproject.toml | $(BIN)/.runtime
	$(call install,requirements-dev.lock)
	@touch $@

# Without addresses of registries: a lock must install from any mirror.
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --no-annotate --no-header
lock: $(BIN)/python
	$(BIN)/pip install --quiet uv
	$(LOCK) pyproject.toml --output-file requirements.lock
	$(LOCK) pyproject.toml --extra cluster --constraint requirements.lock --output-file requirements-cluster.lock
	$(LOCK) pyproject.toml --extra dev --constraint requirements-cluster.lock --output-file requirements-dev.lock
	$(LOCK) bi/requirements.in --output-file bi/requirements.lock

# Proofs that take longer than a test should: by hand, and before a release of this project.
kills: $(BIN)/.development
	$(BIN)/python -m tests.kills --times 20

matrix: $(BIN)/.development
	$(BIN)/python -m tests.matrix

clean:
	rm -rf .venv .venv-bi var
