# Two commands: `make demo` and `make test`. The rest is for those who change something.
#
#   make demo            build, load, run the months, serve on http://localhost:8000
#   make demo SERVE=0    stop before serving          make demo SCALE=0.01   one hundredth of the people
#   make test            the whole suite              make test ARGS="tests/kernel -x"
#   make check           style, types, import contracts, migrations
#   make bench           the figures of docs/benchmarks.md     make bench BENCH="determination screen"   only these

SHELL := /bin/bash
SERVE ?= 1
SCALE ?= 1
HOST ?= 127.0.0.1
PORT ?= 8000
UV_VERSION := 0.13.9
PYTHON ?= $(firstword $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p; done))
UV := .uv/bin/uv
BIN := .venv/bin
export UV_PYTHON_DOWNLOADS := never
export PYTHONUTF8 := 1
# Kept bytecode: without it each `ansinh …`, which the tests start by the hundred, compiles Django anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test check format bench environment chromium clean
.DEFAULT_GOAL := demo

demo: environment
	$(BIN)/ansinh migrate
	$(BIN)/ansinh demo --scale $(SCALE)
ifneq ($(SERVE),0)
	$(BIN)/ansinh serve --host $(HOST) --port $(PORT)
endif

test: environment chromium
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal $(ARGS)

check: environment
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -W ignore -m django makemigrations --check --dry-run --settings config.settings
	$(BIN)/ansinh law check

format: environment
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: environment
	$(UV) sync --locked --quiet --group bench
	$(BIN)/python -m bench $(BENCH) $(ARGS)

# The environment: uv in a folder of its own, everything else by the lock file. Safe to repeat.
environment: .venv/.as-locked

.venv/.as-locked: pyproject.toml uv.lock $(UV)
	$(UV) sync --locked --quiet --python $(PYTHON)
	@touch $@

$(UV):
	@if [ -z "$(PYTHON)" ]; then \
	    echo "Cần Python từ 3.11 trở lên (máy có: $$(python3 --version 2>&1))."; \
	    echo "Python 3.11 or newer is needed. On Debian 12 or Ubuntu 24.04: apt install python3 python3-venv"; \
	    exit 1; fi
	@rm -rf .uv
	@if ! $(PYTHON) -c 'import ensurepip' 2>/dev/null; then \
	    if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	        $(call apt,python3-venv); \
	    else echo "Cần gói python3-venv · the package python3-venv is needed: apt install python3-venv"; exit 1; fi; fi
	$(PYTHON) -m venv .uv
	.uv/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

# The browser tests drive Debian's Chromium; fonts so that Vietnamese is seen as people see it.
chromium:
	@if command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Cài Chromium cho các phép thử trình duyệt · installing Chromium for the browser tests"; \
	    $(call apt,chromium fonts-liberation2); \
	else echo "Các phép thử trình duyệt cần Chromium · the browser tests need Chromium:"; \
	    echo "    sudo apt install chromium fonts-liberation2"; exit 1; fi

apt = apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $(1) >/dev/null

clean:
	@if [ -x $(BIN)/ansinh ]; then $(BIN)/ansinh db stop; $(BIN)/python -m tests.databases; fi
	rm -rf .venv .uv var
