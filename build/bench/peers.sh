#!/usr/bin/env bash
# Installs the peers of the benchmarks into .cache/bench, and Debian packages for the system.
# usage: peers.sh    prints nothing when all are installed
set -euo pipefail
cd "$(dirname "$0")/../.."
peers=$PWD/.cache/bench
mkdir -p "$peers"

missing=()
for package in curl nginx-light postgresql; do
  dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  echo "peers: installing ${missing[*]}"
  as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo)
  "${as_root[@]}" apt-get -q update || true
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends "${missing[@]}"
fi
[ -x "$peers/tusd" ] || GOBIN=$peers go install github.com/tus/tusd/v2/cmd/tusd@v2.9.1
[ -x "$peers/rclone" ] || GOBIN=$peers go install github.com/rclone/rclone@v1.71.2 # Debian's has no --webdav-pacer-min-sleep
[ -x "$peers/versitygw" ] || GOBIN=$peers go install github.com/versity/versitygw/cmd/versitygw@v1.8.0
[ -d "$peers/node_modules/tus-js-client" ] || npm --prefix "$peers" install --silent --no-save tus-js-client@4.3.1
