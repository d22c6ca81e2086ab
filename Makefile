# The commands of this project; each does all its own set-up. Needs Python 3.11, 3.12 or 3.13.
SHELL := /bin/sh
.DEFAULT_GOAL := help
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null \
	&& command -v $$p && break; done)

# Every crawl is a process of its own. Without bytecode each compiles a thousand modules first: most
# of its time.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo eval test test-again test-all bench soak drift nation ocr lint format lock clean

help: ## list the commands
	@grep -E '^[a-z-]+:.*##' Makefile | sed 's/:.*## /\t/'

demo: $(READY) ## the main job on the bundled replica: crawl, store, compose, mail
	$(BIN)/python -m cli demo

test: $(READY) ## the tests, all local, some ten minutes on 2 cores
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not slow"

test-again: $(READY)
	$(BIN)/python -m pytest -n 0 -m "not slow" --last-failed --last-failed-no-failures none

eval: $(READY) .venv-eval/.ready ## the readers on the gold set, beside other extractors; fails below the floors
	$(BIN)/python -m evaluation .venv-eval/bin/python

test-all: $(READY) ## the tests, the slow ones too
	$(BIN)/python -m pytest -n 2 --dist loadfile

BENCH ?= 1000000
bench: $(READY) .bench-peers/.ready ## figures of stores of up to a million notices; shorter: make bench BENCH=100000
	PYTHONPATH=.bench-peers $(BIN)/python -m bench --most $(BENCH)

WEEKS ?= 52
SEED ?= 1
soak: $(READY) ## the daemon through a simulated year of faults; shorter: make soak WEEKS=6
	$(BIN)/python -m soak --weeks $(WEEKS) --seed $(SEED)

ocr: $(READY) ## add what reads text in pictures and scans, about 330 MB (docs/files.md)
	@set -e; \
	if command -v uv >/dev/null 2>&1; then \
		uv pip install -q --python $(BIN)/python -e '.[ocr]'; \
	elif [ -x .boot/bin/uv ]; then \
		PYTHONPATH=.boot .boot/bin/uv pip install -q --python $(BIN)/python -e '.[ocr]'; \
	else \
		$(BIN)/python -m pip install -q -e '.[ocr]'; \
	fi

SEEDS ?= 300
drift: $(READY) ## the week after redesigns drawn at random; shorter: make drift SEEDS=20
	$(BIN)/python -m drift --seeds $(SEEDS)

SITES ?= 2000
nation: $(READY) ## what a day of watching so many sites costs; shorter: make nation SITES=100
	$(BIN)/python -m nation --sites $(SITES)

lint: $(READY) ## ruff check and format, mypy --strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy china_time.py config.py config_delivery.py config_sections.py cli.py errors.py scheduler.py docs/picture.py

format: $(READY) ## let ruff rewrite what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: ## pin every dependency again (needs uv)
	uv pip compile -q pyproject.toml --group dev --universal --no-header --no-annotate --upgrade -o requirements.lock

# The extractors we compare with pin an older cssselect: they live apart, with nothing of ours.
.venv-eval/.ready: evaluation/peers.lock $(READY)
	@set -e; \
	if command -v uv >/dev/null 2>&1; then \
		uv venv -q --allow-existing --python $(BIN)/python .venv-eval; \
		uv pip install -q --python .venv-eval/bin/python -r evaluation/peers.lock; \
	elif [ -x .boot/bin/uv ]; then \
		PYTHONPATH=.boot .boot/bin/uv venv -q --allow-existing --python $(BIN)/python .venv-eval; \
		PYTHONPATH=.boot .boot/bin/uv pip install -q --python .venv-eval/bin/python -r evaluation/peers.lock; \
	else \
		$(BIN)/python -m venv .venv-eval; \
		.venv-eval/bin/python -m pip install -q -r evaluation/peers.lock; \
	fi; \
	touch .venv-eval/.ready

# What the bench compares with lives apart too: it brings numpy and scipy.
.bench-peers/.ready: bench/peers.lock $(READY)
	@set -e; \
	if command -v uv >/dev/null 2>&1; then \
		uv pip install -q --python $(BIN)/python --target .bench-peers -r bench/peers.lock; \
	elif [ -x .boot/bin/uv ]; then \
		PYTHONPATH=.boot .boot/bin/uv pip install -q --python $(BIN)/python --target .bench-peers -r bench/peers.lock; \
	else \
		$(BIN)/python -m pip install -q --target .bench-peers -r bench/peers.lock; \
	fi; \
	touch .bench-peers/.ready

clean: ## remove the environment and the demo's data
	rm -rf $(VENV) .venv-eval .bench-peers .boot data/demo

# uv where it is there, else venv with an upgraded pip (the pip that a fresh venv of Python 3.11
# brings mis-resolves extras), else uv installed beside a Python that has pip but no venv (Debian).
# What they say is shown only when they fail.
$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 was not found; install one, or: make PYTHON=/path/to/python3"; exit 1; }
	@echo "setting up $(VENV) ..."
	@log=$$(mktemp); ( set -e; \
	if command -v uv >/dev/null 2>&1; then UV=uv; \
	elif $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null; then UV=; \
	elif $(PYTHON) -m pip --version >/dev/null 2>&1; then \
		$(PYTHON) -m pip install -q --target .boot uv; UV=.boot/bin/uv; \
	else echo "this Python has neither venv nor pip; install python3-venv (Debian, Ubuntu) or uv"; exit 1; fi; \
	if [ -n "$$UV" ]; then \
		$$UV venv -q --allow-existing --python "$(PYTHON)" $(VENV); \
		$$UV pip install -q --python $(BIN)/python -r requirements.lock; \
		$$UV pip install -q --python $(BIN)/python --no-deps -e .; \
	else \
		$(PYTHON) -m venv $(VENV); \
		$(BIN)/python -m pip install -q --upgrade pip; \
		$(BIN)/python -m pip install -q -r requirements.lock; \
		$(BIN)/python -m pip install -q --no-deps -e .; \
	fi ) >$$log 2>&1 || { cat $$log; rm -f $$log; echo "the set-up of $(VENV) failed, see above"; exit 1; }; \
	rm -f $$log
	@touch $(READY)
