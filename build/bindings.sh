#!/usr/bin/env bash
# Writes frontend/src/lib/api/bound.ts: the types of the Go methods that the window's page calls, and of their views.
# usage: bindings.sh           writes it
#        bindings.sh --check   changes nothing; exits 1 when it is out of date
set -euo pipefail
cd "$(dirname "$0")/.."
go run ./build/bindings "${@/#--check/-check}" frontend/src/lib/api/bound.ts
