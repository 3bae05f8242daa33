# `make` lists what there is to do.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help demo test test-fast check format bench clean

help:
	@echo "make demo       install, fetch the models, write out/demo.mp4"
	@echo "make test       install what tests need and run all of them"
	@echo "make test-fast  the tests that take seconds"
	@echo "make check      ruff and mypy"
	@echo "make format     format the code"
	@echo "make bench      measure this machine (affetto bench)"
	@echo "make clean      remove .venv and out; the models stay in the cache"

demo: $(VENV)/.installed
	@$(BIN)/python -m apps.demo out/demo.mp4

test: check
	$(BIN)/python -m pytest -m "not slow"
	$(BIN)/python -m pytest -m slow

test-fast: $(VENV)/.installed-test
	$(BIN)/python -m pytest -m "not slow"

check: $(VENV)/.installed-test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: $(VENV)/.installed-test
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(VENV)/.installed
	$(BIN)/affetto bench

clean:
	rm -rf $(VENV) out

# The stamps make the second run of anything install nothing.
$(VENV)/.installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Affetto needs Python 3.11 or newer: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	@echo "installing into $(VENV), about a minute ..."; start=$$(date +%s); \
	$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV) || exit 1; \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable . || exit 1; \
	echo "installing              $$(($$(date +%s) - start)).0 s"
	@touch $@

$(VENV)/.installed-test: $(VENV)/.installed
	@echo "installing what tests need ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@
