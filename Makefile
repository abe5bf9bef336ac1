# The two commands of the README are `make demo` and `make test`; both install what they need into .venv,
# and say so from the first second.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
LOWEST := .venv-lowest

.PHONY: demo test quick test-faults test-postgres test-guards test-lowest coverage conformance clients check format lock hooks serve bench attack docs picture screenshots documents texts bundle container site release-check clean

$(STAMP): pyproject.toml requirements.lock
	@$(PYTHON) .ci/install.py $(VENV)
	@touch $(STAMP)

demo: $(STAMP)
	$(BIN)/counterfoil demo --data demo-data/$(shell date +%Y%m%d-%H%M%S)

serve: $(STAMP)
	$(BIN)/counterfoil serve

test: $(STAMP)
	@echo "Running all tests, as many at a time as there are processors: a dot for each that holds."
	$(BIN)/python -m pytest -n auto --dist worksteal

# The rules and how the layers may lean on each other, with a tenth of the examples of each property: half a minute.
# What is printed, exported and imported takes longer and is left to make test.
QUICK := $(foreach part,export import render printed pixels branding,--ignore-glob='*/invoicing/test_*$(part)*')
quick: $(STAMP)
	$(BIN)/python -m pytest -q -n auto --hypothesis-profile=quick $(QUICK) tests/invoicing tests/test_architecture.py

test-faults: $(STAMP)
	COUNTERFOIL_FAULTS=whole $(BIN)/python -m pytest -m faults
	COUNTERFOIL_FAULTS=whole $(BIN)/python -m pytest --store postgres -m faults $(KEPT)
	$(MAKE) test-postgres

# All that keeps books, with books on a server: what only files have, tests/support/sqlite_alone.py names.
KEPT := tests/storage tests/operations tests/tools tests/server tests/attacks tests/test_examples.py
test-postgres: $(STAMP)
	$(BIN)/python -m pytest -n auto --dist worksteal --store postgres $(KEPT) $(ARGS)

# Each attack of tests/attacks gets through where its guard is switched off.
test-guards: $(STAMP)
	$(BIN)/python -m tests.attacks.guards

# With the oldest release of each library that pyproject.toml admits, in an environment of its own.
test-lowest: $(STAMP)
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(LOWEST)
	$(BIN)/uv pip compile --quiet --resolution lowest-direct --group dev pyproject.toml --output-file $(LOWEST)/lowest.txt
	$(BIN)/uv pip install --quiet --python $(LOWEST) --requirement $(LOWEST)/lowest.txt --editable .
	$(LOWEST)/bin/python -m pytest -n auto --dist worksteal $(ARGS)

coverage: $(STAMP)
	$(BIN)/python -m pytest -n auto --dist worksteal --cov --cov-report=term $(ARGS)

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

# Versions and hashes of all that .ci/install.py installs, and of what runs without the tools; ARGS=--upgrade takes the newest.
lock: $(STAMP)
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--group dev pyproject.toml --output-file requirements.lock $(ARGS)
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--all-extras --constraints requirements.lock pyproject.toml --output-file deploy/requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--group pyproject.toml:site --output-file deploy/site.lock $(ARGS)

hooks: $(STAMP)
	$(BIN)/pre-commit install

docs: $(STAMP)
	$(BIN)/python -m tests.snapshots.write

picture: $(STAMP)
	$(BIN)/python -m tests.snapshots.picture

screenshots: $(STAMP)
	$(BIN)/python -m tests.snapshots.screenshots

# The five documents of countries, as PDFs and pictures: make documents COUNTRY="DE FR", else of all.
documents: $(STAMP)
	$(BIN)/python -m tests.snapshots.documents documents-of-countries $(COUNTRY)

# The catalogues of the pages' words, with all words that pages say and no others.
texts: $(STAMP)
	$(BIN)/python -m tests.snapshots.texts

# What a release consists of, in dist/: sdist, the wheel that is built of it, and the bundle for clients on a desktop.
bundle: $(STAMP)
	rm -rf dist
	$(BIN)/uv build --quiet --out-dir dist .
	$(BIN)/python -m deploy.bundle dist/counterfoil-*.whl

# The image of the wheel in dist/, where podman or docker is.
container: bundle
	$(BIN)/python -m deploy.container

# The documentation as a site of its own, in build/site/; fails where a link leads nowhere.
site: $(STAMP)
	$(BIN)/uv run --quiet --no-project --isolated --python $(BIN)/python --with-requirements deploy/site.lock \
		python -m deploy.site

# Installs and runs what a release consists of as users do: minutes, and the package index; says what it left out.
release-check: bundle
	COUNTERFOIL_RELEASE=check $(BIN)/python -m pytest -m release tests/deploy $(ARGS)

bench: $(STAMP)
	$(BIN)/python -m benchmarks

attack: $(STAMP)
	$(BIN)/python -m benchmarks.attack

clean:
	rm -rf $(VENV) $(LOWEST) .clients build dist demo-data documents-of-countries .mypy_cache .ruff_cache .pytest_cache .coverage .coverage.*
