# For people used to it: each target is a task of deno.json. `make help` lists them.
.PHONY: help build test ok run dev demo coverage release-local hooks clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

build: ## islands, stylesheet and the bundle of the program
	deno task build

test: ## every check and every test
	deno task test

ok: ## the quick checks
	deno task ok

run: ## poll and serve with your own keys
	deno task start

dev: ## the demo, rebuilt and restarted on change
	deno task dev

demo: ## the whole program with invented data
	deno task demo

coverage: ## run the tests and tell which lines they reached
	deno test -A --no-check --parallel --coverage=coverage tests/
	deno coverage coverage

release-local: ## what is published of a version in dist/release/; MISSING=--allow-missing makes what can be made
	deno task release $(MISSING)

hooks: ## format and lint what is staged, before each commit
	deno task hooks

clean: ## remove what was built
	rm -rf _fresh _program _static dist coverage
