#!/usr/bin/env bash
# Checks the description of the server's interface: lints it, generates clients with four programs, and compiles the clients.
# build/clients/go.mod and frontend/package.json pin the programs.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=$PWD/frontend/node_modules/.bin
made=build/clients/made
rm -rf "$made"
mkdir -p "$made"/{oapi,ogen,hey,types}

go run ./backend/cmd/handover-server openapi >"$made/openapi.json"
go run ./backend/cmd/handover-server openapi --older >"$made/openapi-3.0.json"
quietly() { # shows what a program says only when it fails
  "$@" >"$made/log" 2>&1 || { echo "failed: $*"; cat "$made/log"; exit 1; } >&2
}

typescript() {
  quietly "$bin/redocly" lint --config build/redocly.yaml "$made/openapi.json"
  quietly "$bin/openapi-typescript" "$made/openapi.json" -o "$made/types/schema.d.ts"
  quietly "$bin/openapi-ts" --input "$made/openapi.json" --output "$made/hey" --client @hey-api/client-fetch
  quietly "$bin/tsc" --noEmit --strict --skipLibCheck --target es2022 --module esnext --moduleResolution bundler --lib es2022,dom,dom.iterable \
    "$made/types/schema.d.ts" "$made/hey/index.ts"
}
golang() (
  cd build/clients
  go tool oapi-codegen -generate types,client -package oapi made/openapi-3.0.json >made/oapi/client.go
  go tool ogen --config ogen.yaml --target made/ogen --package ogen --clean made/openapi-3.0.json
  go build ./made/...
)
# The same description with the same programs gives the same clients.
state=$(cat "$made"/*.json "$0" build/redocly.yaml build/clients/{go.mod,ogen.yaml} frontend/package.json | sha256sum)
stamp=.cache/clients.made
if [ "$(cat "$stamp" 2>/dev/null)" = "$state" ]; then exit 0; fi
typescript
quietly golang
mkdir -p .cache
echo "$state" >"$stamp"
