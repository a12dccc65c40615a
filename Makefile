# What a person or a machine can ask for; `make help` lists it.
# PYTHON: the first of these on PATH that is of a version we run on.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
            "$$python" -c '$(FITS)' 2>/dev/null && { echo "$$python"; break; }; done)
FITS   := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
VENV   := .venv
BIN    := $(VENV)/bin
LOCKED := $(VENV)/.locked
READY  := $(VENV)/.ready
# a process a core and two more, since tests also wait: see `pytest_xdist_auto_num_workers`
PYTEST := $(BIN)/python -m pytest -q -n auto --dist loadfile --no-loadscope-reorder
BUILD  := build/venv
PIP    := bin/python -m pip --disable-pip-version-check install --quiet --no-input
ENGINE ?= docker
HASHED := --require-hashes --no-deps --only-binary :all:

define CHECK_PYTHON
@test -n "$(PYTHON)" && "$(PYTHON)" -c '$(FITS)' 2>/dev/null || { \
  echo "ofsted-watch needs Python 3.11, 3.12 or 3.13, and found $(or $(PYTHON),none)." >&2; \
  echo "Install one, or say where it is: make $(or $(MAKECMDGOALS),install) PYTHON=/path/to/python3.12" >&2; exit 1; }
@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
  echo "$(PYTHON) has no venv module. On Debian and Ubuntu:" >&2; \
  echo "sudo apt-get install python3-venv (python3.12-venv for python3.12)" >&2; exit 1; }
endef

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install demo run test test-all lint format types bench accuracy gallery soak audit wheel image lock clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

install: $(READY)  ## .venv with the locked, hashed dependencies and this project

# Each stamp is written last, so that an install which broke off is done again.
$(LOCKED): requirements-dev.lock
	$(CHECK_PYTHON)
	@echo "installing the locked dependencies into $(VENV); the first time takes a few minutes"
	@"$(PYTHON)" -m venv --clear $(VENV)
	@$(VENV)/$(PIP) $(HASHED) -r requirements-dev.lock
	@touch $@

$(READY): $(LOCKED) pyproject.toml hatch_build.py requirements.lock
	@$(VENV)/$(PIP) --no-index --no-build-isolation --no-deps -e .
	@touch $@

demo: install  ## play July 2025: Sutton's new report is found, read, compared and sent out (STAY=1: leave the UI up)
	@$(BIN)/python -m deployments.demo.demo $(if $(STAY),--stay)

run: install  ## start the service for the real site
	@$(BIN)/ofsted-watch up

test: install  ## the tests that need Python alone
	@$(PYTEST) -m "not system" $(PYTEST_ARGS)

test-all: install  ## all tests, also those that need Debian packages (Chromium, PostgreSQL, Redis, LibreOffice, strace)
	@$(PYTEST) $(PYTEST_ARGS)

lint: install  ## ruff: rules and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

format: install  ## ruff: correct what it can
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

types: install  ## mypy, strict
	@$(BIN)/mypy

bench: install  ## what reading, a check and an idle service cost
	@$(BIN)/python -m tests.bench_reading
	@$(BIN)/python -m tests.bench_england
	@$(BIN)/python -m tests.bench

accuracy: install  ## how much of the shared corpus the parser gets right
	@$(BIN)/python -m tests.accuracy

gallery: install  ## every message in every form, as pictures: gallery/index.html (needs Chromium, fonts with emoji)
	@$(BIN)/python -m tests.gallery

soak: install  ## some hundred kills, and every test on PostgreSQL (needs strace and PostgreSQL; takes long)
	@$(BIN)/python -m tests.soak $(SOAK_ARGS)
	@$(PYTEST) --postgresql -k postgresql $(PYTEST_ARGS)

audit:  ## check the locked packages for known vulnerabilities (needs uv or pipx, and PyPI)
	@.ci/audit

wheel:  ## dist/: the wheel and requirements.lock, all that an installation elsewhere needs
	$(CHECK_PYTHON)
	@"$(PYTHON)" -m venv --clear $(BUILD)
	@$(BUILD)/$(PIP) $(HASHED) -r requirements-build.lock
	@rm -rf dist
	@$(BUILD)/bin/python -m hatchling build -t wheel -d dist
	@cp requirements.lock dist/

image:  ## the container image ofsted-watch (with docker; ENGINE=podman: with podman)
	@$(ENGINE) build $(if $(findstring podman,$(ENGINE)),--format docker) -t ofsted-watch -f deployments/Containerfile .

lock:  ## lock the newest dependencies that fit pyproject.toml (needs uv)
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade --extra postgres --extra redis -o requirements.lock
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra demo --extra postgres --extra redis -c requirements.lock -o requirements-dev.lock
	uv pip compile --group build --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -c requirements-dev.lock -o requirements-build.lock

clean:  ## remove .venv and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist
