# Everything that a person types. `make demo` and `make test` set up all they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Tests wait for processes now and then: one more at work than there are cores.
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
COVER ?=

.PHONY: demo test lint format docs prompts bench soak clean help

help:
	@echo "make demo    a strategy from a sentence, checked and backtested on a synthetic market"
	@echo "make test    the tests; with COVER=1 also what of the code they reach, which takes longer"
	@echo "make lint    ruff, mypy strict, import-linter"
	@echo "make format  lay out the code"
	@echo "make docs    write the generated pages of docs/"
	@echo "make prompts write the prompts that tests compare with, and the code of their examples"
	@echo "make bench   the benchmarks (need real candles, see tests/benchmarks)"
	@echo "make soak    the long property tests"
	@echo "make clean   remove the environment and all caches"

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "freqgen needs Python 3.11 or newer; say which: make PYTHON=python3.12"; exit 2; }
	@echo "Setting up $(VENV); the first time takes a minute or two ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $(READY)

demo: $(READY)
	$(BIN)/freqgen generate --demo "Buy when RSI(14) is below 30 and the close is under the lower Bollinger band (20, 2). Sell when RSI rises above 70. 1h candles, 2% stop loss, 5% take profit."

test: $(READY)
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(if $(COVER),--cov --cov-report=term:skip-covered --cov-fail-under=90) tests

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	PYTHONPATH=.:plugins $(BIN)/lint-imports

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(READY)
	$(BIN)/python -m tests.docs.write

prompts: $(READY)
	$(BIN)/python -m tests.plugins.freqgen_prompts.snapshots

bench: $(READY)
	$(BIN)/python -m tests.benchmarks

soak: $(READY)
	FREQGEN_SOAK=1 $(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup -m soak tests

clean:
	rm -rf $(VENV) build dist .coverage* .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
