#!/usr/bin/env bash
# Runs the tests of packages as Windows programs, under Wine in its own desktop session. Wine differs from Windows: it has no
# links and no local sockets, and file names are case-sensitive. Tests that start a whole server fail there.
# usage: wine.sh PACKAGE... [-- FLAG...]      such as: wine.sh app/internal/tray app/internal/draft -- -test.run Kill -test.v
# Needs wine (8 or newer), and x86_64-w64-mingw32-gcc where that has no bcryptprimitives.dll; it installs nothing.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ $# -gt 0 ] || { echo "usage: wine.sh PACKAGE... [-- FLAG...]" >&2; exit 2; }

if [ -z "${WINE_TESTS:-}" ]; then # outside of the session: build
  for tool in wine Xvfb; do
    command -v "$tool" >/dev/null || { echo "wine.sh: $tool is missing" >&2; exit 1; }
  done
  export WINE_TESTS=$(mktemp -d)
  trap 'rm -rf "$WINE_TESTS"' EXIT
  # Wine 8 answers "not implemented" where Go expects "not supported" before it deletes a file in the old way.
  at=$(go env GOROOT)/src/internal/syscall/windows/at_windows.go
  sed 's/STATUS_NOT_SUPPORTED: .*/STATUS_NOT_SUPPORTED, NTStatus(0xC0000002):/' "$at" >"$WINE_TESTS/at.go"
  printf '{"Replace":{"%s":"%s"}}' "$at" "$WINE_TESTS/at.go" >"$WINE_TESTS/overlay.json"
  for package in "$@"; do
    [ "$package" != -- ] || break
    GOOS=windows GOARCH=amd64 CGO_ENABLED=0 go test -buildvcs=false -overlay "$WINE_TESTS/overlay.json" -c \
      -o "$WINE_TESTS/${package//\//_}.exe" "./$package"
  done
  build/e2e/xsession.sh "$0" "$@"
  exit
fi

export WINEPREFIX=$HOME/wine WINEDEBUG=-all WINEDLLOVERRIDES='mscoree=;mshtml='
unset TMPDIR # of Linux
wineboot -i >/dev/null 2>&1
system=$WINEPREFIX/drive_c/windows/system32
if [ ! -e "$system/bcryptprimitives.dll" ]; then # where Go gets its random numbers
  cat >"$WINE_TESTS/random.c" <<'EOF'
#include <windows.h>
BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE to, SIZE_T n) { return SystemFunction036(to, (ULONG)n); }
EOF
  x86_64-w64-mingw32-gcc -O2 -shared -o "$system/bcryptprimitives.dll" "$WINE_TESTS/random.c" -ladvapi32
fi
for key in 'Explorer /v Desktop /d shell' 'Explorer\Desktops /v shell /d 1280x800'; do # a desktop with a taskbar
  wine reg add "HKCU\\Software\\Wine\\"$key /f >/dev/null
done
wine explorer /desktop=shell,1280x800 >/dev/null 2>&1 &
timeout 60 xdotool search --sync --name 'Wine desktop' >/dev/null

packages=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
  packages+=("$1")
  shift
done
[ $# -eq 0 ] || shift
failed=0
for package in "${packages[@]}"; do
  echo "== $package"
  (cd "$package" && wine "$WINE_TESTS/${package//\//_}.exe" -test.timeout 20m "$@") || failed=1
done
exit "$failed"
