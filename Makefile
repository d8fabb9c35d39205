# `make` alone prints what there is to do.

# Runs TypeScript as it stands.
TSX := node --import tsx

.DEFAULT_GOAL := help
.SILENT:
.PHONY: help install run run-debug account balance limits credit batch-credit reverse statement block unblock close import-rules export-rules resolve categories category drop-category mcc-policy verify shard authorize simulate token certs seed test test-sharded crash-test failover-test misbehave-test hostile-test clock-test shard-test simulate-engine mutation-test bench bench-quick bench-beside bench-parts bench-report long-run long-run-report check format generate protos baseline build clean clean-data up down monitoring encrypt decrypt deploy check-image check-monitoring audit sbom

# What a command is given (make authorize merchant="...") reaches it in the environment, as it was typed: neither make
# nor the shell expands anything in it.
ARGUMENTS := amount mcc merchant account id scope subject lifetime category original purchase day month limit page repair file files kills rounds kinds election cases attacks rate moves seed seeds teeth seconds minutes share accounts title mccs order free credits never profile env context key hosts processes into
$(foreach name,$(ARGUMENTS),$(eval export ARG_$(name) := $$(value $(name))))
unexport $(ARGUMENTS)

help:
	awk 'BEGIN { FS = ":.*## " } /^##@ / { printf "\n%s\n", substr($$0, 5) } /^# *> / { sub(/^# *> /, ""); printf "  %-20s   %s\n", "", $$0 } /^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile
	echo

##@ Use it

run: build ## Start the service with a database and the example accounts (install and build first)
#    > with MONGODB_URI it is that database, and nothing is added to it
	exec env SEED_EXAMPLES="$${SEED_EXAMPLES:-auto}" node --enable-source-maps --max-semi-space-size=64 dist/main.js

authorize: install ## Authorize a purchase: amount=10.00 mcc=5811 merchant="PADARIA DO ZE"
#                  > account= and id= when they matter; by default the first example account and a new id
	$(TSX) tools/authorize.ts

simulate: install ## What authorize would answer, and why; changes nothing: amount=10.00 mcc=5811 merchant="PADARIA DO ZE"
	$(TSX) tools/simulate.ts

account: install ## Open an account: account=ana
	$(TSX) tools/account.ts account

balance: install ## Show an account: account=ana
	$(TSX) tools/account.ts balance

limits: install ## Limit what it may spend: account=ana purchase=200.00, or category=FOOD day=100.00 month=900.00
#               > a wallet's two limits are set together; what is left out, or none, is no limit
	$(TSX) tools/account.ts limits

credit: install ## Top up a wallet: account=ana category=FOOD amount=50.00 id=load-1
	$(TSX) tools/account.ts credit

batch-credit: install ## Top up many wallets: file=load.csv, with lines transaction_id,account_id,category,amount
	$(TSX) tools/batch-credit.ts

reverse: install ## Take a purchase back: account=ana original=purchase-1 amount=5.00 (default: all of it)
	$(TSX) tools/account.ts reverse

statement: install ## What happened on an account: account=ana category=FOOD limit=50
	$(TSX) tools/account.ts statement

block: install ## Refuse an account's purchases for now: account=ana
	$(TSX) tools/account.ts block

unblock: install ## Take its purchases again: account=ana
	$(TSX) tools/account.ts unblock

close: install ## Refuse its purchases and credits for good: account=ana
	$(TSX) tools/account.ts close

import-rules: install ## Put a file of merchant rules in use, all or none: file=rules.csv, with the columns id,match,name,city,country,mcc
	$(TSX) tools/import-rules.ts

export-rules: install ## Write every merchant rule as such a file: make -s export-rules > rules.csv
	$(TSX) tools/export-rules.ts

resolve: install ## Show which merchant rule decides, and why: merchant="UBER EATS"
	$(TSX) tools/resolve.ts

categories: install ## Show the categories: their order, and what each pays for
	$(TSX) tools/category.ts categories

category: install ## Add or change a category: category=PETS title="Pets" order=80 mccs="0742 5995-5999"
#                  > all of it: what is not given is empty; credits=closed takes no more credits, free=yes pays for anything
	$(TSX) tools/category.ts category

drop-category: install ## Remove a category that is closed for credits and in which nobody holds money: category=PETS
	$(TSX) tools/category.ts drop-category

mcc-policy: install ## Show the MCCs that nothing pays for; never="7995 6010-6012" sets them (never=none: none)
	$(TSX) tools/category.ts mcc-policy

verify: install ## Check that every centavo is explained: repair=yes settles what a crash left
	$(TSX) tools/verify.ts

shard: install ## Spread the database over the shards of MONGODB_URI, a mongos; again is harmless
	$(TSX) tools/shard.ts

token: install ## Print a token: scope="transactions:authorize" subject=developer lifetime=1h
	$(TSX) tools/token.ts

certs: install ## Make certificates for TLS on this machine: hosts="authorizer.test 10.0.0.7"; again renews them
	$(TSX) tools/certs.ts

seed: install ## Add the example accounts and merchant rules; again is harmless. profile=brazil: its categories
#                  > profile=challenge brings back the challenge's categories; others stay
	$(TSX) tools/seed.ts

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

crash-test: build ## Kill the service and the database under load, and check the books: kills=50 (of each), seed=
	$(TSX) tools/crash-test/main.ts

failover-test: build ## Take the primary away under load, in five ways, and check the books: rounds=10 (of each), seed=
#                    > kinds=KILL,STEP_DOWN,HALT,PARTITION,SPLIT  profile=default: a replica set as MongoDB comes
	$(TSX) tools/failover-test/main.ts

misbehave-test: build ## Let the database be full, slow, expired, mute, in nine ways, and check what callers and the log are told
#                     > cases=LATE,REPLICA_SET_NAME,CONNECTIONS,CREDENTIALS,CERTIFICATE,NO_PRIMARY,SLOW,DISK_FULL,READ_ONLY  seed=
	$(TSX) tools/misbehave-test/main.ts

hostile-test: build ## Attack a service in every way known to us, a million cases, beside a caller who does nothing wrong
#              > cases=1000000 rate=1200 (a second) seconds=30 (of each flood) attacks=messages,frames,...  seed=
	$(TSX) tools/hostile-test/main.ts

clock-test: build ## Step the wall clocks of the services under load, and check durations and books: rounds=10 (of each of five ways), seed=
	$(TSX) tools/clock-test/main.ts

shard-test: build ## Move chunks between two shards under load, and check the books: moves=30 seed=
	$(TSX) tools/shard-test/main.ts

simulate-engine: install ## Simulate the engine in seeded histories full of faults, on all processors: seeds=100000, or seed=7 to see one
#               > teeth=yes: how often each of many planted mistakes is found
	node --max-semi-space-size=16 --import ./tools/simulation/typescript.mjs tools/simulate-engine.ts

mutation-test: install ## Change the domain and the engine in many small ways, and see that a test notices: files=decide.ts
#             > each change that no test notices is explained in test/mutation/survivors.yaml, or fails
	$(TSX) tools/mutation-test/main.ts

check-monitoring: build ## Watch the real service with a real Prometheus: alerts, rules, dashboards (two minutes; needs promtool and prometheus)
	$(TSX) tools/check-monitoring.ts

bench: build ## Measure it beside floors, rivals and other work (20 minutes), and write .docs/benchmarks.md
	$(TSX) bench/main.ts && $(TSX) bench/report/main.ts

bench-quick: build ## The same in three minutes, to see that it works: changes no page
	$(TSX) bench/main.ts quick

bench-beside: build ## Only purchases beside other work (five minutes), and print the table: changes no page
	$(TSX) bench/main.ts beside

bench-parts: install ## What the parts of one authorization cost in processor time, one by one
	$(TSX) bench/parts/main.ts

bench-report: install ## Write .docs/benchmarks.md again, from the figures of the last whole run
	$(TSX) bench/report/main.ts

long-run: build ## Watch it under load for 30 minutes: memory, descriptors, latency must not rise: minutes=30 share=70 (% of capacity)
#               > accounts=150000 seed=; a whole run without a problem is written to .docs/reliability.md
	$(TSX) bench/long-run/main.ts

long-run-report: install ## Write the section on it again, from the figures of the last whole run
	$(TSX) bench/long-run/report.ts

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

build: install ## Compile to dist
	npm --silent run build

clean: ## Remove what was built; the data stay
	rm -rf dist dist-bench coverage

clean-data: install ## Delete the local database, the local secret for tokens and the certificates
	$(TSX) tools/clean-data.ts

# npm writes this file last. To standard error, so that $(make -s token) is right on a fresh clone too.
node_modules/.package-lock.json: package-lock.json
	echo 'installing dependencies' >&2
	npm ci --no-audit --no-fund --loglevel=error >&2
