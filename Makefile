# Everything goes through a virtual environment of the project's own; every target is safe to repeat.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Timings: one BLAS thread, and the kernels of this very processor.
ONE_THREAD := env -u OPENBLAS_CORETYPE OPENBLAS_NUM_THREADS=1

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint slow bench bench-full bench-docs clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version.split()[0] + "; name one with make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]"
	@touch $(READY)

setup: $(READY) ## make the environment and install everything

demo: $(READY) ## run the main job on the flagship scenario, from file to report
	$(BIN)/yuimaru run scenarios/area_and_hub.toml

test: $(READY) ## the quick tests (about a minute)
	env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest --numprocesses auto --dist loadfile

lint: $(READY) ## linter, formatter and type checker
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright

slow: $(READY) ## ensembles, every shipped scenario, whole runs
	env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest -m "slow and not full" --numprocesses auto --dist loadfile --no-loadscope-reorder

bench: $(READY) ## timings of the registry of cases, small sizes
	$(ONE_THREAD) $(BIN)/python -m pytest tests/benchmarks -m "not full" --benchmark-enable --benchmark-only

bench-full: $(READY) ## timings at full size (two hours, most of it ten thousand fortnights; keep the machine idle)
	$(ONE_THREAD) $(BIN)/python -m pytest tests/benchmarks -m full --benchmark-enable --benchmark-only --benchmark-min-rounds 3
	$(ONE_THREAD) $(BIN)/python -m pytest tests/interchange/test_switching.py -m full -k hundred_thousand

bench-docs: $(READY) ## measure everything into docs/benchmarks.md (about 20 minutes; keep the machine idle)
	$(BIN)/yuimaru bench --docs docs/benchmarks.md

clean: ## remove the environment and caches (results stay)
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis .benchmarks build *.egg-info
