# Timbre: `make demo` and `make test` do all of their own set-up on Debian 12 with a Swift toolchain.
SHELL := /bin/bash
.ONESHELL:
.SHELLFLAGS := -eu -o pipefail -c

DEBIAN := pkg-config curl unzip libflac-dev libsndfile1-dev libsoxr-dev libsamplerate0-dev libfftw3-dev libopenblas-dev libpng-dev \
	libsqlite3-dev libsvm-dev liblinear-dev libxgboost-dev
TEST_DEBIAN := python3 python3-venv chromium chromium-driver mandoc zsh fish
INSTALL_DEBIAN := binutils python3
CONTAINER_DEBIAN := curl debootstrap nginx-light openssl python3-venv python3-yaml util-linux
# Kernels for the processor at hand: wider vectors and more registers than every x86-64 has, and the features are the same bits. With fused
# multiply-add (TIMBRE_FMA) networks are trained by products of our own. PORTABLE=1 builds for all.
HAS = $(if $(PORTABLE),,$(shell grep -qw $(1) /proc/cpuinfo 2>/dev/null && echo $(1)))
VECTORS := $(foreach set,avx2 fma avx512f avx512dq avx512bw avx512vl,$(call HAS,$(set)))
NATIVE := $(foreach set,$(VECTORS),-Xcc -m$(set)) $(if $(filter fma,$(VECTORS)),-Xswiftc -DTIMBRE_FMA)
BUILD := swift build -c release $(NATIVE)
TIMBRE := .build/release/timbre
# Where `make install` puts things; DESTDIR goes before it, for packages and images. The build that it installs.
PREFIX ?= /usr/local
DESTDIR ?=
RELEASE ?= .build-release/release
SOURCES := Package.swift Sources Plugins Tests
# Virtual environments are made from pinned requirements and remade when these change.
VENV_TEST := .build-venv/test
VENV_MLFLOW := .build-venv/mlflow
VENV_BROWSER := .build-venv/browser
VENV_PARITY := .build-venv/parity
VENV_BENCH := .build-venv/bench
BENCH := Benchmarks/bench.py --timbre-bench .build/release/timbre-bench --timbre $(TIMBRE)
PEERS ?= $(firstword $(wildcard $(VENV_BENCH)/bin/python) python3)

.PHONY: demo test test-browser build studio release install uninstall prove-container lint format reference parity bench bench-quick goldens sanitize-address sanitize-thread packages test-packages install-packages container-packages swift clean

demo: packages swift
	$(BUILD) --product timbre
	report=$$($(TIMBRE) run Workflows/demo.json)
	echo "The report: $$report"
	$(BUILD) --product timbre-studio
	echo "The report: $$report"
	echo "The same and more in the browser: $(TIMBRE) serve"

test: packages test-packages install-packages swift lint $(VENV_TEST)/ready $(VENV_MLFLOW)/ready test-browser
	$(BUILD) --build-tests
	export TIMBRE_PYTHON="$$PWD/$(VENV_TEST)/bin/python" TIMBRE_MLFLOW="$$PWD/$(VENV_MLFLOW)/bin/python"
	swift test -c release $(NATIVE) --skip-build --disable-xctest

# The studio's pages in headless Chromium, and its interface for programs. ONLY=test_predict.py runs one file.
test-browser: test-packages studio $(VENV_BROWSER)/ready
	cd Tests/Browser && PYTHONDONTWRITEBYTECODE=1 TIMBRE_BUILD="$(CURDIR)/.build/release" \
		../../$(VENV_BROWSER)/bin/pytest --quiet -p no:cacheprovider $(ONLY)

build: packages swift
	$(BUILD) --product timbre

# The workbench in the browser: `timbre serve` starts it.
studio: build
	$(BUILD) --product timbre-studio

# The programs with Swift's library inside, so that they run where no toolchain is. Built as oneself; then `sudo make install`,
# which finds no swift on root's PATH and takes what is there.
release: packages
	if command -v swift > /dev/null || [ ! -x .build-release/release/timbre ]; then
		Scripts/swift-version 6 2
		$(BUILD) --static-swift-stdlib --scratch-path .build-release --product timbre
		$(BUILD) --static-swift-stdlib --scratch-path .build-release --product timbre-studio
	fi

install: release install-packages
	Scripts/install-tree install "$(RELEASE)" "$(PREFIX)" "$(DESTDIR)"

# The Dockerfile's steps in a fresh Debian, and what compose.yaml promises, without a container engine. As root.
prove-container: release install-packages container-packages .build-venv/container/ready
	.build-venv/container/bin/hadolint --ignore DL3008 Dockerfile
	.build-venv/container/bin/check-jsonschema --builtin-schema vendor.compose-spec compose.yaml
	Scripts/prove-container "$(RELEASE)"

uninstall:
	Scripts/install-tree uninstall "$(PREFIX)" "$(DESTDIR)"

lint:
	swift format lint --strict --parallel --recursive $(SOURCES)

format:
	swift format --in-place --parallel --recursive $(SOURCES)

# What is generated from the plugins' own declarations; a test fails when it is stale.
reference: build
	mkdir -p docs schema
	rm -rf docs/plugins
	$(TIMBRE) plugins --out docs
	$(TIMBRE) schema > schema/workflow.schema.json

# Every feature and effect against the published librosa. SEED and CASES may be given.
parity: build test-packages $(VENV_PARITY)/ready
	$(BUILD) --product timbre-bench
	$(VENV_PARITY)/bin/python Tests/Parity/parity.py --timbre $(TIMBRE) --bench .build/release/timbre-bench --seed $${SEED:-1} --cases $${CASES:-100} --out docs/parity.md

# Timbre beside its peers on the same cores, alternating, in one run: docs/benchmarks.md. PyTorch from PyPI brings some 5 GB.
bench: packages test-packages swift $(VENV_BENCH)/ready
	$(BUILD) --product timbre
	$(BUILD) --product timbre-bench
	$(VENV_BENCH)/bin/python $(BENCH) --page docs/benchmarks.md

# The same in short, with the peers that PEERS has, a Python: those that it has not are named. Installs none.
bench-quick: packages swift
	$(BUILD) --product timbre
	$(BUILD) --product timbre-bench
	$(PEERS) $(BENCH) --quick

goldens: test-packages $(VENV_BENCH)/ready
	for script in Tests/Goldens/make_*.py; do $(VENV_BENCH)/bin/python $$script; done

# The tests under the compiler's sanitizers; slow, so not part of `make test`.
# Swift's globals, pointers with tags among them, look like leaks.
sanitize-address: packages swift
	ASAN_OPTIONS=detect_leaks=0 swift test -c release --sanitize=address --scratch-path .build-address --disable-xctest

sanitize-thread: packages swift
	swift test -c release --sanitize=thread --scratch-path .build-thread --disable-xctest

packages:
	@Scripts/packages $(DEBIAN)

test-packages:
	@Scripts/packages $(TEST_DEBIAN)

install-packages:
	@Scripts/packages $(INSTALL_DEBIAN)

container-packages:
	@Scripts/packages $(CONTAINER_DEBIAN)

swift:
	@Scripts/swift-version 6 2

.build-venv/%/ready: Tests/requirements-%.txt
	python3 -m venv .build-venv/$*
	.build-venv/$*/bin/pip install --quiet --requirement $<
	touch $@

clean:
	rm -rf .build .build-*
