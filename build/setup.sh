#!/usr/bin/env bash
# Installs the missing tools to build and test Handover. When all are installed it does nothing and needs no network.
# usage: setup.sh [run|test]
#   run   tools to build the programs and to open the window (the default)
#   test  also tools for `make test`: a private display, a browser, the accessibility bus
# Packages come from apt. Only where the distribution's Go or Node.js is too old, a pinned one is fetched from the Go module
# proxy or the npm registry into .cache/, where the Makefile finds it; the system's own stays unchanged.
set -euo pipefail

go_minimum=1.26
go_version=1.26.8
node_version=22.23.3
npm_version=10.9.9
npm_sha256=c80bd097147cce32e31010b791bab8c71a26a5e10668210ec9d2e7f4c7cea2a1
case $(uname -m) in # how Go and npm name this processor, and the hashes of their builds for it
  x86_64)
    go_arch=amd64 go_sha256=30c2b1bf7dcc88d3eb0a1364e47ddd9128edb3110a30e8a0ef61cd5856b31de7
    node_arch=x64 node_sha256=00b5c43d88958dbbf45339c4d5e9a76289c7e25876fd08270b379e485e151fc5
    ;;
  aarch64)
    go_arch=arm64 go_sha256=02b36b6787b3ac767668f630e2998df45a3b1f9ffee08d1bf3ef6487cd658d99
    node_arch=arm64 node_sha256=894b9938b215d40b3a38db094ef436d02b3bc7dd16f04fca145a4735cd9e9035
    ;;
  *) go_arch='' node_arch='' ;;
esac

run_packages=(
  make git curl ca-certificates unzip            # this script and the Makefile
  gcc libc6-dev pkg-config                       # cgo
  libgtk-3-dev libwebkit2gtk-4.1-dev             # the window
  fonts-dejavu-core                              # a bare system has no font at all
)
test_packages=(
  xvfb openbox x11-utils                         # the private display of build/e2e
  dbus dbus-x11 at-spi2-core                     # its session bus and accessibility bus
  xdotool wmctrl                                 # pointer, keys, windows
  python3-gi gir1.2-gtk-3.0 gir1.2-atspi-2.0     # the drag source and the screen reader's view
  imagemagick                                    # screenshots
  7zip libarchive-tools                          # what buyers unpack a zip with
  faketime                                       # another date for what is not built with Go
  postgresql                                     # the tests start servers of their own; they leave the system's alone
)

mode=${1:-run}
case $mode in
  run | test) ;;
  *) echo "usage: setup.sh [run|test]" >&2; exit 2 ;;
esac
root=$(cd "$(dirname "$0")/.." && pwd)
cache=$root/.cache
export PATH=$cache/go/bin:$cache/node/bin:$PATH

say() { echo "setup: $*"; }
fail() { echo "setup: $*" >&2; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }
has_browser() { has chromium-headless-shell || has chromium || has chromium-browser || has google-chrome; }

has_go() {
  has go || return 1
  local found
  found=$(GOTOOLCHAIN=local go env GOVERSION) # the installed one, not one that go.mod would make it fetch
  found=${found#go}
  [ "$(printf '%s\n' "$go_minimum" "$found" | sort -V | head -n 1)" = "$go_minimum" ]
}

has_node() { # Vite's range
  has npm && has node && node -e '
    const [major, minor] = process.versions.node.split(".").map(Number)
    process.exit((major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22 ? 0 : 1)'
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif has sudo; then
    sudo "$@"
  else
    fail "not root and no sudo; run as root: $*"
  fi
}

install_packages() { # Debian and Ubuntu
  local wanted=("${run_packages[@]}") installed missing=()
  if [ "$mode" = test ]; then
    wanted+=("${test_packages[@]}")
    # Not in Ubuntu; on other systems it halves the time of the browser tests.
    grep -qx 'ID=ubuntu' /etc/os-release || wanted+=(chromium-headless-shell)
  fi
  has node || wanted+=(nodejs)
  has npm || wanted+=(npm)
  # dpkg-query fails for an unknown name, but still prints the known ones.
  # shellcheck disable=SC2016
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null || true)
  for package in "${wanted[@]}"; do
    grep -qxF "installed $package" <<<"$installed" || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$mode" = test ] && grep -qx 'ID=ubuntu' /etc/os-release && ! has_browser; then
    fail "Ubuntu has Chromium only as a snap; install it with: snap install chromium"
  fi
  say "installing ${missing[*]}"
  # An unreachable third-party source must not stop the installation from the others.
  as_root apt-get -q -o DPkg::Lock::Timeout=300 update || say "apt-get update failed; going on with the lists there are"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 \
    install --no-install-recommends "${missing[@]}" || fail "apt could not install: ${missing[*]}"
}

list_missing() { # everywhere else: say what to install
  local missing=() tools=(git curl unzip)
  if [ "$(uname -s)" = Darwin ]; then
    xcode-select -p >/dev/null 2>&1 || missing+=("the Xcode command line tools (xcode-select --install)")
    has_go || missing+=("Go $go_minimum or newer (brew install go)")
    has_node || missing+=("Node.js 20.19, 22.12 or newer (brew install node)")
    [ "$mode" = run ] || missing+=("Linux: the window's tests drive an X display")
  else
    tools+=(gcc pkg-config npm node)
    [ "$mode" = run ] || tools+=(Xvfb openbox xwininfo xprop dbus-daemon xdotool wmctrl python3 import)
    for module in gtk+-3.0 webkit2gtk-4.1; do
      pkg-config --exists "$module" 2>/dev/null || missing+=("development files of $module")
    done
    if [ "$mode" = test ]; then
      has_browser || missing+=("chromium")
      python3 -c 'import gi; gi.require_version("Gtk", "3.0"); gi.require_version("Atspi", "2.0")' 2>/dev/null ||
        missing+=("PyGObject with the introspection data of GTK 3 and AT-SPI 2")
    fi
  fi
  for tool in "${tools[@]}"; do
    has "$tool" || missing+=("$tool")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  echo "setup: this system has no apt; please install:" >&2
  printf '  %s\n' "${missing[@]}" >&2
  exit 1
}

verify() { # FILE SHA256
  local sum
  sum=$(sha256sum "$1")
  [ "${sum%% *}" = "$2" ] || fail "$(basename "$1") is not the pinned file: SHA-256 ${sum%% *}, expected $2"
}

# Both fetchers fill a scratch folder next to the target and rename it, so an interrupted run leaves no partial result.
fetch_go() {
  [ -n "$go_arch" ] || fail "please install Go $go_minimum or newer"
  local proxy scratch name=v0.0.1-go$go_version.linux-$go_arch
  proxy=$(tr ',|' '\n' <<<"${GOPROXY:-}" | grep -m 1 '^https\?://' || echo https://proxy.golang.org)
  scratch=$(mktemp -d "$cache/fetch.XXXXXX")
  say "fetching Go $go_version from ${proxy%/}"
  curl -fsSL --retry 3 -o "$scratch/go.zip" "${proxy%/}/golang.org/toolchain/@v/$name.zip" || fail "no answer from $proxy"
  verify "$scratch/go.zip" "$go_sha256"
  unzip -q "$scratch/go.zip" -d "$scratch"
  chmod -R +x "$scratch/golang.org/toolchain@$name"/{bin,pkg/tool} # module zips carry no modes
  rm -rf "$cache/go"
  mv "$scratch/golang.org/toolchain@$name" "$cache/go"
}

fetch_node() {
  [ -n "$node_arch" ] || fail "please install Node.js 20.19, 22.12 or newer"
  local scratch
  scratch=$(mktemp -d "$cache/fetch.XXXXXX")
  say "fetching Node.js $node_version and npm $npm_version from the npm registry"
  npm pack --silent --pack-destination "$scratch" "node-linux-$node_arch@$node_version" "npm@$npm_version" >/dev/null ||
    fail "npm could not fetch node-linux-$node_arch@$node_version and npm@$npm_version"
  verify "$scratch/node-linux-$node_arch-$node_version.tgz" "$node_sha256"
  verify "$scratch/npm-$npm_version.tgz" "$npm_sha256"
  mkdir -p "$scratch/node/bin" "$scratch/node/npm"
  tar -xzf "$scratch/node-linux-$node_arch-$node_version.tgz" -C "$scratch/node" --strip-components=1 package/bin/node
  tar -xzf "$scratch/npm-$npm_version.tgz" -C "$scratch/node/npm" --strip-components=1
  ln -s ../npm/bin/npm-cli.js "$scratch/node/bin/npm"
  ln -s ../npm/bin/npx-cli.js "$scratch/node/bin/npx"
  chmod +x "$scratch/node/npm/bin/"np?-cli.js
  rm -rf "$cache/node"
  mv "$scratch/node" "$cache/node"
}

# The proxies of build/deploy are unpacked next to the checkout and not installed, because their packages would start them. Tests that need one
# are skipped where the distribution does not have it.
unpack_proxies() {
  local scratch name
  for name in nginx caddy; do
    if has "$name" || [ -x "/usr/sbin/$name" ] || [ -e "$cache/deploy/$name" ]; then continue; fi
    scratch=$(mktemp -d "$cache/fetch.XXXXXX")
    say "fetching $name for the tests"
    mkdir -p "$cache/deploy"
    if (cd "$scratch" && apt-get -q -o APT::Sandbox::User=root download "$name" >/dev/null 2>&1 && dpkg-deb -x ./*.deb "$cache/deploy"); then
      touch "$cache/deploy/$name" # not every distribution's package has the program in it; the tests look
    else
      say "there is no $name to be had; its tests are skipped"
    fi
    rm -rf "$scratch"
  done
}

mkdir -p "$cache"
trap 'rm -rf "$cache"/fetch.*' EXIT
if [ "$(uname -s)" = Linux ] && has apt-get && has dpkg-query; then
  install_packages
  [ "$mode" = run ] || unpack_proxies
else
  list_missing
fi
has_go || fetch_go
has_node || fetch_node
