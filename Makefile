# `make help` lists the targets. Set-up, fetched tools and stamps live in .cache/, programs in bin/.

GOLANGCI_VERSION := v2.15.0
# The service that speaks S3 for tests; backend/internal/upload/s3test names the same version; a test there compares them.
VERSITYGW_VERSION := v1.8.0

SHELL := bash
# build/setup.sh puts a Go or Node.js here when the system's is too old.
export PATH := $(CURDIR)/.cache/go/bin:$(CURDIR)/.cache/node/bin:$(PATH)
# No version control stamp: it fails in a checkout that belongs to somebody else.
# The same paths for all builds, so that programs, linter and generators share what is compiled.
export GOFLAGS := $(GOFLAGS) -buildvcs=false -trimpath

BUILD := go build -ldflags '-s -w'
WINDOW_TAGS := desktop,production,webkit2_41
WINDOW_DEV_TAGS := dev,webkit2_41
ifeq ($(shell uname -s),Darwin)
export CGO_LDFLAGS := $(CGO_LDFLAGS) -framework UniformTypeIdentifiers
endif

.PHONY: help run dev test quick test-dates nightly build soak bench server cli s3-service window window-dev frontend screenshots api bindings lint fmt setup clean FORCE

help:
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 12

run: build ## set up, build, and open the window (without a display: the demo in the terminal)
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname -s)" = Darwin ]; then \
	  echo 'Opening the window: press "Try it on this computer" there.'; exec bin/handover-desktop; \
	else \
	  echo 'No display here (DISPLAY and WAYLAND_DISPLAY are empty), so this shows the whole way in the terminal: bin/handover demo'; \
	  exec bin/handover demo; \
	fi

dev: setup ## open the window with hot reload: a saved page shows at once; Ctrl+C ends it
	@[ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname -s)" = Darwin ] || { echo 'error: make dev needs a display' >&2; exit 1; }
	@$(MAKE) --no-print-directory window-dev
	cd frontend && exec node dev.js

test: ## set up, then every check and test
	@build/setup.sh test || { echo '0 passed, 1 failed'; exit 1; }
	@go build -o .cache/bin/check ./build/check && exec .cache/bin/check

quick: ## the checks that one wants after an edit, on what differs from the commit before the last
	@go build -o .cache/bin/check ./build/check && exec .cache/bin/check -quick

# Each a date as build/check knows it, a time zone and a language.
DATES := +1d,Pacific/Kiritimati,de_DE.UTF-8 +40d,Pacific/Pago_Pago,C.UTF-8 +400d,Europe/Berlin,de_DE.UTF-8 \
	leap-day,Pacific/Kiritimati,C.UTF-8 summer-time,Europe/Berlin,de_DE.UTF-8 winter-time,Europe/Berlin,C.UTF-8

test-dates: ## every test on other dates, in other time zones and languages; ONLY='Go tests' runs these steps alone
	@build/setup.sh test && go build -o .cache/bin/check ./build/check
	@failed=; for day in $(DATES); do \
	  IFS=, read -r date zone language <<<"$$day"; echo "== $$date in $$zone, $$language"; \
	  TZ=$$zone LANG=$$language .cache/bin/check -date "$$date" -only '$(ONLY)' || failed="$$failed $$date"; \
	done; [ -z "$$failed" ] || { echo "failed on:$$failed"; exit 1; }

nightly: test soak ## all that takes long: the tests, those of Go and the pages on another date, and the soak
	@$(MAKE) --no-print-directory test-dates DATES=+400d,Pacific/Kiritimati,de_DE.UTF-8 ONLY='Go tests|frontend tests'

build: setup ## bin/handover-desktop, bin/handover, bin/handover-server
	@$(MAKE) --no-print-directory window cli server

soak: ## thousands of random histories of the work folder and its uploads, of kills, of random lives of orders and servers, and hundreds of deliveries to servers that break
	HANDOVER_SOAK=2000 go test -race -timeout 1h -run Histories ./app/internal/workfolder
	HANDOVER_SOAK=2000 go test -timeout 6h -run 'SyncHistories|DeliveringIsAMoment' ./app/internal/desk
	go test -timeout 1h -count 25 -run TestKillsAtAnyMoment ./app/cmd/handover
	HANDOVER_SOAK_KILLS=200 go test -timeout 1h -run TestKilledSync ./app/cmd/handover
	HANDOVER_SOAK_UPLOADS=200 go test -race -timeout 1h -run TestFleet -v ./backend
	go test -timeout 4h -run '^Test(Random)?Lives' -rapid.checks=1000 -v ./backend/order ./backend

bench: cli server ## the benchmarks of BENCHMARKS.md, against their peers
	@build/bench/peers.sh
	go run ./build/bench $(BENCH)
	go test -run '^$$' -bench . -benchmem ./backend/... ./app/...

server: ## bin/handover-server; with the buyer's pages when the frontend is built
	CGO_ENABLED=0 $(BUILD) -o bin/handover-server ./backend/cmd/handover-server

cli: ## bin/handover
	CGO_ENABLED=0 $(BUILD) -o bin/handover ./app/cmd/handover

window: .cache/frontend.built
	$(BUILD) -tags $(WINDOW_TAGS) -o bin/handover-desktop .

# For `make dev` and the browser tests: this build also serves the window's page to a browser. Never shipped.
window-dev: .cache/frontend.built
	go build -tags $(WINDOW_DEV_TAGS) -o .cache/handover-desktop-dev .

frontend: .cache/frontend.built ## frontend/dist

frontend/node_modules/.package-lock.json: frontend/package-lock.json
	cd frontend && npm ci
	@touch $@

FRONTEND_SOURCES = $(shell find frontend -type f -not -path '*/node_modules/*' -not -path 'frontend/dist/*' -not -path '*/test-results/*' -not -name '*.go' -not -name '* *')
.cache/frontend.built: frontend/node_modules/.package-lock.json $(FRONTEND_SOURCES) $(if $(wildcard frontend/dist/*/*),,FORCE)
	cd frontend && npm run build
	@mkdir -p .cache && touch $@

screenshots: frontend ## pictures of the main screens in .cache/screenshots, and those of README.md in build/images
	SHOTS=$(CURDIR)/.cache/screenshots npm --prefix frontend run --silent screenshots

api: ## frontend/src/lib/api/schema.d.ts, from the server's description of its interface
	build/api.sh

bindings: ## frontend/src/lib/api/bound.ts, from the methods and views of app/
	build/bindings.sh

lint: .cache/bin/golangci-lint-$(GOLANGCI_VERSION) ## golangci-lint
	$< run $(CHANGED)

fmt: .cache/bin/golangci-lint-$(GOLANGCI_VERSION) ## format the Go code
	$< fmt

.cache/bin/golangci-lint-$(GOLANGCI_VERSION):
	GOBIN=$(CURDIR)/.cache/bin go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
	@mv .cache/bin/golangci-lint $@

s3-service: .cache/bin/versitygw-$(VERSITYGW_VERSION)
.cache/bin/versitygw-$(VERSITYGW_VERSION):
	GOBIN=$(CURDIR)/.cache/bin go install github.com/versity/versitygw/cmd/versitygw@$(VERSITYGW_VERSION)
	@mv .cache/bin/versitygw $@

setup:
	@build/setup.sh run

clean: ## remove what was built, but not what was fetched
	rm -rf bin .cache/frontend.built .cache/handover-desktop-dev .cache/check frontend/.svelte-check frontend/dist/desktop frontend/dist/review
