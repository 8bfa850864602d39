#!/usr/bin/env bash
# The seller's whole way in the production window, as a person goes it: started on its own, used through what a screen reader
# sees, files dropped with a real drag. Inside xsession.sh, with bin/ built; ends with "N passed, N failed".
set -euo pipefail
cd "$(dirname "$0")/../.."
tools=build/e2e
evidence=$PWD/.cache/check
files=$TMPDIR/"finished work"
export HANDOVER_HOME=$TMPDIR/handover
passed=0
mkdir -p "$evidence" "$files"

# Names that archives, browsers and drop targets get wrong.
printf 'logo' >"$files/logo final (2).svg"
printf 'plan' >"$files/Grundriß 100%20#1.pdf"
printf 'note' >"$files/"$'re\u0301sume\u0301.txt'

bin/handover-desktop >"$evidence/window.log" 2>&1 &
window=$!

# Every step needs the one before, so the first failure ends the test, with a picture of what was there instead.
step() { # WHAT COMMAND...
  local what=$1
  shift
  if "$@" >"$TMPDIR/step.log" 2>&1; then
    echo "ok: $what"
    passed=$((passed + 1))
  else
    echo "not ok: $what"
    cat "$TMPDIR/step.log"
    "$tools/screenshot.sh" "$evidence/window.png" && echo "see $evidence/window.png and window.log beside it"
    echo "$passed passed, 1 failed"
    exit 1
  fi
}
sees() { "$tools/atspi.py" wait "$@"; }
press() { "$tools/atspi.py" press "$@"; }
drop_on() { # ROLE NAME PATH...
  local point
  point=$("$tools/atspi.py" where "$1" "$2")
  # shellcheck disable=SC2086 # two numbers
  "$tools/drop.py" $point "${@:3}"
}
# Warned of files that were written a moment ago, the seller goes on.
anyway() {
  if "$tools/atspi.py" --timeout 3 wait "push button" "Deliver anyway" >/dev/null 2>&1; then press "push button" "Deliver anyway"; fi
}
closes() {
  wmctrl -c Handover
  for _ in {1..100}; do
    kill -0 "$window" 2>/dev/null || { wait "$window"; return; }
    sleep 0.1
  done
  echo "the window is still there after 10 s"
  return 1
}

# Every file that was dropped lies in the bundled server's store, byte for byte.
arrived() {
  local stored
  stored=$(find "$HANDOVER_HOME/trial/uploads" -name '*.data' -exec sha256sum {} + | cut -d' ' -f1)
  for file in "$files"/*; do
    grep -q "$(sha256sum <"$file" | cut -d' ' -f1)" <<<"$stored" || { echo "$file is not there"; return 1; }
  done
}

step "the window offers to try it" press "push button" "/Try it on this computer/"
step "a sample order opens" press "push button" '/Logo animation/'
step "the order takes files" drop_on heading '/Logo animation/' "$files"/*
for file in "$files"/*; do
  # AT-SPI names are regular expressions between slashes; these names hold ( ) and more.
  name=$(basename "$file" | sed 's/[][().+*?^$|\\]/\\&/g')
  step "$(basename "$file") is in the draft" sees any "/$name/"
done
step "the delivery is described" "$tools/atspi.py" type entry "Describe your delivery in detail" "The logo, ten seconds, and how it was made."
step "the work is delivered" press "push button" "Deliver work"
anyway
step "the order says so" sees any '/Delivered/'
step "it completes by itself" sees any '/[Cc]ompletes automatically on/'
step "the files arrived byte for byte" arrived
step "the window closes" closes
echo "$passed passed, 0 failed"
