.PHONY: help install demo test quick lint types bench clean
.DEFAULT_GOAL := help

PY ?= python3
BIN := .venv/bin

help:
	@echo "make demo   play an exercise of the flagship playbook"
	@echo "make test   everything: lint, types, house rules, all suites"
	@echo "make quick  the unit suite only"
	@echo "make bench  how fast it is, each stage beside a yardstick"

install: .venv/.stamp

.venv/.stamp: pyproject.toml constraints.txt
	@scripts/install $(PY)
	@touch $@

demo: install
	@$(BIN)/responder demo

test: install
	@scripts/test

quick: install
	@$(BIN)/pytest -q tests/unit

lint: install
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: install
	@$(BIN)/mypy

bench: install
	@$(BIN)/python -m tests.benchmarks

clean:
	rm -rf .venv build dist var
