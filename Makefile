# `make demo` and `make test` are the README's two commands; each makes the environment that it needs.
PYTHON ?= python3
DEMO := .venv
TEST := .venv-test

# An emulated Debian for arm64: git-ignored, 0.8 GB, kept from run to run.
ROOT ?= build/arm64-root

.PHONY: demo test lint arm64 clean

demo: $(DEMO)/installed
	$(DEMO)/bin/edge-caption caption --timings examples

test: $(TEST)/installed
	$(MAKE) --no-print-directory lint
	$(TEST)/bin/python -m pytest $(PYTEST)

lint: $(TEST)/installed
	$(TEST)/bin/ruff check .
	$(TEST)/bin/ruff format --check .
	$(TEST)/bin/mypy

# The wheel's sentences on emulated 64-bit ARM against this machine's; needs root, qemu-user-static and debootstrap (docs/arm64.md).
arm64: $(TEST)/installed
	PYTHON=$(CURDIR)/$(TEST)/bin/python deploy/arm64/check.sh $(ROOT)

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
