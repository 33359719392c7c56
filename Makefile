# One command runs the product, one tests it. Both install what they need; the second time takes seconds.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PORT ?= 8000
DATA ?= var/demo

FANG := documents/fonts/FandolFang-Regular.otf
RUN_PACKAGES := fonts-babelstone-han fonts-hanazono fonts-liberation fonts-lxgw-wenkai fonts-noto-cjk
TEST_PACKAGES := chromium coturn ffmpeg firefox-esr openssl poppler-utils postgresql qpdf

.PHONY: help run test test-peers long calls papers check migration system-run system-test

help: ## what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: .venv/ready-run web/node_modules/.ready $(FANG) ## start the demo court on http://127.0.0.1:$(PORT)
	@.venv/bin/odr demo --port $(PORT) --data $(DATA)

TESTS := .venv/ready-test web/node_modules/.ready $(FANG)

# what shows in minutes that clients meet, that nothing is lost in a kill, and that whole journeys arrive
CORE := tests/signaling/test_live.py tests/signaling/test_sittings.py tests/signaling/test_pool.py tests/faults/test_walk_kills.py tests/faults/test_serve.py

test: $(TESTS) check ## format, lint, types, imports and the tests: parts, pages, clients, kills, whole journeys
	.venv/bin/pytest -q -n 2 -m 'not slow and not browser and not long'
	.venv/bin/pytest -q -n 2 -m 'browser and not slow and not long'
	.venv/bin/pytest -q $(CORE) -m 'slow and not long'
	.venv/bin/pytest -q tests/walks -m 'not long'

test-peers: $(TESTS) tests/peers/node_modules/.ready ## every other client of the media server, every way in, every crash point
	.venv/bin/pytest -q --ignore tests/walks -m 'slow and not browser and not long'
	.venv/bin/pytest -q --ignore tests/walks -m 'slow and browser and not long'

long: $(TESTS) ## the same claims at sizes that no change needs every time
	.venv/bin/pytest -q -m 'long and not browser'
	ODR_CHANGES=1000 ODR_CRASH_EVERY=1 ODR_MODEL_RUNS=100 ODR_MODEL_STEPS=50 ODR_ORACLE_INSTANTS=12000 .venv/bin/pytest -q --timeout=3600 \
	  tests/web/test_exporting.py tests/documents/test_second_verifier.py tests/odr/test_verify.py tests/odr/test_crashes.py tests/odr/test_model.py tests/odr/test_oracle.py
	.venv/bin/pytest -q -m 'long and browser'

calls: $(TESTS) ## how good calls between Chromium and Firefox are, as JSON: each figure beside what it must be
	@.venv/bin/python -m tests.signaling.calls

papers: $(TESTS) ## one picture of every kind of paper, sealed: var/papers.png, each page in var/papers/
	@mkdir -p var && .venv/bin/python -m tests.documents.contact var/papers.png var/papers

check: .venv/ready-test ## format, lint, types and the import rule only
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-cache

migration: .venv/ready-test ## write the next schema revision, M="what changes"
	.venv/bin/python -m odr.migrations "$(M)"

# $(call packages,names): install those Debian packages that are missing, as root or through sudo
define packages
	@missing=""; for p in $(1); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ]; then \
	  if [ "$$(id -u)" = 0 ]; then as=""; elif command -v sudo >/dev/null; then as=sudo; else \
	    echo "Please have these packages installed, then run make again:"; echo "  apt-get install --no-install-recommends$$missing"; exit 1; fi; \
	  echo "Installing system packages:$$missing"; \
	  $$as apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$as apt-get install -y -qq --no-install-recommends $$missing >/dev/null; fi
endef

system-run:
	$(call packages,$(RUN_PACKAGES) $(shell python3 -c 'import ensurepip' 2>/dev/null || echo python3-venv))

system-test: system-run
	$(call packages,$(TEST_PACKAGES))

.venv/bin/uv: locks/uv.txt | system-run
	@echo "Making the Python environment"
	@python3 -m venv .venv && .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r locks/uv.txt && touch $@

.venv/ready-run: .venv/bin/uv locks/run.txt pyproject.toml | system-run
	@echo "Installing the locked Python packages"
	@VIRTUAL_ENV=.venv .venv/bin/uv pip install -q --require-hashes -r locks/run.txt
	@VIRTUAL_ENV=.venv .venv/bin/uv pip install -q --no-deps --no-build-isolation -e . && touch $@

.venv/ready-test: .venv/ready-run locks/dev.txt | system-test
	@echo "Installing what the tests need"
	@VIRTUAL_ENV=.venv .venv/bin/uv pip install -q --require-hashes -r locks/dev.txt && touch $@

web/node_modules/.ready: web/package-lock.json .venv/ready-run
	@echo "Installing the front-end files"
	@cd web && PATH="$(CURDIR)/.venv/bin:$$PATH" npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error && touch node_modules/.ready

tests/peers/node_modules/.ready: tests/peers/package-lock.json .venv/ready-run
	@echo "Installing the media server's clients on Node"
	@cd tests/peers && PATH="$(CURDIR)/.venv/bin:$$PATH" npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error && touch node_modules/.ready

# The one face that no font package has, 仿宋 for the papers, out of Debian's TeX; without it they are set in 楷体.
$(FANG): | system-run
	@echo "Fetching the typeface for the papers"
	@at=$$(mktemp -d) && cd $$at && get="apt-get -qq -o APT::Sandbox::User=root download texlive-lang-chinese" \
	  && { $$get 2>/dev/null || { apt-get -qq update 2>/dev/null; $$get; }; } \
	  && dpkg-deb --fsys-tarfile texlive-lang-chinese_*.deb | tar -xO ./usr/share/texlive/texmf-dist/fonts/opentype/public/fandol/$(notdir $@) > face \
	  && mv face $(CURDIR)/$@ || echo "It could not be fetched; papers are set in another face."; rm -rf $$at
