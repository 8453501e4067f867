# Khuê: every command, explained by `make help`.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export LMS_DEMO ?= 1
export FLASK_APP := wsgi
# compiled modules are kept even where the machine says not to: each process would compile 2,500 of them anew
export PYTHONDONTWRITEBYTECODE :=
# the embedded PostgreSQL keeps a lock file here
export XDG_RUNTIME_DIR ?= $(shell d=$${TMPDIR:-/tmp}/khue-$$(id -u); mkdir -p $$d; chmod 700 $$d; echo $$d)

.DEFAULT_GOAL := help
.PHONY: help serve test lint format demo bench bench-records bench-classes bench-library bench-surveys locks mutants release shell sure setup setup-dev translations browser clean

help: ## List every command with a sentence
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

$(VENV)/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv>=0.8,<1"

$(VENV)/.runtime: requirements-serve.lock $(VENV)/bin/uv
	@echo "Installing Python packages from requirements-serve.lock …"
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --require-hashes -r requirements-serve.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	@echo "Installing developers' packages from requirements-dev.lock …"
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --require-hashes -r requirements-dev.lock
	@touch $@

NPM := PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm
NPM_QUIETLY := --ignore-scripts --no-audit --no-fund --loglevel=error
node_modules/.installed: package-lock.json $(VENV)/.runtime
	@echo "Fetching browser assets from package-lock.json …"
	@$(NPM) ci --omit=dev $(NPM_QUIETLY)
	@touch $@

node_modules/.dev: node_modules/.installed
	@echo "Fetching developers' npm packages from package-lock.json …"
	@$(NPM) install --include=dev --no-save $(NPM_QUIETLY)
	@touch $@

ASSETS := $(wildcard lms/*/static/* lms/*/players/*)
lms/static/manifest.json: node_modules/.installed $(ASSETS) lms/core/assets.py
	@$(BIN)/flask assets build
	@touch $@

CATALOGUES := $(wildcard lms/*/translations/*/LC_MESSAGES/messages.po)
%.mo: %.po $(VENV)/.runtime
	@$(BIN)/pybabel -q compile -i $< -o $@

setup: $(VENV)/.runtime lms/static/manifest.json $(CATALOGUES:.po=.mo) ## Install what the product needs to run

setup-dev: setup $(VENV)/.dev node_modules/.dev ## Install what developers need as well

serve: setup ## Start everything: database, web, worker, demo on first start; Ctrl-C stops it all
	@exec $(BIN)/flask serve

# two runs in one checkout: what is out of date is made by the first, and the second sees that it was
ONE_AT_A_TIME := $(if $(shell command -v flock),flock .setup.lock)

test: ## Run all tests on a throw-away database, in parallel
	@$(ONE_AT_A_TIME) $(MAKE) --no-print-directory setup-dev
	@$(BIN)/python -m pytest -n 3 --dist loadgroup $(ARGS)

mutants: setup-dev ## Change one thing at a time in a domain and tell what no test noticed; ARGS="classes" (docs/testing.md)
	@$(BIN)/python scripts/mutants.py $(ARGS)

lint: setup-dev ## Check style, types, floors, templates, scripts and catalogues
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check -q .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo 2>&1 | tail -8 && $(BIN)/lint-imports >/dev/null
	@$(BIN)/djlint lms --lint --quiet
	@PATH="$(CURDIR)/$(BIN):$$PATH" node_modules/.bin/biome lint --error-on-warnings --log-level=error
	@$(BIN)/deptry . 2>&1 | grep -v "^Scanning\|^Assuming\|Success" ; test $${PIPESTATUS[0]} -eq 0
	@$(BIN)/python scripts/translations.py check

format: setup-dev ## Put the code into the house's style
	@$(BIN)/ruff check -q --fix . ; $(BIN)/ruff format -q .

translations: setup-dev ## Extract messages from all domains into their catalogues
	@$(BIN)/python scripts/translations.py update

demo: setup ## Throw the demo's data away and load it again
	@$(BIN)/flask demo reset

bench: setup-dev ## Measure the product against bare floors and print the tables
	@$(BIN)/python -m tests.bench $(ARGS)

bench-records: setup-dev ## Measure the record store against a bare table; ARGS="--rows 1000000 --seconds 3" is shorter
	@$(BIN)/python -m tests.bench.records $(ARGS)

bench-library: setup-dev ## Measure the library against nginx, unzip and a plain page; ARGS="ranges intake player"
	@$(BIN)/python -m tests.bench.library $(ARGS)

bench-classes: setup-dev ## Measure whom a unit may send, all rules evaluated, against the plain query for its people
	@$(BIN)/python -m tests.bench.classes $(ARGS)

bench-surveys: setup-dev ## Measure evaluations: reports against their plain SQL, sending against bare inserts; ARGS="--rounds 10" is shorter
	@$(BIN)/python -m tests.bench.surveys $(ARGS)
	@$(BIN)/python -m tests.bench.surveys_sending

locks: setup-dev ## Resolve pyproject.toml into the four lock files: versions and hashes, never addresses
	@for lock in "dev --extra embedded --extra s3 --group assets --group dev" "serve --extra embedded --group assets" "s3 --extra s3" ""; do \
	  set -- $$lock; name=requirements$${1:+-$$1}.lock; [ $$# -eq 0 ] || shift; \
	  $(BIN)/uv pip compile pyproject.toml --quiet --generate-hashes --no-emit-index-url --no-header "$$@" \
	    $$([ $$name = requirements-dev.lock ] || echo -c requirements-dev.lock) $(ARGS) -o $$name || exit 1; done

release: setup ## Build dist/khue-lms-VERSION.tar.gz: the committed product with assets and catalogues made, for servers without Node
	@$(BIN)/python scripts/release.py

shell: setup ## Open a Python shell within the application, on the running or a started database
	@$(BIN)/flask with-database shell

browser: ## Install Chromium from Debian's packages, for the browser tests
	@command -v chromium >/dev/null || (apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy chromium)

sure: lint test ## What CI runs

clean: ## Remove what can be made again (not instance/)
	@rm -rf $(VENV) node_modules lms/static .mypy_cache .ruff_cache .pytest_cache; find lms -name '*.mo' -delete
