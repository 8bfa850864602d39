#!/usr/bin/env bash
# Writes the TypeScript bindings of the window's Go methods (wails.json: wailsjsdir), as `wails generate module` does, but with
# the module's own pinned Wails and without building the Wails CLI.
# usage: bindings.sh           regenerates them
#        bindings.sh --check   changes nothing; shows the difference and exits 1 when they are out of date
set -euo pipefail
cd "$(dirname "$0")/.."
bindings=frontend/src/lib/api/wailsjs
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# A program built with the tag `bindings` writes them below its working directory instead of opening a window.
CGO_ENABLED=0 go build -tags bindings -o "$scratch/generate" .
cp wails.json "$scratch"
(cd "$scratch" && ./generate >generate.log) || { cat "$scratch/generate.log" >&2; exit 1; }
find "$scratch/$bindings" -type f -exec chmod 644 {} + # Wails marks them as programs

if [ "${1:-}" = --check ]; then
  diff -ru "$bindings" "$scratch/$bindings" || { echo "bindings are out of date; run: make bindings" >&2; exit 1; }
else
  rm -rf "$bindings"
  mkdir -p "$(dirname "$bindings")"
  cp -r "$scratch/$bindings" "$bindings"
fi
