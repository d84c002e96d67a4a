# `make demo` and `make test` set up everything in .venv and leave the checkout clean.
PYTHON ?= python3
BIN := .venv/bin
PACKAGED := $(shell find src data schemas LICENSES -type f ! -name "*.pyc") datapackage.json pyproject.toml README.md CHANGELOG.md LICENSE

# The version before, whose rows the site compares, also where this one has its tag; none in a clone without tags.
SINCE := $(shell git describe --tags --match 'v[0-9]*' --abbrev=0 HEAD^ 2>/dev/null)

.PHONY: version demo test test-slow lint docs site screenshots release clean

demo: .venv/installed
	$(BIN)/china-ai-lawmaking validate
	$(BIN)/china-ai-lawmaking tables
	$(BIN)/python examples/demo.py

test: .venv/tested
	$(BIN)/python -m pytest -n auto -m "not slow and not libreoffice and not browser"

test-slow: .venv/tested
	$(BIN)/python -m pytest -n auto -m slow

lint: .venv/linted
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/reuse --no-multiprocessing lint --quiet

# The generated parts of the documentation; a test holds them to what this writes.
docs: .venv/tested
	$(BIN)/python docs/generate.py

# The pages, with the one third-party script of the grids, which npm takes by its hash.
site: .venv/installed
	npm ci --silent
	rm -rf build/site
	$(BIN)/china-ai-lawmaking site build/site --root . --tabulator node_modules/tabulator-tables/dist $(if $(SINCE),--since $(SINCE))

# The pictures of README; they need chromium and are looked at before they are committed.
screenshots: site .venv/tested
	$(BIN)/python docs/screenshots.py build/site docs

# The hand steps of a new version: make version V=2.1.0. It refuses one that is too low for the changes since the last.
version: .venv/tested
	@test -n "$(V)" || { echo "say which: make version V=2.1.0" >&2; exit 2; }
	$(BIN)/python .ci/version.py set $(V)
	$(BIN)/china-ai-lawmaking fix
	$(MAKE) docs

# What is published with a version, built twice and compared: dist/ for package indexes, release/ for everybody else.
release: .venv/linted
	bash .ci/release

clean:
	rm -rf .venv build dist node_modules release

# What is installed and tested is the built wheel, never the source tree.
.venv/installed: $(PACKAGED)
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	rm -rf dist
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .
	$(BIN)/python -m pip install --quiet "$$(echo dist/*.whl)[contribute,release,site]"
	$(BIN)/python -m pip install --quiet --no-deps --force-reinstall dist/*.whl
	touch $@

.venv/tested: .venv/installed
	$(BIN)/python -m pip install --quiet --group test
	touch $@

.venv/linted: .venv/tested
	$(BIN)/python -m pip install --quiet --group lint
	touch $@
