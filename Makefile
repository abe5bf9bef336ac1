# The two commands of the README are `make demo` and `make test`; both install what they need into .venv,
# and say so from the first second.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test test-faults conformance clients check format serve bench attack docs picture clean

$(STAMP): pyproject.toml
	@$(PYTHON) .ci/install.py $(VENV)
	@touch $(STAMP)

demo: $(STAMP)
	$(BIN)/counterfoil demo --data demo-data/$(shell date +%Y%m%d-%H%M%S)

serve: $(STAMP)
	$(BIN)/counterfoil serve

test: $(STAMP)
	@echo "Running all tests, as many at a time as there are processors: a dot for each that holds."
	$(BIN)/python -m pytest -n auto

test-faults: $(STAMP)
	COUNTERFOIL_FAULTS=whole $(BIN)/python -m pytest -m faults

conformance: $(STAMP)
	npm ci --prefix tests/conformance --omit-lockfile-registry-resolved --no-audit --no-fund --loglevel=error
	$(BIN)/python -m pytest -m conformance

# ARGS="--only openai", ARGS=--newest, ARGS="--busy --only openai --transport stdio": see docs/clients.md.
clients: $(STAMP)
	$(BIN)/python -m tests.clients $(ARGS)

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(STAMP)
	$(BIN)/python -m tests.snapshots.write

picture: $(STAMP)
	$(BIN)/python -m tests.snapshots.picture

bench: $(STAMP)
	$(BIN)/python -m benchmarks

attack: $(STAMP)
	$(BIN)/python -m benchmarks.attack

clean:
	rm -rf $(VENV) .clients build dist demo-data .mypy_cache .ruff_cache .pytest_cache
