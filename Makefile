# Each target does its own set-up: see .ci/setup for what that is.

SWIFT ?= swift
# Static: a copied binary needs no Swift on the machine it is copied to.
RELEASE := --configuration release --static-swift-stdlib --product vedette
PATHS := Sources Tests Package.swift

.PHONY: demo build test fuzz test-system lint imports bench pack setup clean

demo: build ## build the release binary and run it on a labelled attack
	@.build/release/vedette demo

build: setup pack
	@$(SWIFT) build $(RELEASE) --quiet

test: setup pack ## every test that needs no daemon and no network
	@$(SWIFT) build --build-tests --quiet
	@SWIFT_BACKTRACE=enable=no $(SWIFT) test --skip-build

FUZZ_SECONDS ?= 600
FUZZ_TARGETS ?= framer stream formats timestamp configuration journal
fuzz: setup pack ## libFuzzer on each reader for FUZZ_SECONDS; what it finds is kept in the corpus
	@VEDETTE_FUZZ_BUILD=1 $(SWIFT) build --configuration release --scratch-path .build-fuzz \
	  --product vedette-fuzz --quiet
	@Tests/Fuzz/run "$(FUZZ_SECONDS)" $(FUZZ_TARGETS)

test-system: build ## real writers on loopback, kills, faults of the disk
	@Tests/SystemTests/run

lint: ## the formatter's strict lint
	@$(SWIFT) format lint --strict --recursive --parallel $(PATHS)

imports: setup ## every import is declared in Package.swift
	@$(SWIFT) build --explicit-target-dependency-import-check error --quiet

bench: setup ## throughput, next to wc -l and a plain JSON parse
	@$(SWIFT) build --configuration release --product vedette-benchmarks --quiet
	@.build/release/vedette-benchmarks

pack: ## the rules that ship in the binary
	@.ci/pack

setup:
	@.ci/setup

clean:
	@rm -rf .build
