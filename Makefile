# What people type. `make help` lists it; CONTRIBUTING.md says more.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# What scripts/setup puts into this checkout is found first (Node) or last (Postgres).
export PATH := $(CURDIR)/.tools/node/bin:$(PATH):$(CURDIR)/.tools/postgres/bin
# Queries are checked against .sqlx, so that building needs no database, whatever DATABASE_URL says.
export SQLX_OFFLINE := true

target := $(or $(CARGO_TARGET_DIR),target)
slipform := $(target)/debug/slipform
with_postgres := $(slipform) with-postgres --

.PHONY: help
help: ## This list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name text; do printf '  make %-14s %s\n' "$$name" "$$text"; done

.PHONY: setup
setup: ## Install what is missing to run Slipform
	@scripts/setup

.PHONY: build
build: setup
	@cargo build --locked --bin slipform

.PHONY: up
up: build ## Install what is missing, build, start everything; Ctrl-C ends it
	@exec $(slipform) up

.PHONY: test
test: ## All tests, the same that CI runs
	@scripts/setup --tests
	cargo fmt --all --check
	cargo clippy --locked --all-targets -- -D warnings
	@scripts/check-scripts
	@scripts/check-docker
	@# With the tests and not before: `cargo build` would build the dependencies once more, with other features.
	cargo nextest run --locked --no-run
	@scripts/check-setup $(slipform)
	$(with_postgres) cargo nextest run --locked $(NEXTEST)
	cargo test --locked --doc --quiet
	@# nextest has built it with the tests, and `cargo run` would build it once more with other settings.
	$(target)/debug/examples/fuzz_design 5
	@$(MAKE) --no-print-directory test-aws SLIPFORM_FAULT_EVERY=$(or $(SLIPFORM_FAULT_EVERY),7)

# A target directory of its own: the SDK is large, and its features would make the rest compile again.
aws_target := $(target)/aws
aws_features := --locked -p slipform -p slipform-aws --features slipform/aws
.PHONY: test-aws
test-aws: export CARGO_TARGET_DIR := $(aws_target)
test-aws: export SLIPFORM_FAULT_EVERY ?= 1
test-aws: ## The AWS target on emulators, with a fault at every call (an hour; `make test`: at a few)
	@scripts/setup --tests
	cargo clippy $(aws_features) --all-targets -- -D warnings
	@# With the tests and not before: `cargo build` would build the SDK once more, with other features.
	cargo nextest run $(aws_features) --no-run
	@# Of what the other feature set has tested already, only what concerns this one.
	$(aws_target)/debug/slipform with-postgres -- cargo nextest run $(aws_features) -E 'package(slipform-aws) + test(aws::) + test(architecture::)' $(NEXTEST)

.PHONY: release
release: setup ## Build Slipform and the program of its functions on AWS for use: target/release
	cargo build --locked --release --features aws --bin slipform
	@scripts/build-stage

.PHONY: check-image
check-image: setup ## Run the steps of docker/Dockerfile without a container engine (minutes; PROFILE=release: half an hour)
	@scripts/check-image

.PHONY: check-setup
check-setup: build ## Try scripts/setup and the first start without Node, npm, Postgres or root (Linux; needs root to hide them)
	@scripts/check-setup $(slipform)

.PHONY: lint-deps
lint-deps: ## Licenses, advisories and unused dependencies (installs cargo-deny and cargo-machete at first: some minutes)
	@cargo deny --version >/dev/null 2>&1 || cargo install --locked cargo-deny
	@cargo machete --version >/dev/null 2>&1 || cargo install --locked cargo-machete
	cargo deny check
	cargo machete

.PHONY: golden
golden: ## Rewrite the expected trees of the golden apps; then read the diff
	UPDATE=1 cargo test --locked --quiet -p slipform-codegen --test golden

.PHONY: pictures
pictures: ## Renew the pictures of the documentation with the browser test; then look at them
	@scripts/setup --tests
	cargo build --locked --bin slipform
	SLIPFORM_PICTURES=docs/images $(with_postgres) cargo nextest run --locked --test it browser

.PHONY: sqlx
sqlx: $(slipform) ## Rewrite .sqlx after a query or a migration has changed
	$(with_postgres) scripts/sqlx

.PHONY: openapi-baseline
openapi-baseline: ## Clients made for today's OpenAPI document must fit from now on; say in CHANGELOG.md what breaks
	cp openapi/control-plane.json openapi/baseline.json

.PHONY: bench
bench: ## Time the generator alone
	cargo run --locked --release --quiet -p slipform-codegen --example bench_generate

.PHONY: bench-build
bench-build: bench ## Time the generator, then whole builds, from the request to the first answer of the new version
	@scripts/setup
	cargo build --locked --release --bin slipform
	$(target)/release/slipform with-postgres -- cargo bench --locked --bench build

.PHONY: bench-api
bench-api: ## What the API answers, beside pgbench with the same query; and ten thousand streams
	@scripts/setup
	cargo build --locked --release --bin slipform
	ulimit -n $$(ulimit -Hn); $(target)/release/slipform with-postgres -- cargo bench --locked --bench api

.PHONY: fuzz-design
fuzz-design: ## Generate apps from mutated designs for FUZZ_SECONDS (default 60)
	cargo run --locked --quiet -p slipform-codegen --example fuzz_design -- $(or $(FUZZ_SECONDS),60)

.PHONY: fuzz-api
fuzz-api: build ## Send the API more than 10,000 requests that schemathesis makes of its document and its links (FUZZ_EXAMPLES=100); reports in target/fuzz-api
	@scripts/setup --tests
	FUZZ_EXAMPLES=$(or $(FUZZ_EXAMPLES),100) $(with_postgres) cargo nextest run --locked --test it -E 'test(/^openapi_fuzz::/)'

$(slipform):
	@cargo build --locked --bin slipform
