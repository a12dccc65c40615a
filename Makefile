# What a person or a machine can ask for. `make help` lists it.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help install demo run test test-all lint types bench lock clean

help:  ## what there is to make
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

install: $(READY)  ## .venv with the locked, hashed dependencies and this project

$(READY): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "ofsted-watch needs Python 3.11 or newer; say which: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps --only-binary :all: -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --no-build-isolation --no-deps -e .
	@touch $@

demo: install  ## play July 2025: Sutton's new report is found, read, compared and told (STAY=1: leave the UI up)
	@$(BIN)/python -m deployments.demo $(if $(STAY),--stay)

run: install  ## start the service for the real site
	@$(BIN)/ofsted-watch up

test: install  ## lint-free quick suite: needs Python alone
	$(BIN)/python -m pytest -m "not system" $(PYTEST_ARGS)

test-all: install  ## the whole suite, with what needs Debian packages (Chromium)
	$(BIN)/python -m pytest $(PYTEST_ARGS)

lint: install  ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: install  ## mypy, strict
	$(BIN)/mypy

bench: install  ## what a look and an idle service cost
	$(BIN)/python -m tests.bench

lock:  ## lock the newest dependencies that fit pyproject.toml (needs uv)
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade --extra demo --extra postgres -o requirements.lock
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra demo --extra postgres -c requirements.lock -o requirements-dev.lock

clean:  ## away with .venv and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist
