# For those who prefer make: each target runs a task of deno.json. `make help` lists them.
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

coverage: ## run the tests and report line coverage
	deno test -A --no-check --parallel --coverage=coverage tests/
	deno coverage coverage

release-local: ## build a release into dist/release/; MISSING=--allow-missing skips targets that cannot be built
	deno task release $(MISSING)

hooks: ## install the git hook that formats and lints staged files
	deno task hooks

clean: ## remove build output
	rm -rf _fresh _program _static dist coverage
