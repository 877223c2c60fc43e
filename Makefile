# Two commands are enough: `make run` and `make test`. `make help` lists the others.

SHELL := /bin/bash
.DEFAULT_GOAL := help

# The first interpreter that is new enough; name another with `make PYTHON=/path/to/python3.12 …`.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && break; done)
CDS_PORT ?= 8080
export CDS_PORT

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --quiet --disable-pip-version-check --no-input

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 26

.PHONY: run
run: $(VENV)/.installed ## serve for development at http://127.0.0.1:$CDS_PORT (8080)
	@echo "try it at http://$${CDS_HOST:-127.0.0.1}:$(CDS_PORT)/ (the services are at /cds-services; end with Ctrl-C)"
	CDS_ALLOW_ANONYMOUS=true CDS_DEVELOPMENT=true exec $(BIN)/cds-service serve

# What the pages use from npm: built files at pinned versions, copied here and never fetched at run time.
FHIRCLIENT := cds_service/web/static/vendor/fhirclient/fhir-client.js

.PHONY: vendor
vendor: $(FHIRCLIENT) ## bring in what the documentation worksheet uses from npm (needs Node and its npm)

$(FHIRCLIENT): vendored/package-lock.json
	npm ci --prefix vendored --ignore-scripts
	install -d $(@D)
	install -m 0644 vendored/node_modules/fhirclient/{LICENSE,build/fhir-client.pure.min.js.LICENSE.txt} $(@D)
	install -m 0644 vendored/node_modules/fhirclient/build/fhir-client.pure.min.js $@

.PHONY: test
test: lint types ## lint, types and the tests of the core
	$(BIN)/python -m pytest $(SERVED:%=--ignore=%) $(GENERATED:%=--ignore=%)
	@echo 'Not run here: make test-generated, make test-service, and the pages in a browser: make test-browser'
	@echo '(.ci/chromium brings the browser).'

# What speaks over sockets or to a database: the whole application, its workers, the store, and reading from servers;
# and every sample story, posted to it and read from the shell.
SERVED = $(wildcard tests/test_service_*.py) tests/test_client.py tests/test_fetching.py tests/test_gunicorn.py \
	tests/test_samples.py tests/test_slow_clients.py tests/test_store.py tests/test_trust.py \
	tests/test_worksheet_treatment.py

# What makes its charts up by the hundred, for each of its tests.
GENERATED = tests/test_properties.py tests/test_label_properties.py

.PHONY: test-generated
test-generated: $(VENV)/.installed ## charts that are made up: mutated, shuffled, with evidence taken away
	$(BIN)/python -m pytest $(GENERATED)

.PHONY: test-service
test-service: $(VENV)/.installed ## the whole application: tokens, fetching, feedback, workers
	$(BIN)/python -m pytest $(SERVED)

.PHONY: lint
lint: $(VENV)/.installed ## style and suspicious code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

.PHONY: types
types: $(VENV)/.installed ## types, strictly
	$(BIN)/mypy

.PHONY: test-integration
test-integration: $(VENV)/.installed ## against a FHIR server and charts that are not ours (needs Node and its npm)
	npm ci --prefix tests/integration
	$(BIN)/python -m pytest tests/integration

.PHONY: test-browser
test-browser: $(VENV)/.installed $(FHIRCLIENT) ## the pages in Chromium (needs that, Node and its npm: .ci/chromium make test-browser)
	npm ci --prefix tests/browser
	$(BIN)/python -m pytest tests/browser

.PHONY: bench
bench: $(VENV)/.installed ## speed and memory against the yardstick (fails only on a wrong answer)
	$(BIN)/python -u -m benchmarks.run

.PHONY: soak
soak: $(VENV)/.installed ## load ($SOAK_SECONDS, 60) and faults ($SOAK_FAULT_SECONDS, 60): fails only on a wrong or lost answer
	.ci/postgres $(BIN)/python -u -m benchmarks.soak

.PHONY: docs
docs: $(VENV)/.installed ## write the pages that are made from the code
	$(BIN)/python -m tools.data_elements

.PHONY: clean
clean: ## remove everything that make has made
	rm -rf $(VENV) .venv-lock .hypothesis .mypy_cache .pytest_cache .ruff_cache build dist *.egg-info \
		tests/integration/node_modules tests/browser/node_modules vendored/node_modules cds_service/web/static/vendor
	find cds_service tests benchmarks tools -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# The virtual environment is made anew when the lock changes, so that it never holds what the lock does not.
$(VENV)/.locked: requirements-dev.txt
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo 'Python 3.11 or newer is needed and "$(or $(PYTHON),python3)" is not it.' \
			'Name one: make PYTHON=/path/to/python3.12 …' >&2; exit 1; }
	"$(PYTHON)" -m venv --clear $(VENV)
	$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

# The project itself, as a link to this folder, built with the setuptools of the lock and nothing downloaded.
$(VENV)/.installed: $(VENV)/.locked pyproject.toml
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

# The lock: one set of versions for every Python from 3.11 on, hashes and no addresses. Pins stay as they are
# unless pyproject.toml asks for something else, or `make lock UPGRADE=--upgrade` asks for the newest.
COMPILE = UV_CUSTOM_COMPILE_COMMAND='make lock' .venv-lock/bin/uv pip compile pyproject.toml --universal \
	--python-version 3.11 --generate-hashes --no-emit-index-url --quiet $(UPGRADE)

.PHONY: lock
lock: ## pin the dependencies of pyproject.toml again
	"$(PYTHON)" -m venv --clear .venv-lock
	.venv-lock/bin/python -m pip --quiet --quiet --disable-pip-version-check --no-input install uv==0.13.9
	$(COMPILE) --output-file requirements.txt
	$(COMPILE) --extra dev --constraints requirements.txt --output-file requirements-dev.txt
