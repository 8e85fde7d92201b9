# The verbs of the project; `make help` lists them. Needs Python 3.11 or newer, git and make; the rest goes into .venv.

# The first Python that runs, is new enough and can make an environment; PYTHON=... overrules.
PYTHON ?= $(shell for one in python3.13 python3.12 python3.11 python3; do \
	if $$one -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; \
	then echo $$one; break; fi; done)

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
RUN := .venv/.run# a stamp: what running tfgen needs is installed
DEV := .venv/.dev# a stamp: what working on it needs is installed too
DEMO := build/demo/support-agent
JUDGE := build/mermaid/.done# a stamp: Mermaid's own parser is installed, where npm is
SERVER := build/editor/.done# a stamp: the YAML language server of editors is installed, where npm is
STACKS := build/cloudformation/.done# a stamp: cfn-lint is installed, and a moto that makes stacks
UV_COMPILE = build/pins/bin/uv pip compile --quiet --upgrade --no-config --universal \
	--python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --annotation-style line \
	--custom-compile-command "make pins"

.DEFAULT_GOAL := help
.PHONY: help demo test fuzz lint check modules bench pins provider-schema grammar docs clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile

demo: $(RUN) ## render the example into build/demo and show a piece of it
	$(BIN)/tfgen render examples/support-agent/posture.yaml --out $(DEMO)
	@echo && find $(DEMO) -type f | LC_ALL=C sort
	@echo && echo "$(DEMO)/main.tf begins:" && echo && sed -n '1,40p' $(DEMO)/main.tf

test: $(DEV) $(JUDGE) $(SERVER) $(STACKS) ## run the tests (ARGS="-k word" picks some)
	$(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)

SEED ?= 1
SECONDS ?= 60
fuzz: $(DEV) ## run the fuzzers (SEED=1 SECONDS=60); what fails is saved in build/fuzz
	PYTHONPATH=tests/support $(BIN)/python -m fuzz --seed $(SEED) --seconds $(SECONDS) $(ARGS)

lint: $(DEV) ## format, lint, types and floors; nothing is changed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo --no-cache

check: lint test ## all that CI asks: lint, then test

modules: $(RUN) ## render the published modules again
	$(BIN)/tfgen render modules/posture.yaml --out modules --modules-only
	$(BIN)/tfgen render modules/vpc/posture.yaml --out modules/vpc --modules-only

bench: $(DEV) ## print the benchmarks; judges nothing
	$(BIN)/python -m benchmarks

pins: ## choose new versions for requirements*.txt
	@$(need-python)
	$(PYTHON) -m venv build/pins
	build/pins/bin/python -m pip --disable-pip-version-check install --quiet uv
	$(UV_COMPILE) pyproject.toml --group dev --output-file requirements-dev.txt
	$(UV_COMPILE) pyproject.toml --group build --constraint requirements-dev.txt --output-file requirements.txt
	$(UV_COMPILE) --group stacks --output-file requirements-stacks.txt

provider-schema: ## read what providers take, and since when; needs terraform, a mirror of it, and the network at first
	@$(need-python)
	$(PYTHON) -m venv build/schema
	build/schema/bin/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["dependency-groups"]["schema"], sep="\n")' > build/schema/requirements.txt
	build/schema/bin/python -m pip --disable-pip-version-check install --quiet --no-deps -r build/schema/requirements.txt
	build/schema/bin/python tools/provider_schema

grammar: $(DEV) ## write tfgen/hcl/grammar.json anew, after python-hcl2 or lark changed
	@mkdir -p build
	PYTHONHASHSEED=0 $(BIN)/python -c 'from tfgen.hcl import grammar; print(end=grammar.serialised())' > build/grammar.json
	mv build/grammar.json tfgen/hcl/grammar.json

docs: $(DEV) ## write the generated pages of docs/ (ARGS=--commands: the output of commands too)
	PYTHONPATH=tests/support $(BIN)/python -m docs_pages $(ARGS)

clean: ## remove everything that make has made, .venv too
	rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find tfgen tests -name __pycache__ -type d -prune -exec rm -rf {} +

define need-python
test -n "$(PYTHON)" || { echo "no Python 3.11 or newer with venv found; name one: make PYTHON=..." >&2; exit 1; }
endef

.venv/pyvenv.cfg:
	@$(need-python)
	$(PYTHON) -m venv .venv

# Every file that is installed has its hash in the requirements, so pip's own settings cannot bring in another.
$(RUN): requirements.txt pyproject.toml | .venv/pyvenv.cfg
	$(PIP) install --quiet --require-hashes -r requirements.txt
	$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(DEV): requirements-dev.txt $(RUN)
	$(PIP) install --quiet --require-hashes -r requirements-dev.txt
	@touch $@

# Only tests of stacks need it, so they alone are skipped where it cannot be had.
$(STACKS): requirements-stacks.txt
	@$(need-python)
	@$(PYTHON) -m venv build/cloudformation
	@if build/cloudformation/bin/python -m pip --disable-pip-version-check install --quiet --require-hashes -r $<; \
	then touch $@; else rm -rf build/cloudformation; \
	echo "cfn-lint is not installed, so tests of stacks are skipped" >&2; fi

# Only tests of diagrams need it, so they alone are skipped where it cannot be had.
$(JUDGE): tests/support/mermaid/package.json tests/support/mermaid/package-lock.json tests/support/mermaid/parse.mjs
	@mkdir -p build/mermaid && cp $^ build/mermaid
	@if command -v npm >/dev/null && npm --prefix build/mermaid ci --ignore-scripts --no-audit --no-fund --silent; \
	then touch $@; else echo "Mermaid's parser is not installed, so tests of diagrams are skipped" >&2; fi

# Only tests of what editors make of the schema need it, so they alone are skipped where it cannot be had.
$(SERVER): tests/support/editor/package.json tests/support/editor/package-lock.json tests/support/editor/ask.mjs
	@mkdir -p build/editor && cp $^ build/editor
	@if command -v npm >/dev/null && npm --prefix build/editor ci --ignore-scripts --no-audit --no-fund --silent; \
	then touch $@; else echo "The YAML language server is not installed, so tests of editors are skipped" >&2; fi
