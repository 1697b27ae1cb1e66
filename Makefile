# `make demo` and `make test` are the README's two commands; each makes the environment that it needs.
PYTHON ?= python3
DEMO := .venv
TEST := .venv-test

.PHONY: demo test lint clean

demo: $(DEMO)/installed
	$(DEMO)/bin/edge-caption caption --timings examples

test: $(TEST)/installed
	$(MAKE) --no-print-directory lint
	$(TEST)/bin/python -m pytest $(PYTEST)

lint: $(TEST)/installed
	$(TEST)/bin/ruff check .
	$(TEST)/bin/ruff format --check .
	$(TEST)/bin/mypy

$(DEMO)/installed: pyproject.toml $(shell find edge_runtime -type f -not -path '*/__pycache__/*')
	$(PYTHON) -m venv $(DEMO)
	$(DEMO)/bin/python -m pip install --quiet --disable-pip-version-check .
	touch $@

$(TEST)/installed: pyproject.toml
	$(PYTHON) -m venv $(TEST)
	$(TEST)/bin/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $@

clean:
	rm -rf $(DEMO) $(TEST) build dist *.egg-info
