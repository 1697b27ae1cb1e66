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
WORKSHOP_TESTS := tests/benchmarks/report/test_comparison.py tests/benchmarks/test_estimates.py \
    tests/export/calibration/test_ranges.py tests/export/calibration/test_gptq.py tests/export/test_onnx_session.py \
    tests/export/onnx/test_convert.py tests/export/onnx/test_qoperator.py tests/export/onnx/test_canonical.py \
    tests/export/onnx/test_quantise.py tests/train/datasets/test_loading.py tests/train/datasets/test_coverage.py \
    tests/train/datasets/test_tokeniser.py tests/train/decoders/test_attention.py tests/train/decoders/test_transformer.py \
    tests/train/features/test_cache.py tests/train/objectives/test_cider.py tests/train/objectives/test_self_critical.py \
    tests/train/scoring/test_metrics.py tests/train/test_encoders.py

# An emulated Debian for arm64: git-ignored, 0.8 GB, kept from run to run.
ROOT ?= build/arm64-root

# Processes that run the tests; each of them takes 2 GB at the most.
WORKERS ?= 2

# The wheel, which holds the product alone; made anew each time, since what was deleted from the tree must not stay in it.
WHEEL := build/wheel/built

# $(1) the environment, $(2) its Python, $(3) what is installed into it beside the product. One made anew holds no older resolution.
define install
$(TEST)/bin/uv venv --quiet --clear --python $(2) $(1)
VIRTUAL_ENV=$(CURDIR)/$(1) $(TEST)/bin/uv pip install --quiet $(3)
touch $(1)/installed
endef

# $(1) the environment. It takes the product from the wheel, as strangers do, and what the wheel lacks from this checkout, which comes
# behind it on the path: the workshop and the tests.
define take_wheel
VIRTUAL_ENV=$(CURDIR)/$(1) $(TEST)/bin/uv pip install --quiet --no-deps --reinstall build/wheel/*.whl
echo '$(CURDIR)' > "$$($(1)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/checkout.pth"
touch $(1)/wheel
endef

# $(1) the environment, $(2) which tests. PYTHONSAFEPATH: no Python takes the checkout's product because it was started in the checkout.
define run_tests
PYTHONSAFEPATH=1 EDGE_CAPTION_TESTS_WHEEL=1 $(1)/bin/python -m pytest --numprocesses $(WORKERS) $(2) $(PYTEST)
endef

.PHONY: demo test test-all lint test-lowest test-newest arm64 clean

demo: $(DEMO)/installed
	$(DEMO)/bin/edge-caption caption --timings examples

# All but the tests that are marked as slow, of each kind of which one stays.
test: $(TEST)/wheel lint
	$(call run_tests,$(TEST),-m 'not slow')

test-all: $(TEST)/wheel lint
	$(call run_tests,$(TEST),)

lint: $(TEST)/installed
	$(TEST)/bin/ruff check .
	$(TEST)/bin/ruff format --check .
	$(TEST)/bin/mypy

# The documentation site, in build/site; every warning is an error. Not --quiet, which drops the warnings before they are counted.
.PHONY: docs
docs: $(TEST)/installed
	NO_MKDOCS_2_WARNING=1 $(TEST)/bin/python -m mkdocs build --strict
test test-all: docs

# Every dependency at the lowest version that pyproject.toml allows, on the lowest Python: a bound that does not hold is found here.
test-lowest: $(LOWEST)/wheel $(LOWEST_WORKSHOP)/wheel
	$(call run_tests,$(LOWEST),$(PRODUCT_TESTS))
	$(call run_tests,$(LOWEST_WORKSHOP),$(WORKSHOP_TESTS))

test-newest: $(NEWEST)/wheel
	$(call run_tests,$(NEWEST),$(PRODUCT_TESTS) $(WORKSHOP_TESTS))

# The wheel's sentences on emulated 64-bit ARM against this machine's; needs root, qemu-user-static and debootstrap (docs/arm64.md).
arm64: $(TEST)/wheel
	PYTHON=$(CURDIR)/$(TEST)/bin/python deploy/arm64/check.sh $(ROOT)

$(DEMO)/installed: pyproject.toml $(shell find edge_runtime -type f -not -path '*/__pycache__/*')
	$(PYTHON) -m venv $(DEMO)
	$(DEMO)/bin/python -m pip install --quiet --disable-pip-version-check .
	touch $@

$(TEST)/installed: pyproject.toml
	$(PYTHON) -m venv $(TEST)
	$(TEST)/bin/python -m pip install --quiet --disable-pip-version-check '.[dev]'
	touch $@

$(LOWEST)/installed: pyproject.toml | $(TEST)/installed
	$(call install,$(LOWEST),$(LOWEST_PYTHON),--resolution lowest-direct '.[test]')

# Apart from the product's: the quantiser asks for a newer LiteRT than a device needs.
$(LOWEST_WORKSHOP)/installed: pyproject.toml | $(TEST)/installed
	$(call install,$(LOWEST_WORKSHOP),$(LOWEST_PYTHON),--resolution lowest-direct $(WORKSHOP))

$(NEWEST)/installed: pyproject.toml | $(TEST)/installed
	$(call install,$(NEWEST),$(NEWEST_PYTHON),$(WORKSHOP))

$(WHEEL): FORCE | $(TEST)/installed
	rm -rf build/wheel build/lib
	$(TEST)/bin/python -m build --wheel --no-isolation --outdir build/wheel . > /dev/null
	touch $@

FORCE:

%/wheel: %/installed $(WHEEL)
	$(call take_wheel,$*)

clean:
	rm -rf $(DEMO) $(TEST) $(LOWEST) $(LOWEST_WORKSHOP) $(NEWEST) build dist *.egg-info
