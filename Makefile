# `make demo` and `make test` are the README's two commands; each makes the environment that it needs.
PYTHON ?= python3
LOWEST_PYTHON ?= python3.11
NEWEST_PYTHON ?= python3.13
DEMO := .venv
TEST := .venv-test
LOWEST := .venv-lowest
LOWEST_WORKSHOP := .venv-lowest-workshop
NEWEST := .venv-newest

# A comma within `call` would end an argument.
WORKSHOP := '.[test,export]'

# The tests that need no training: of the product, which runs on strangers' machines, and of what the workshop takes from its dependencies.
PRODUCT_TESTS := tests/edge_runtime tests/deploy tests/fuzz tests/test_structure.py
WORKSHOP_TESTS := tests/benchmarks/report/test_comparison.py tests/benchmarks/test_estimates.py tests/export/calibration/test_ranges.py \
    tests/export/onnx/test_convert.py tests/export/onnx/test_qoperator.py tests/export/onnx/test_canonical.py tests/export/onnx/test_quantise.py \
    tests/export/calibration/test_gptq.py tests/train/objectives/test_cider.py tests/train/test_datasets.py tests/train/decoders/test_attention.py \
    tests/train/test_encoders.py tests/train/features/test_cache.py tests/train/scoring/test_metrics.py tests/train/objectives/test_base.py tests/train/datasets/test_tokeniser.py

# An emulated Debian for arm64: git-ignored, 0.8 GB, kept from run to run.
ROOT ?= build/arm64-root

# $(1) the environment, $(2) its Python, $(3) what is installed into it beside this checkout. An environment made anew holds no older resolution.
define install
$(TEST)/bin/uv venv --quiet --clear --python $(2) $(1)
VIRTUAL_ENV=$(CURDIR)/$(1) $(TEST)/bin/uv pip install --quiet $(3)
touch $(1)/installed
endef

.PHONY: demo test lint test-lowest test-newest arm64 clean

demo: $(DEMO)/installed
	$(DEMO)/bin/edge-caption caption --timings examples

test: $(TEST)/installed
	$(MAKE) --no-print-directory lint
	$(TEST)/bin/python -m pytest $(PYTEST)

lint: $(TEST)/installed
	$(TEST)/bin/ruff check .
	$(TEST)/bin/ruff format --check .
	$(TEST)/bin/mypy

# The documentation site, in build/site; every warning is an error.
.PHONY: docs
docs: $(TEST)/installed
	NO_MKDOCS_2_WARNING=1 $(TEST)/bin/python -m mkdocs build --strict --quiet
test: docs

# Every dependency at the lowest version that pyproject.toml allows, on the lowest Python: a bound that does not hold is found here.
test-lowest: $(LOWEST)/installed $(LOWEST_WORKSHOP)/installed
	$(LOWEST)/bin/python -m pytest $(PYTEST) $(PRODUCT_TESTS)
	$(LOWEST_WORKSHOP)/bin/python -m pytest $(PYTEST) $(WORKSHOP_TESTS)

test-newest: $(NEWEST)/installed
	$(NEWEST)/bin/python -m pytest $(PYTEST) $(PRODUCT_TESTS) $(WORKSHOP_TESTS)

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

$(LOWEST)/installed: pyproject.toml | $(TEST)/installed
	$(call install,$(LOWEST),$(LOWEST_PYTHON),--resolution lowest-direct --editable '.[test]')

# Apart from the product's: the quantiser asks for a newer LiteRT than a device needs.
$(LOWEST_WORKSHOP)/installed: pyproject.toml | $(TEST)/installed
	$(call install,$(LOWEST_WORKSHOP),$(LOWEST_PYTHON),--resolution lowest-direct --editable $(WORKSHOP))

$(NEWEST)/installed: pyproject.toml | $(TEST)/installed
	$(call install,$(NEWEST),$(NEWEST_PYTHON),--editable $(WORKSHOP))

clean:
	rm -rf $(DEMO) $(TEST) $(LOWEST) $(LOWEST_WORKSHOP) $(NEWEST) build dist *.egg-info
