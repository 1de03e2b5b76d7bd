# Everything a person types. Python 3.11 and make are assumed; each target brings what it needs.
SHELL := /bin/bash
PYTHON ?= python3
STUDIES := studies/southampton studies/stockport studies/lambeth
VENV := .venv
# One thread a process: two test processes that each take two slow one another to a crawl.
export OPENBLAS_NUM_THREADS ?= 1
BIN := $(VENV)/bin

.PHONY: help run serve test test-postgresql test-fast lint screenshots bench bench-service lock docs oracles clean

help:           ## what there is to type
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 18

run: $(VENV)/run.stamp   ## evaluate the three pilots: verdicts here, the report in out/pilots
	@$(BIN)/swis evaluate $(STUDIES) --out out/pilots

serve: $(VENV)/service.stamp ## open the service with a demonstration programme at http://localhost:8000
	@scripts/serve

# Not run a second time on PostgreSQL: what a page looks like in a browser, and a demonstration drawn in the holidays.
SAME_ON_EITHER := --ignore tests/service/browser \
  --deselect "tests/service/demonstration/test_demonstrate.py::test_the_demonstration_is_believable_and_keeps_the_rules[in the holidays]"

test: $(VENV)/dev.stamp  ## every test, with the real browser; the service on SQLite and on PostgreSQL
	@scripts/install-browser
	@scripts/install-java
	@scripts/install-postgresql
	@$(BIN)/pytest -n 2 --dist worksteal
	@scripts/with-postgresql $(BIN)/pytest -n 2 --dist worksteal tests/service $(SAME_ON_EITHER)

test-postgresql: $(VENV)/dev.stamp  ## the service's tests on PostgreSQL, all of them
	@scripts/install-browser
	@scripts/install-postgresql
	@scripts/with-postgresql $(BIN)/pytest -n 2 --dist worksteal tests/service

test-fast: $(VENV)/dev.stamp  ## the tests that take less than ten seconds each
	@$(BIN)/pytest -n 2 -m "not slow"

lint: $(VENV)/dev.stamp  ## style, types, the one direction of imports
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

screenshots: $(VENV)/dev.stamp  ## pictures of the main pages of the service, in out/screenshots
	@scripts/install-browser
	@DJANGO_SETTINGS_MODULE=service.config.settings_for_tests $(BIN)/python manage.py shell --no-imports --command "from tests.service.browser.screenshots import main; main()"

bench: $(VENV)/bench.stamp  ## time the heavy jobs beside what people use today
	@$(BIN)/python -m bench

bench-service: $(VENV)/dev.stamp  ## time the service at a million contacts, on SQLite and on PostgreSQL (an hour)
	@scripts/install-postgresql
	@$(BIN)/python -m bench.service
	@SWIS_POSTGRESQL_DURABLE=1 scripts/with-postgresql $(BIN)/python -m bench.service

docs: $(VENV)/dev.stamp  ## write the generated reference pages anew
	@$(BIN)/python -m docs.generate

oracles:        ## recompute the stored results of R (needs R; see tests/oracles/README.md)
	@tests/oracles/run

lock: $(VENV)/dev.stamp  ## resolve the lock files anew
	@scripts/lock

clean:          ## remove the environment and what was written
	rm -rf $(VENV) out .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(VENV)/run.stamp: requirements.lock pyproject.toml
	@scripts/environment $(PYTHON) $(VENV) requirements.lock
	@touch $@

$(VENV)/service.stamp: requirements-service.lock pyproject.toml
	@scripts/environment $(PYTHON) $(VENV) requirements-service.lock
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock pyproject.toml
	@scripts/environment $(PYTHON) $(VENV) requirements-dev.lock
	@touch $@ $(VENV)/run.stamp $(VENV)/service.stamp

$(VENV)/bench.stamp: requirements-bench.lock $(VENV)/dev.stamp
	@scripts/environment $(PYTHON) $(VENV) requirements-bench.lock
	@touch $@
