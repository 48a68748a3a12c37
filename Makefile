# Two commands on a bare Debian with python3, pip and make: `make run` and `make test`. `make help` lists the rest.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory --no-builtin-rules

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PACKAGES := $(wildcard inspector_app sync xforms)

# Qt wants a UTF-8 locale and a runtime folder of its own; a bare root login has neither.
export LANG ?= C.UTF-8
ifndef XDG_RUNTIME_DIR
export XDG_RUNTIME_DIR := $(CURDIR)/build/runtime
endif

# --- system packages, the only list -----------------------------------------------------------------------------------

APT_RUN := libdbus-1-3 libegl1 libfontconfig1 libfreetype6 libgl1 libglib2.0-0 libxkbcommon0
# On a real screen: what Qt's xcb and wayland plugins link to.
APT_SCREEN := libwayland-client0 libwayland-cursor0 libwayland-egl1 libxcb-cursor0 libxcb-icccm4 libxcb-image0 \
	libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-shm0 libxcb-sync1 libxcb-xfixes0 \
	libxcb-xkb1 libxkbcommon-x11-0
# Tests read the PDFs back with pdftotext and pdftoppm, and run the centre on a PostgreSQL of their own.
APT_TEST := poppler-utils postgresql-15
# JavaRosa, which comes inside pyxform, is compared with by programs of ours that are compiled when they are wanted.
APT_JAVA := default-jdk-headless

ifneq ($(DISPLAY)$(WAYLAND_DISPLAY),)
APT_RUN += $(APT_SCREEN)
endif

# --- environment ------------------------------------------------------------------------------------------------------

# One .venv, two locks; the development lock contains the other. A stamp is named after its lock's content, and an
# install removes every stamp it does not vouch for, so neither command undoes or trusts the other's work wrongly.
stamp = $(VENV)/installed/$(1)-$(firstword $(shell sha256sum requirements-$(1).txt))
RUN_STAMP := $(call stamp,run)
DEV_STAMP := $(call stamp,dev)

# pip works on the venv from outside, so python3-venv (ensurepip) is not needed.
PIP_INSTALL := $(PYTHON) -m pip --python $(BIN)/python --disable-pip-version-check install --quiet --no-input \
	--no-compile --root-user-action=ignore
INSTALL_LOCK := $(PIP_INSTALL) --require-hashes --no-deps --only-binary :all:

$(BIN)/python:
	@$(PYTHON) -m venv --without-pip $(VENV)

$(RUN_STAMP): | $(BIN)/python
	@echo "Installing what the application needs"
	@$(INSTALL_LOCK) -r requirements-run.txt
	@mkdir -p $(@D) && rm -f $(@D)/* && touch $@

$(DEV_STAMP): | $(BIN)/python
	@echo "Installing what development needs"
	@$(INSTALL_LOCK) -r requirements-dev.txt
	@mkdir -p $(@D) && rm -f $(@D)/* && touch $(RUN_STAMP) $@

.PHONY: packages-run packages-test packages-java runtime-folder

packages-run:
	@installer/system-packages $(APT_RUN)

packages-test:
	@installer/system-packages $(APT_RUN) $(APT_TEST)

packages-java:
	@command -v javac >/dev/null || installer/system-packages $(APT_JAVA)

runtime-folder:
	@mkdir -p -m 700 build $(XDG_RUNTIME_DIR)

# --- commands ---------------------------------------------------------------------------------------------------------

.PHONY: run test lint types format bench chaos conformance conformance-mutants hostile kills \
	simulate simulate-mutants day coverage lock clean help

run: packages-run $(RUN_STAMP) runtime-folder  ## start a sample server and the application; without a screen, a tour
	@$(BIN)/python -m inspector_app.app.run

test: packages-test $(DEV_STAMP) runtime-folder  ## every check; the last line is pytest's summary
	@failed=0; \
	$(BIN)/ruff check --quiet . || failed=1; \
	$(BIN)/ruff format --quiet --check --output-format concise . || failed=1; \
	$(MAKE) types || failed=1; \
	$(BIN)/pytest --numprocesses auto --dist loadfile || failed=1; \
	exit $$failed

lint: $(DEV_STAMP)  ## ruff and the import floors (a part of the test run)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --output-format concise .
	@$(BIN)/lint-imports

types: $(DEV_STAMP)  ## mypy, strict (a part of the test run)
	@$(BIN)/mypy $(PACKAGES) tests

format: $(DEV_STAMP)  ## sort imports and format the code
	@$(BIN)/ruff check --select I --fix .
	@$(BIN)/ruff format .

bench: packages-test packages-java $(DEV_STAMP) runtime-folder  ## measure; files tests/bench/bench_*.py
	@$(BIN)/pytest -o python_files='bench_*.py' -p no:randomly -s tests/bench

conformance: packages-java $(DEV_STAMP)  ## the form engine against others, recorded (XFORMS_CASES) and live (SEED=1448)
	@$(if $(SEED),SEED=$(SEED)) $(BIN)/python -m tests.conformance.run

conformance-mutants: $(DEV_STAMP)  ## which seeded bugs of the form engine each part of the comparison finds
	@$(BIN)/python -m tests.conformance.mutants

hostile: $(DEV_STAMP)  ## forms made to hang or to fill the memory: what became of each, seconds and megabytes
	@$(BIN)/python -m tests.xforms.hostile

kills: packages-run $(DEV_STAMP) runtime-folder  ## kill -9 the application at random moments; ROUNDS=30 SEED=1448
	@$(BIN)/python -m tests.chaos.kills --rounds $(or $(ROUNDS),30) $(if $(SEED),--seed $(SEED))

chaos: $(DEV_STAMP) runtime-folder  ## kill -9 centre and devices over a link that cuts and lies; ROUNDS=200 SEED=1448
	@$(BIN)/python -m tests.chaos.field --rounds $(or $(ROUNDS),200) $(if $(SEED),--seed $(SEED))

simulate: $(DEV_STAMP)  ## devices and centre under seeded faults, without a socket; SEEDS=500 FROM=1
	@PYTHONHASHSEED=0 $(BIN)/python -m tests.simulation.run --seeds $(or $(SEEDS),500) --from $(or $(FROM),1)

simulate-mutants: $(DEV_STAMP)  ## how many seeds it takes to find each bug of tests/simulation/mutants.py
	@PYTHONHASHSEED=0 $(BIN)/python -m tests.simulation.run --mutants --seeds $(or $(SEEDS),500)

day: $(DEV_STAMP)  ## 24 hours of two committees, the link up 5 % of the time: requests, bytes, wake-ups; HOURS=24 SEED=1
	@PYTHONHASHSEED=0 $(BIN)/python -m tests.simulation.day --hours $(or $(HOURS),24) --seed $(or $(SEED),1)

coverage: packages-test $(DEV_STAMP) runtime-folder  ## the tests, with the lines they missed
	@$(BIN)/pytest --cov --cov-report=term-missing:skip-covered

# Hashes, but no registry address, may be in a lock: docs/decisions/0001-locks-without-addresses.md.
UV := build/lock/bin/uv
COMPILE = $(UV) pip compile --quiet --universal --generate-hashes --no-header --no-annotate $(if $(UPGRADE),--upgrade) \
	pyproject.toml --extra server

lock:  ## renew both locks after a change in pyproject.toml; UPGRADE=1 takes newer releases
	@test -x $(UV) || { $(PYTHON) -m venv --without-pip build/lock; \
		$(subst $(BIN)/,build/lock/bin/,$(PIP_INSTALL)) uv==0.13.9; }
	@$(COMPILE) --output-file requirements-run.txt
	@$(COMPILE) --extra postgresql --group dev --constraint requirements-run.txt --output-file requirements-dev.txt

clean:  ## remove what the commands made
	@rm -rf $(VENV) build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find $(PACKAGES) tests -name __pycache__ -prune -exec rm -rf {} +

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 18
