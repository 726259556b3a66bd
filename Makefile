# `make run` and `make test` are all that a newcomer needs; `make help` lists the rest.
# Everything lands in .venv; the stamp files make the second start immediate.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
UV     := $(shell command -v uv 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help run test check fmt lint types imports gate deploy-check audit lock wheel setup setup-dev setup-browser pictures clean

help: ## list what make can do
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

run: $(VENV)/.run ## set everything up and start the daemon (SQLite, console, starter configuration)
	@echo "Starting the daemon: configuration in config/, database in var/monitor.db. Ctrl-C ends it."
	@exec $(BIN)/relmon run --config config --database sqlite:///var/monitor.db

test: $(VENV)/.dev ## set everything up and run the tests
	@echo "Running the tests ..."
	@$(BIN)/python -m pytest --cov --cov-report=term

check: lint types imports ## ruff, mypy, import-linter, the shipped configuration
	@echo "Checking the shipped configuration ..."
	@$(BIN)/relmon check --config config
	@echo "All checks passed."

lint: $(VENV)/.dev
	@echo "ruff ..."
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types: $(VENV)/.dev
	@echo "mypy ..."
	@$(BIN)/mypy

imports: $(VENV)/.dev
	@echo "import-linter ..."
	@$(BIN)/lint-imports --no-cache

fmt: $(VENV)/.dev ## format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

gate: $(VENV)/.dev ## the classifier's figures on the gold set, against their floors
	@$(BIN)/python -m tests.benchmarks.eval_gate

deploy-check: $(VENV)/.dev requirements/deploy.txt ## the unit, the Containerfile and the compose files, by the tools made for them
	@$(INSTALL) --require-hashes -r requirements/deploy.txt
	@$(BIN)/python -m pytest -q tests/unit/deploy

setup-browser: $(VENV)/.browser ## install what drives Chromium, for tests/browser and the pictures (190 MB)
	@command -v chromium chromium-browser >/dev/null || echo "There is no Chromium here yet. On Debian: apt install chromium"

pictures: setup-browser ## take the pictures of the pages in docs/pictures anew
	@$(BIN)/python -m tests.browser.pictures

audit: $(VENV)/.dev ## look for known vulnerabilities in the locked packages
	@$(BIN)/pip-audit --require-hashes --disable-pip -r requirements/run.txt
	@$(BIN)/pip-audit --require-hashes --disable-pip -r requirements/articles.txt
	@$(BIN)/pip-audit --require-hashes --disable-pip -r requirements/apprise.txt
	@$(BIN)/pip-audit --require-hashes --disable-pip -r requirements/postgres.txt

lock: ## renew requirements/*.txt from pyproject.toml (needs uv)
	@test -n "$(UV)" || { echo "make lock needs uv: install it, then try again." >&2; exit 1; }
	$(UV) pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 pyproject.toml --group build -o requirements/run.txt
	$(UV) pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 pyproject.toml --group dev -o requirements/dev.txt
	$(UV) pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 --group deploy -c requirements/dev.txt -o requirements/deploy.txt
	$(UV) pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 --group browser -c requirements/dev.txt -o requirements/browser.txt
	$(UV) pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 pyproject.toml --extra articles -c requirements/run.txt -o requirements/articles.txt
	$(UV) pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 pyproject.toml --extra apprise -c requirements/run.txt -o requirements/apprise.txt
	$(UV) pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 pyproject.toml --extra postgres -c requirements/run.txt -o requirements/postgres.txt

# Built like the project itself: without isolation, with the locked hatchling.
wheel: $(VENV)/.run ## build dist/relation_monitor-VERSION-py3-none-any.whl, to be installed elsewhere
	@rm -rf dist
ifdef UV
	@$(UV) build --quiet --wheel --no-build-isolation --python $(BIN)/python --out-dir dist
else
	@$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-build-isolation --no-deps --wheel-dir dist .
endif
	@ls dist/*.whl

setup: $(VENV)/.run
setup-dev: $(VENV)/.dev

clean: ## remove the environment and caches (the database in var/ stays)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .coverage .coverage.* htmlcov .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed, but '$(PYTHON)' is `$(PYTHON) --version 2>&1`. Name another: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "Creating $(VENV) with `$(PYTHON) --version` ..."
ifdef UV
	@$(UV) venv --quiet --allow-existing --python $(PYTHON) $(VENV)
else
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is incomplete here. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
endif

# The project itself is built without isolation, so that hatchling, too, comes from the locked and hashed list.
ifdef UV
INSTALL = $(UV) pip install --quiet --compile-bytecode --python $(BIN)/python
else
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check
endif

$(VENV)/.run: $(BIN)/python requirements/run.txt pyproject.toml
	@echo "Installing what the daemon needs (locked, with hashes) ..."
	@$(INSTALL) --require-hashes -r requirements/run.txt
	@$(INSTALL) --no-build-isolation --no-deps --editable .
	@touch $@

# No browser is downloaded: Playwright would fetch one from a host of its own.
$(VENV)/.browser: $(VENV)/.dev requirements/browser.txt
	@echo "Installing what drives a browser (locked, with hashes) ..."
	@PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 $(INSTALL) --require-hashes -r requirements/browser.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.txt
	@echo "Installing the tools for checks and tests (locked, with hashes) ..."
	@$(INSTALL) --require-hashes -r requirements/dev.txt
	@touch $@
