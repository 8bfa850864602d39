#!/usr/bin/env bash
# Writes the types of the server's interface for the buyer's page, from the server's OpenAPI description.
# usage: api.sh           regenerates them
#        api.sh --check   changes nothing; shows the difference and exits 1 when they are out of date
set -euo pipefail
cd "$(dirname "$0")/.."
types=frontend/src/lib/api/schema.d.ts
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

go run ./backend/cmd/handover-server openapi >"$scratch/openapi.json"
frontend/node_modules/.bin/openapi-typescript "$scratch/openapi.json" -o "$scratch/schema.d.ts" >"$scratch/log" 2>&1 || { cat "$scratch/log" >&2; exit 1; }

if [ "${1:-}" = --check ]; then
  diff -u "$types" "$scratch/schema.d.ts" || { echo "the API's types are out of date; run: make api" >&2; exit 1; }
else
  cp "$scratch/schema.d.ts" "$types"
fi
