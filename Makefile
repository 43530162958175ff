# For people used to it: each target is a task of deno.json. `make help` lists them.
.PHONY: help build test ok run dev demo coverage release-local hooks clean

TARGETS = x86_64-unknown-linux-gnu aarch64-unknown-linux-gnu x86_64-apple-darwin aarch64-apple-darwin x86_64-pc-windows-msvc

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

release-local: ## an executable for each system in dist/
	@for target in $(TARGETS); do \
	  case $$target in *windows*) ending=.exe;; *) ending=;; esac; \
	  deno run -A dev/compile.ts --target $$target --output dist/$$target/syntrack$$ending || exit 1; \
	done

hooks: ## format and lint what is staged, before each commit
	deno task hooks

clean: ## remove what was built
	rm -rf _fresh _program _static dist coverage
