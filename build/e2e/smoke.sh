#!/usr/bin/env bash
# A seller's whole workflow in the production window: started as a user does, used through the interface of a screen
# reader, files dropped with a real drag. Inside xsession.sh, with bin/ built; ends with "N passed, N failed".
set -euo pipefail
cd "$(dirname "$0")/../.."
. build/e2e/steps.sh
files=$TMPDIR/"finished work"
export HANDOVER_HOME=$TMPDIR/handover
mkdir -p "$files"

# Names that archives, browsers and drop targets often damage.
printf 'logo' >"$files/logo final (2).svg"
printf 'plan' >"$files/Grundriß 100%20#1.pdf"
printf 'note' >"$files/"$'re\u0301sume\u0301.txt'

"${program[@]}" >"$evidence/window.log" 2>&1 &
window=$!

# The seller continues after the warning about recently written files.
anyway() {
  if "$tools/atspi.py" --timeout 3 wait "push button" "Deliver anyway" >/dev/null 2>&1; then press "push button" "Deliver anyway"; fi
}
closes() {
  wmctrl -c Handover
  ends
}

# Every dropped file is in the bundled server's store, byte for byte.
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
