# Every target is one script or one cargo call. `make up` and `make test` are all that a newcomer needs.
.DEFAULT_GOAL := help
.PHONY: help up down logs demo build web model test lint bench soak check-deps openapi fmt

help: ## shows this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

up: ## installs what is missing, builds, fetches the model, starts Meridian and prints its address
	@scripts/up.sh

down: ## stops what `make up` started
	@scripts/down.sh

logs: ## follows the log of what `make up` started
	@scripts/logs.sh

demo: ## loads a sample workspace into what `make up` started
	@scripts/demo.sh

build: ## leaves meridian-server, meridian-worker and meridian in target/release
	@scripts/build.sh

web: ## builds the web app into web/build
	@scripts/web.sh

model: ## fetches the speech models that the tests need
	@scripts/model.sh

test: ## installs what is missing and runs all tests
	@scripts/test.sh

lint: ## formatting, clippy, dependency rules, the web app's checks
	@scripts/lint.sh

bench: ## measures what is measured so far and prints goal, figure and verdict
	@scripts/bench.sh $(PARTS)

soak: ## the long campaigns (PARTS="kills power": only these)
	@scripts/soak.sh $(PARTS)

openapi: ## writes the API document's snapshot and the web app's types
	@cargo run -q -p meridian-server -- openapi > server/openapi.json && cd web && npm run -s types

fmt: ## formats Rust and web sources
	@cargo fmt --all && cd web && npm run -s format
