# make          what there is to make
# make test     everything that must hold, as CI runs it
GO ?= go
PKG := ./...

# Processors that fuse a product and a sum unless they are told not to, the second with its bytes the other way round: GOARCH, and
# what qemu calls it.
EMULATED := arm64/aarch64 s390x/s390x
# Of no other processor's business: what reads the real clock or the sources, and what only takes long.
NATIVE := ^Test(Accept|House|Portable|Wall|ProvidersOnTheWall|Oracle|NoGoroutine|AnyNumber|Interruption|Bursts|Burstiness|OverTheWire)

.PHONY: help test emulated deps sdks sdk-behaviour lint race bench performance accept fuzz update

# The race detector on small runs. Its own bookkeeping breaks once in a while under load (a CHECK of the sanitizer's, no race):
# such a run has shown nothing, and is made again; what has passed is remembered.
race := $(GO) test -timeout 20m -race -short -skip '^TestReadme|^TestAccept|^TestPortable|^TestPublished' $(PKG)
raced = echo 'go test -race -short'; out=$$(mktemp); for try in 1 2 3; do \
	if $(race) > $$out 2>&1; then cat $$out; rm -f $$out; exit 0; fi; cat $$out; \
	if grep -Eq 'DATA RACE|^ *--- FAIL|panic:' $$out || ! grep -q 'ThreadSanitizer: CHECK failed' $$out; then exit 1; fi; \
	echo 'the race detector itself broke: again'; done; exit 1

help: ## this list
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

test: deps lint ## vet, format, staticcheck, all tests, the race detector on small runs, benchmarks as a smoke test
	$(GO) test -timeout 20m $(PKG)
	$(MAKE) emulated
	@$(raced)
	$(GO) test -run '^$$' -bench . -benchtime 1x $(PKG) > /dev/null
	cd bench && $(GO) test ./... && $(GO) test -run '^$$' -bench . -benchtime 1x . > /dev/null
	$(MAKE) sdks

sdks: deps ## the vendors' own SDKs, Go and JavaScript, against the simulated providers; docs/sdk-behaviour.md is held true
	cd e2e/node && npm ci --no-audit --no-fund && npm test
	cd e2e && $(GO) test -timeout 20m ./...

sdk-behaviour: deps ## docs/sdk-behaviour.md again, from what the SDKs do now; the diff is the review
	cd e2e/node && npm ci --no-audit --no-fund
	cd e2e && $(GO) test -timeout 20m ./... -update

emulated: deps ## digests, golden files and laws on arm64 and s390x, under qemu
	@set -e; for a in $(EMULATED); do echo "$${a%/*}:"; \
		CGO_ENABLED=0 GOOS=linux GOARCH=$${a%/*} $(GO) test -timeout 20m -short -vet=off -exec qemu-$${a#*/}-static -skip '$(NATIVE)' \
			. ./faults ./resilience ./scenarios ./report ./harness; done

deps: ## what the tests need beside Go: a C compiler, for the race detector, qemu, for other processors, and npm, for the SDKs
	@command -v gcc > /dev/null || $(call install,gcc libc6-dev)
	@command -v npm > /dev/null || $(call install,npm)
	@{ command -v qemu-aarch64-static && command -v qemu-s390x-static; } > /dev/null || $(call install,qemu-user-static)

# install takes packages where it can, and else says which are missing.
install = { command -v apt-get > /dev/null && test "$$(id -u)" = 0 && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $(1); } || \
	{ echo 'missing: $(1); install as root (apt-get install $(1), or what your system calls it), then make again' >&2; exit 1; }

lint: ## gofmt, vet, staticcheck (pinned by tools/go.sum)
	@test -z "$$(gofmt -l .)" || { gofmt -l . ; echo 'run: gofmt -w .' ; exit 1 ; }
	$(GO) vet $(PKG)
	$(GO) tool -modfile=tools/go.mod staticcheck $(PKG)
	cd bench && $(GO) vet ./... && $(GO) tool -modfile=../tools/go.mod staticcheck ./...
	cd e2e && $(GO) vet ./... && $(GO) tool -modfile=../tools/go.mod staticcheck ./...

race: ## all tests under the race detector, at full size
	$(GO) test -race -timeout 60m $(PKG)

WIREFUZZ := FuzzChatRequest FuzzResponsesRequest FuzzMessagesRequest FuzzEvents FuzzDigest

# What is measured at full size: the engine in ./harness, the server's delays in ./harness/serve, what stands beside its peers in the
# module ./bench.
FIGURES := ^TestAccept(Clock|Stack|Speed|Workers|Suite|Tasks|Flight|Memory)$$
measure = { $(GO) test -json -count 1 -timeout 60m -run '$(FIGURES)' ./harness -accept ; \
	$(GO) test -json -count 1 -run '^TestAcceptLatency' ./harness/serve -accept ; \
	cd bench && $(GO) test -json -count 1 -run '^TestAccept' . -accept ; }
MODULE := github.com/agentchaos/agentchaos
table = (cd bench && $(GO) run ./table $(1) $(MODULE)/harness $(MODULE)/harness/serve $(MODULE)/bench)

bench: ## the figures that matter in one table: asked, measured, how; it fails when one is not met
	@$(measure) | $(call table)

performance: ## the same table as the page docs/performance.md, with the machine and the day, whatever is met
	@mkdir -p docs
	@$(measure) | $(call table,-page ../docs/performance.md)

accept: deps ## every row of the acceptance table at full size, printed as a table
	$(GO) test -count 1 -run '^TestKnown|^TestOracle' -v ./harness
	$(GO) test -run '^$$' -fuzz FuzzLoad -fuzztime 30s ./scenarios
	$(GO) test -run '^$$' -fuzz FuzzParseGate -fuzztime 30s ./report
	for f in $(WIREFUZZ); do $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime 30s ./harness/wire || exit 1; done
	$(GO) test -count 1 -v -run '^TestKilled' ./examples/durable-agent -accept
	$(GO) test -timeout 60m -count 1 -v -run '^TestAccept' ./report ./harness ./harness/published -accept
	$(GO) test -count 1 -v -run '^TestEveryByteCut' ./harness/wire
	$(GO) test -timeout 20m -count 1 -v -run '^TestAccept' ./harness/serve -accept
	cd bench && $(GO) test -count 1 -v -run '^TestAccept' . -accept
	$(MAKE) sdks
	CGO_ENABLED=0 GOOS=linux GOARCH=arm64 $(GO) test -timeout 60m -count 1 -v -vet=off -exec qemu-aarch64-static -run '^TestAcceptDigest' ./harness -accept
	CGO_ENABLED=0 GOOS=linux GOARCH=arm64 $(GO) test -timeout 60m -count 1 -vet=off -exec qemu-aarch64-static ./harness/published

fuzz: ## a minute of each fuzz target
	$(GO) test -run '^$$' -fuzz FuzzLoad -fuzztime 60s ./scenarios
	$(GO) test -run '^$$' -fuzz FuzzParseGate -fuzztime 60s ./report
	$(GO) test -run '^$$' -fuzz FuzzInstance -fuzztime 60s ./harness/author
	for f in $(WIREFUZZ); do $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime 60s ./harness/wire || exit 1; done
	$(GO) test -run '^$$' -fuzz FuzzInstance -fuzztime 60s -fuzzminimizetime 1s ./harness/author

update: ## rewrite the golden files, docs/validation.md and the README's results; the diff is the review
	$(GO) test ./faults ./report ./scenarios ./harness ./harness/author ./harness/wire ./cmd/agentchaos -update
	$(GO) test ./harness/published -update
	$(GO) test ./harness -run Digest -accept -update
