# `make` alone lists every target. The commands for accounts, money and rules are in ./benefits.

# Runs TypeScript without a build.
TSX := node --import tsx

.DEFAULT_GOAL := help
.SILENT:
.PHONY: help install run run-debug test test-sharded check format generate protos build bench long-run faults simulate-engine mutation-test check-api check-image check-monitoring up down monitoring encrypt decrypt deploy certs audit sbom clean clean-data

# The arguments of a target (make faults kind=crash) reach it in the environment, exactly as typed. Neither
# make nor the shell expands anything in them.
ARGUMENTS := kind file files kills rounds kinds election cases attacks rate moves lines seed seeds selfcheck seconds minutes share accounts profile env context key hosts processes into
$(foreach name,$(ARGUMENTS),$(eval export ARG_$(name) := $$(value $(name))))
unexport $(ARGUMENTS)

# Rejects misspelt variables, which would otherwise have no effect. Accepts those of the configuration, too.
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

run: build ## Start the service with a database and the example accounts (installs and builds first)
#    > with MONGODB_URI it uses that database and adds nothing to it; then try ./benefits --help
	exec node --enable-source-maps --max-semi-space-size=64 dist/dev/run.js

certs: install ## Create TLS certificates for this machine, or renew them: hosts="authorizer.test 10.0.0.7"
	$(TSX) tools/dev/certs.ts

protos: install ## Copy the proto files and all their imports into one folder, for protoc -I: into=dist/protos
	$(TSX) tools/protos.ts

##@ Deploy it

up: install ## Run the service and a MongoDB in containers on this machine (needs Docker): processes=1
	$(TSX) tools/deploy/compose.ts up

down: install ## Stop those containers and keep the data
	$(TSX) tools/deploy/compose.ts down

monitoring: install ## Add Prometheus (port 3000) and Grafana (port 3001): processes=1, the same as for make up
	$(TSX) tools/deploy/compose.ts monitoring

decrypt: install ## Decrypt the secrets of an environment, to edit them: env=staging
	$(TSX) tools/deploy/decrypt.ts

encrypt: install ## Encrypt them again: env=staging; the first time, with a new key of your own: key=new
	$(TSX) tools/deploy/encrypt.ts

deploy: install ## Deploy an environment to Kubernetes: env=staging context=my-cluster (needs kubectl and the private key)
#       > kubectl config get-contexts lists the possible values of context=
	$(TSX) tools/deploy/deploy.ts

##@ Work on it

run-debug: install ## Start from the sources: restarts when they change, accepts a debugger on port 9229
	exec node_modules/.bin/tsx watch --clear-screen=false --inspect=127.0.0.1:9229 tools/dev/run.ts

test: install ## Build, then run all tests
	npm --silent test

test-sharded: build ## Run the tests that use the database on a sharded cluster, through mongos
	TEST_DATABASE=sharded node_modules/.bin/mocha --config .mocharc.sharded.cjs

FAULTS := crash failover database hostile clock shard clearing

faults: build ## Break the service or its database under load, and check the books: kind=crash seed=
#       > kind=crash: kill both, kills=50 (of each). kind=failover: end its primary, rounds=10 profile=default
#       > kinds=KILL,STEP_DOWN,HALT,PARTITION,SPLIT (of failover). kind=clock: step the wall clocks, rounds=10
#       > kind=shard: move chunks between shards, moves=30. kind=database: nine kinds of failing database,
#       > cases=LATE,REPLICA_SET_NAME,CONNECTIONS,CREDENTIALS,CERTIFICATE,NO_PRIMARY,SLOW,DISK_FULL,READ_ONLY
#       > kind=clearing: send a clearing file twice, kill the service meanwhile, lines=100000 kills=10
#       > kind=hostile: attack it, cases=1000000 rate=1200 (a second) seconds=30 (each) attacks=messages,...
	$(if $(filter-out $(words $(filter $(FAULTS),$(kind))),1),$(error kind= is one of $(FAULTS)))
	$(TSX) test/faults/main.ts

simulate-engine: install ## Simulate the engine in random histories with faults, on all processors: seeds=100000, or seed=7 for one
#               > selfcheck=yes: measure how often the simulation finds each of many planted mistakes
	node --max-semi-space-size=16 --import ./test/simulation/campaign/typescript.mjs test/simulation/campaign/main.ts

mutation-test: install ## Mutate the domain with Stryker, and list the mutants that no unit test kills: files=decide.ts,engine.ts
	NODE_OPTIONS='--require ./test/mutation/cjs-extension.cjs' TEST_SEED=20261 TEST_PATIENCE_MS=4000 node_modules/.bin/stryker run test/mutation/stryker.config.mjs

check-monitoring: build ## Test alerts, rules and dashboards on the real service (two minutes; needs promtool and prometheus)
	$(TSX) test/monitoring/check-monitoring.ts

BENCH_whole = $(TSX) bench/main.ts && $(TSX) bench/report/main.ts
BENCH_quick = $(TSX) bench/main.ts quick
BENCH_beside = $(TSX) bench/main.ts beside
BENCH_report = $(TSX) bench/report/main.ts

bench: build ## Benchmark the service against floors, rivals and other work (32 minutes), and write .docs/benchmarks.md
#      > kind=quick: the same in four minutes, without the page
#      > kind=beside: only purchases beside other work (five minutes), prints the table
#      > kind=report: write the page again from the figures of the last full run
	$(or $(BENCH_$(or $(kind),whole)),$(error kind= is one of quick beside report, or left out))

long-run: build ## Check that memory, descriptors and latency stay flat under load: minutes=30 share=70 (% of capacity)
#               > accounts=150000 seed=; a full run without a problem is written to .docs/reliability/long-run.md
#               > kind=report: write that section again from the figures of the last full run
	$(TSX) bench/long-run/$(or $(filter report,$(kind)),main).ts

check: install ## Run every check for a commit: format, lint, types, protos, unused code, tests
	npm --silent run check

check-api: build ## Run the Postman collection on the service, with newman (npx fetches it)
	$(TSX) test/api/check-api.ts

check-image: install ## Build and run the image's steps without Docker: read-only, not as root
	$(TSX) test/image/check-image.ts

audit: install ## Look for known vulnerabilities in the dependencies of the service and of its build
	npm audit --omit=dev && npm audit --audit-level=high

sbom: ## Print the bill of materials as CycloneDX: make -s sbom > sbom.json
	npm sbom --omit=dev --package-lock-only --sbom-format=cyclonedx --sbom-type=application

format: install ## Format everything and apply the safe fixes
	npm --silent run format

generate: install ## Generate src/gen, .docs/openapi.json and .docs/postman from the protos
	npm --silent run generate

##@ Build and clean

install: node_modules/.package-lock.json ## Install the dependencies if package-lock.json has changed

build: install dist/dev/run.js ## Compile the service to dist, and bundle the command line and the launcher of make run
	npm --silent run build
	npm --silent run build:cli

clean: ## Remove the build output and keep the data
	rm -rf dist dist-bench coverage

clean-data: install ## Delete the local database, the local token secret and the certificates
	$(TSX) tools/dev/clean-data.ts

dist/dev/run.js: tools/dev/build.mjs $(wildcard tools/dev/*.ts tools/dev/local-mongo/*.ts) | node_modules/.package-lock.json
	npm --silent run build:dev

# npm writes this file last. The output goes to standard error, so that $(make -s sbom) also works on a fresh
# clone.
node_modules/.package-lock.json: package-lock.json
	echo 'installing dependencies' >&2
	npm ci --no-audit --no-fund --loglevel=error >&2
