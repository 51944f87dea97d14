# Works on a machine that has Python 3.11 or newer, make and apt, and nothing else.
SHELL := /bin/bash
PYTHON ?=
VENV ?= .venv
DIST ?= dist
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet
STAMPS := $(VENV)/stamps
DEFAULT := not slow and not gpu and not campaign
# Two at a time, but not those in Firefox: they wait for what is painted, and share a window.
SIDE_BY_SIDE := -n 2 --dist loadfile
# Its heat maps are a part of what is trained; nobody else needs it (docs/TRAINING.md).
MOVENET := @vladmandic/human@3.3.6
# Node comes from PyPI with the dev extra: Debian 12's is too old for web-ext.
NPM := PATH="$(abspath $(BIN)):$$PATH" npm

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help: ## Show this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: $(STAMPS)/demo ## Caption a page of photographs in a real Firefox, and print what is heard
	$(BIN)/altlens demo --headless

.PHONY: test
test: $(STAMPS)/node ## Run all tests but the slow, gpu and campaign ones
	$(NPM) test
	$(BIN)/python -m pytest -m "$(DEFAULT)" --ignore tests/e2e $(SIDE_BY_SIDE) --cov --cov-report=
	$(BIN)/python -m pytest -m "$(DEFAULT)" tests/e2e --cov --cov-append --cov-report=term --cov-fail-under=90

.PHONY: test-all
test-all: $(STAMPS)/train $(STAMPS)/node ## Run every test (gpu ones skip themselves where there is no GPU)
	$(NPM) test
	$(BIN)/python -m pytest --cov --cov-report=term

.PHONY: lint
lint: lint-python lint-extension ## Check style, types, import layers and the extension

.PHONY: lint-python
lint-python: $(STAMPS)/dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/mypy --platform win32 installer/altlens_installer
	$(BIN)/lint-imports

.PHONY: lint-extension
lint-extension: $(STAMPS)/node
	$(NPM) run lint

.PHONY: bench
bench: $(STAMPS)/dev ## Measure every limit, and altlens beside other programs; pass or fail
	$(BIN)/python -m bench

.PHONY: fuzz
fuzz: $(STAMPS)/fuzz ## Fuzz for a minute all that reads what strangers send
	PYTHONPATH=tests $(BIN)/python -m fuzz.run --seconds 60

.PHONY: golden
golden: $(STAMPS)/dev ## Record anew what awkward inputs come to, and print what is different
	PYTHONPATH=tests $(BIN)/python -m golden.record

.PHONY: mutants
mutants: $(STAMPS)/dev ## Mutate protocol, order, supervision and cache; list the mutants no test kills
	.ci/mutate $(VENV)

.PHONY: dist
dist: $(STAMPS)/dev ## Build wheel, sdist, XPI, their SBOM and SHA256SUMS into dist/
	rm -rf $(DIST)
	$(BIN)/python -m build --no-isolation --outdir $(DIST)
	$(BIN)/python .ci/build-xpi $(DIST)
	$(BIN)/python .ci/build-sbom $(DIST)/*.whl > $(DIST)/altlens.cdx.json
	cd $(DIST) && LC_ALL=C sha256sum -- * > SHA256SUMS

.PHONY: man
man: $(STAMPS)/dev ## Write the manual page anew, after a change of the command line
	.ci/build-man $(BIN) > docs/man/altlens.1

.PHONY: pictures
pictures: $(STAMPS)/node ## Take the pictures in docs/pictures anew, in a real Firefox
	ALTLENS_PICTURES=write $(BIN)/python -m pytest -q tests/e2e/test_pictures.py

FONTS := fonts-dejavu-core fonts-liberation fonts-crosextra-caladea fonts-crosextra-carlito \
	fonts-noto-core fonts-open-sans fonts-lato fonts-roboto-unhinted fonts-ebgaramond

.PHONY: text
text: $(STAMPS)/node ## Measure how well text of many typefaces is read, and write it into docs/QUALITY.md
	.ci/fetch-packages $(VENV)/fonts $(FONTS)
	ALTLENS_FONTS=$(VENV)/fonts ALTLENS_TEXT=write \
		$(BIN)/python -m pytest -q -s -m campaign tests/e2e/test_typefaces.py

.PHONY: notes
notes: ## Print the release notes of VERSION (what is not released yet, without it)
	@.ci/release-notes $(VERSION)

.PHONY: clean
clean: ## Remove what the other targets made
	rm -rf $(VENV) dist node_modules .coverage .coverage.*

$(STAMPS)/venv: .ci/make-venv
	.ci/make-venv $(VENV) $(PYTHON)
	$(PIP) --upgrade pip
	mkdir -p $(STAMPS)
	touch $@

$(STAMPS)/firefox: $(STAMPS)/venv
	command -v firefox-esr firefox >/dev/null || .ci/apt-install firefox-esr
	touch $@

$(STAMPS)/demo: pyproject.toml $(STAMPS)/firefox
	$(PIP) -e '.[demo]'
	touch $@

$(STAMPS)/dev: pyproject.toml $(STAMPS)/firefox
	command -v strace >/dev/null || .ci/apt-install strace
	/usr/bin/python3 -c 'import gi; gi.require_version("Atspi", "2.0")' 2>/dev/null \
		&& command -v Xvfb dbus-daemon >/dev/null && test -e /usr/libexec/at-spi-bus-launcher \
		|| .ci/apt-install xvfb at-spi2-core gir1.2-atspi-2.0 python3-gi dbus
	$(PIP) -e '.[dev]'
	touch $@

# After `npm ci`, which takes away what package.json does not name.
$(STAMPS)/train: $(STAMPS)/node
	$(PIP) -e '.[dev,train,torch]'
	$(NPM) install --no-save --no-audit --no-fund $(MOVENET)
	touch $@

$(STAMPS)/fuzz: $(STAMPS)/dev
	$(PIP) -e '.[dev,fuzz]'
	touch $@

$(STAMPS)/node: package-lock.json $(STAMPS)/dev
	$(NPM) ci
	touch $@
