# `make` alone prints what there is to do. The commands for accounts, money and rules are ./benefits.

# Runs TypeScript as it stands.
TSX := node --import tsx

.DEFAULT_GOAL := help
.SILENT:
.PHONY: help install run run-debug test test-sharded check format generate protos baseline build bench long-run faults simulate-engine mutation-test check-image check-monitoring up down monitoring encrypt decrypt deploy certs audit sbom clean clean-data

# What a target is given (make faults kind=crash) reaches it in the environment, as it was typed: neither make nor the shell
# expands anything in it.
ARGUMENTS := kind file files kills rounds kinds election cases attacks rate moves seed seeds teeth seconds minutes share accounts profile env context key hosts processes into
$(foreach name,$(ARGUMENTS),$(eval export ARG_$(name) := $$(value $(name))))
unexport $(ARGUMENTS)

# A misspelt variable must not count as left out. Those of the configuration may be given here, too.
GIVEN := $(foreach name,$(.VARIABLES),$(if $(filter command,$(firstword $(origin $(name)))),$(name)))
ifneq ($(GIVEN),)
CONFIGURATION := $(shell sed -n 's/^\([A-Z_][A-Z0-9_]*\)=.*/\1/p' .env.example)
UNKNOWN := $(filter-out $(ARGUMENTS) $(CONFIGURATION),$(GIVEN))
ifneq ($(UNKNOWN),)
$(error there is no variable $(UNKNOWN). There are: $(ARGUMENTS), and those of .env.example)
endif
endif

help:
	awk 'BEGIN { FS = ":.*## " } /^##@ / { printf "\n%s\n", substr($$0, 5) } /^# *> / { sub(/^# *> /, ""); printf "  %-20s   %s\n", "", $$0 } /^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile
	echo

##@ Use it

run: build ## Start the service with a database and the example accounts (install and build first)
#    > with MONGODB_URI it is that database, and nothing is added to it; then try ./benefits --help
	exec env SEED_EXAMPLES="$${SEED_EXAMPLES:-auto}" node --enable-source-maps --max-semi-space-size=64 dist/main.js

certs: install ## Make certificates for TLS on this machine: hosts="authorizer.test 10.0.0.7"; again renews them
	$(TSX) tools/certs.ts

protos: install ## Write the contract and all that it imports into one folder, for protoc -I: into=dist/protos
	$(TSX) tools/protos.ts

##@ Deploy it

up: install ## Run it and a MongoDB in containers, on this machine (needs Docker): processes=1
	$(TSX) tools/compose.ts up

down: install ## Stop those containers; the data stay
	$(TSX) tools/compose.ts down

monitoring: install ## Run Prometheus (port 3000) and Grafana (port 3001) beside them: processes=1, as make up had it
	$(TSX) tools/compose.ts monitoring

decrypt: install ## Make the secrets of an environment readable, to change them: env=staging
	$(TSX) tools/decrypt.ts

encrypt: install ## Encrypt them again: env=staging; with keys of your own, the first time: key=new
	$(TSX) tools/encrypt.ts

deploy: install ## Bring an environment to Kubernetes: env=staging context=my-cluster (needs kubectl and the private key)
#       > context= is one of those that kubectl config get-contexts names
	$(TSX) tools/deploy.ts

##@ Work on it

run-debug: install ## Start from the sources: restarts when they change, debugger on port 9229
	exec env SEED_EXAMPLES="$${SEED_EXAMPLES:-auto}" node_modules/.bin/tsx watch --clear-screen=false --inspect=127.0.0.1:9229 src/main.ts

test: install ## Build, then run all tests
	npm --silent test

test-sharded: build ## The tests that speak with the database, on a sharded cluster through mongos
	TEST_DATABASE=sharded node_modules/.bin/mocha --config .mocharc.sharded.cjs

FAULTS := crash failover misbehave hostile clock shard

faults: build ## Break the service or its database under load, and check the books: kind=crash seed=
#       > kind=crash: kill both, kills=50 (of each). kind=failover: take the primary away, rounds=10 profile=default
#       > kinds=KILL,STEP_DOWN,HALT,PARTITION,SPLIT (of failover). kind=clock: step the wall clocks, rounds=10
#       > kind=shard: move chunks between shards, moves=30. kind=misbehave: nine kinds of failing database,
#       > cases=LATE,REPLICA_SET_NAME,CONNECTIONS,CREDENTIALS,CERTIFICATE,NO_PRIMARY,SLOW,DISK_FULL,READ_ONLY
#       > kind=hostile: attack it, cases=1000000 rate=1200 (a second) seconds=30 (of each flood) attacks=messages,...
	$(if $(filter-out $(words $(filter $(FAULTS),$(kind))),1),$(error kind= is one of $(FAULTS)))
	$(TSX) tools/$(filter $(FAULTS),$(kind))-test/main.ts

simulate-engine: install ## Simulate the engine in seeded histories full of faults, on all processors: seeds=100000, or seed=7 to see one
#               > teeth=yes: how often each of many planted mistakes is found
	node --max-semi-space-size=16 --import ./tools/simulation/typescript.mjs tools/simulate-engine.ts

mutation-test: install ## Change the domain and the engine in many small ways, and see that a test notices: files=decide.ts
#             > each change that no test notices is explained in test/mutation/survivors.yaml, or fails
	$(TSX) tools/mutation-test/main.ts

check-monitoring: build ## Watch the real service with a real Prometheus: alerts, rules, dashboards (two minutes; needs promtool and prometheus)
	$(TSX) tools/check-monitoring.ts

BENCH_whole = $(TSX) bench/main.ts && $(TSX) bench/report/main.ts
BENCH_quick = $(TSX) bench/main.ts quick
BENCH_beside = $(TSX) bench/main.ts beside
BENCH_parts = $(TSX) bench/parts/main.ts
BENCH_report = $(TSX) bench/report/main.ts

bench: build ## Measure it beside floors, rivals and other work (20 minutes), and write .docs/benchmarks.md
#      > kind=quick: the same in three minutes, changes no page. kind=parts: what the parts of one authorization cost
#      > kind=beside: only purchases beside other work (five minutes), prints the table
#      > kind=report: write the page again, from the figures of the last whole run
	$(or $(BENCH_$(or $(kind),whole)),$(error kind= is one of quick beside parts report, or left out))

long-run: build ## Watch it under load for 30 minutes: memory, descriptors, latency must not rise: minutes=30 share=70 (% of capacity)
#               > accounts=150000 seed=; a whole run without a problem is written to .docs/reliability.md
#               > kind=report: write that section again, from the figures of the last whole run
	$(TSX) bench/long-run/$(or $(filter report,$(kind)),main).ts

check: install ## Everything that must hold before a commit: format, lint, types, protos, unused code, tests
	npm --silent run check

check-image: install ## Do what the Dockerfile says without Docker, and run what comes of it: read-only, not as root
	$(TSX) tools/check-image.ts

audit: install ## Look for known vulnerabilities in what the service depends on, and in what it is built with
	npm audit --omit=dev && npm audit --audit-level=high

sbom: ## Write what the service consists of, as CycloneDX: make -s sbom > sbom.json
	npm sbom --omit=dev --package-lock-only --sbom-format=cyclonedx --sbom-type=application

format: install ## Format everything and repair what can be repaired
	npm --silent run format

generate: install ## Generate src/gen from the protos
	npm --silent run generate

baseline: install ## At a release: make today's protos the ones that later changes must stay compatible with
	npm --silent run baseline

##@ Build and clean

install: node_modules/.package-lock.json ## Install the dependencies, unless they are as package-lock.json says

build: install ## Compile the service to dist, and bundle the command line
	npm --silent run build
	npm --silent run build:cli

clean: ## Remove what was built; the data stay
	rm -rf dist dist-bench coverage

clean-data: install ## Delete the local database, the local secret for tokens and the certificates
	$(TSX) tools/clean-data.ts

# npm writes this file last. To standard error, so that $(make -s sbom) is right on a fresh clone too.
node_modules/.package-lock.json: package-lock.json
	echo 'installing dependencies' >&2
	npm ci --no-audit --no-fund --loglevel=error >&2
