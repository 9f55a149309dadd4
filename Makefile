# The door of the house: `make help` says what each target does.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help build webmail run test chaos stress check tidy fuzz bench bench-webmail bench-micro docs clean tools tools-check

CARGO ?= cargo

help: ## say what each target does
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: tools webmail ## build the program: target/release/glaspost
	$(CARGO) build --release --locked -p glaspost

webmail: tools ## build the browser client: webmail/dist
	npm run --prefix webmail --silent build -- --logLevel warn

run: build ## build, then start a whole provider on this machine and say what to do next
	target/release/glaspost demo --dir demo

test: tools webmail ## install what the tests need, start the real parts, run every test
	npm run --prefix webmail --silent check
	npm test --prefix webmail --silent
	$(CARGO) test --workspace --locked
	$(CARGO) build --locked -p glaspost
	$(CARGO) build --locked --manifest-path tests/programs/jmap-client/Cargo.toml --target-dir target
	.venv/bin/python -m pytest tests benches

chaos: tools ## the long forms of the tests of durability: kills, failing and slow and full disks, power cuts
	GLASPOST_CHAOS=1 GLASPOST_CRASH_STATES=$(CRASH_STATES) GLASPOST_TURNED=$(TURNED) $(CARGO) test --locked -p engines -p store
	$(CARGO) build --locked -p glaspost
	GLASPOST_CHAOS=1 .venv/bin/python -m pytest --timeout 0 tests/durability

CRASH_STATES ?= 40000
# bytes of each file of a store that are turned, one after another; with more than it has, each of them
TURNED ?= 1500

stress: tools ## 50 IMAP sessions at random for STRESS seconds (600), each holding all it is told against all it knows
	$(CARGO) build --locked -p glaspost
	GLASPOST_STRESS=$(STRESS) GLASPOST_STRESS_CLIENTS=50 GLASPOST_STRESS_SEEDS=$(SEED) .venv/bin/python -m pytest -n 0 -s tests/stress

STRESS ?= 600
SEED ?= 1

check: tools-check ## format, lints, licences, documentation, the house's rules, quick tests
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --locked --document-private-items
	cargo-deny --locked check licenses bans sources
	npm run --prefix webmail --silent check
	npm test --prefix webmail --silent
	$(CARGO) test --workspace --locked --lib --bins

tidy: ## the rules that hold the house up: edges, citations, transcripts, orphans
	$(CARGO) run --quiet --locked -p xtask -- tidy

fuzz: ## drive every fuzz target with libFuzzer for SECONDS_EACH (120), hostile-facing ones for 5 times that
	$(CARGO) run --quiet --locked -p xtask -- fuzz $(SECONDS_EACH) $(TARGET)

SECONDS_EACH ?= 120
TARGET ?=

bench: ## measure against Postfix, Dovecot and Cyrus from Debian, as root; BENCH="--only deliveries-20 --runs 1"
	@benches/tools
	$(CARGO) build --release --locked -p glaspost -p load
	python3 benches/bench.py $(BENCH)

BENCH ?=

bench-webmail: tools webmail ## measure the webmail in Chromium beside Debian's Roundcube, as root; WEBMAIL="--only opening --runs 1"
	@benches/tools webmail
	$(CARGO) build --release --locked -p glaspost -p load
	.venv/bin/python benches/webmail.py $(WEBMAIL)

WEBMAIL ?=

bench-micro: ## the parts by themselves: parses, prints, a group commit, a search; each compared with the run before
	$(CARGO) bench --locked -p imap-wire -p message -p engines -p imap -p jmap --bench words --bench parse --bench commit --bench mailbox --bench search --bench reading

docs: ## write the reference pages that are printed from the code
	$(CARGO) run --quiet --locked -p glaspost -- config reference > docs/reference/configuration.toml
	$(CARGO) run --quiet --locked -p glaspost -- man --markdown > docs/reference/commands.md

clean: ## remove what was built and the demo's folder
	$(CARGO) clean
	rm -rf demo .venv

tools: # Debian packages and Python modules; what is there already is left alone
	@tests/tools

tools-check:
	@tests/tools node
	@command -v cargo-deny >/dev/null || $(CARGO) install --locked cargo-deny
