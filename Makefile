# Needs Go, a C compiler and make. What else a target needs is installed by scripts/setup, or named by it.

.DEFAULT_GOAL := help
.NOTPARALLEL: # the steps of check come in their order, whatever -j says
.PHONY: help understand demo pictures test build check check-long bench bench-full fuzz fresh setup licences sbom reproducible \
	format modules vet lint scripts deploy compile vulnerabilities race fuzzing

# The version that the binary names itself by; a tree without git (a tarball) has none to give.
VERSION  = $(shell git describe --tags --always --dirty 2>/dev/null)
LDFLAGS  = $(if $(VERSION),-X main.version=$(VERSION))
TOOL     = go tool -modfile=scripts/tools/go.mod
FUZZTIME ?= 30s
# More for go test in `make check`: -v in CI, which looks for tests that did not run.
TESTFLAGS ?=
# A package's tests may take this long, with the race detector on two busy cores; it is there to end what hangs.
TIMEOUT  = 40m

# SQLite is C.
export CGO_ENABLED = 1

# The Go release that go.mod names is fetched where this machine's is older, also where it was set to local: older ones
# have published holes. Where it cannot be fetched, this machine's is used, from Go 1.26 on.
GOTOOLCHAIN := $(shell GOTOOLCHAIN=auto go version >/dev/null 2>&1 && echo auto || echo local)
export GOTOOLCHAIN

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: build ## build, and run the whole thing with nothing configured: gateway, simulated carrier, phones on a page
	@bin/aviso demo

test: ## every test but the long ones, with what it needs installed first
	@scripts/setup compiler postgres kannel chromium npm caddy prometheus
	@scripts/postgres run scripts/kannel run go test -timeout=$(TIMEOUT) ./...

build: ## bin/aviso, one binary with everything in it
	@scripts/setup compiler
	go build -trimpath -ldflags='$(LDFLAGS)' -o bin/aviso ./cmd/aviso

check: setup format modules vet lint scripts deploy compile build licences vulnerabilities race fuzzing ## what CI runs: format, modules, vet, lint, build, licences, known vulnerabilities, race tests, fuzz targets

# Tests that take over a minute each have the build tag "long" and names that end in Long.
check-long: ## what a release needs besides check, and CI does not run: the tests that take long
	@scripts/setup compiler postgres kannel caddy
	@go vet -tags=long ./...
	@# TestSiegeLong lasts a minute here, and an hour by hand: cmd/aviso/siege_long_test.go
	@scripts/postgres run scripts/kannel run go test -tags=long -run='Long$$' -timeout=2h $(TESTFLAGS) ./...

# More for the benchmark: -only accept, -rounds 3, -profile FOLDER (CPU profiles of the gateway under each load),
# -chart scripts/docs/bench.svg (the README's chart).
BENCHFLAGS ?=

bench: build ## the benchmark, as a table and as bench.json (under nine minutes)
	@scripts/setup postgres
	@go build -o bin/bench ./scripts/bench
	@scripts/postgres run --durable bin/bench -aviso bin/aviso $(BENCHFLAGS)

bench-full: build ## the same with 5 million people to look up, which takes long
	@scripts/setup postgres
	@go build -o bin/bench ./scripts/bench
	@scripts/postgres run --durable bin/bench -aviso bin/aviso -full $(BENCHFLAGS)

# -wrong prints the lines that are not right, -only CONTEXT runs one context.
UNDERSTANDFLAGS ?=

understand: ## what the labelled texts do, run through the real service (under two minutes)
	@scripts/setup compiler
	@go run ./scripts/understand $(UNDERSTANDFLAGS) scripts/understand/testdata/*.jsonl

fuzz: ## every fuzz target for FUZZTIME each (30s), as many at a time as there are cores
	@scripts/setup compiler
	@scripts/fuzz $(FUZZTIME)

licences: build ## bin/LICENCES.txt: the licences of everything in the binary; fails on one that may not go along
	@echo '== licences'
	@go run ./scripts/supply licences bin/aviso '$(VERSION)' >bin/LICENCES.txt
	@sed -n '3,/^$$/p' bin/LICENCES.txt | awk 'NF { print $$NF }' | sort | uniq -c

sbom: build ## bin/aviso.cdx.json: a bill of materials (CycloneDX) of the binary
	@go run ./scripts/supply sbom bin/aviso '$(VERSION)' >bin/aviso.cdx.json
	@echo bin/aviso.cdx.json

fresh: ## compare Go and the direct dependencies with what the module proxy offers; fails on what is 60 days behind
	@go run ./scripts/fresh

pictures: build ## the README's pictures anew: of the demo's real page, in Chromium (a minute)
	@scripts/setup compiler chromium
	@go run ./scripts/pictures

reproducible: ## build twice, in different folders and with empty caches: the binaries are the same
	@scripts/setup compiler
	@scripts/reproducible

setup: ## install what builds and tests need (Debian, as root), or name it
	@scripts/setup

# The steps of check.

format:
	@echo '== format'
	@unformatted=$$("$$(go env GOROOT)/bin/gofmt" -l .); \
	[ -z "$$unformatted" ] || { echo "run gofmt -w on:"; echo "$$unformatted"; exit 1; }

modules:
	@echo '== modules'
	@go mod verify
	@go mod tidy -diff

vet:
	@echo '== vet'
	@go vet ./...

lint:
	@echo '== staticcheck'
	@$(TOOL) staticcheck ./...

scripts:
	@echo '== shellcheck'
	@grep -rlE '^#!.*\bbash$$' scripts .ci | xargs shellcheck

deploy:
	@echo '== files for service'
	@scripts/deploy/check

compile:
	@echo '== build'
	@go build ./...

vulnerabilities:
	@scripts/vulnerabilities

race:
	@echo '== tests'
	@scripts/postgres run scripts/kannel run go test -race -timeout=$(TIMEOUT) $(TESTFLAGS) ./...

fuzzing:
	@echo '== fuzz targets'
	@scripts/fuzz $(FUZZTIME)
