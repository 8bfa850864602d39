# Common functions of the tests of the real window, which source this file from the top of the checkout.
# shellcheck shell=bash
tools=build/e2e
evidence=$PWD/.cache/check
passed=0
# On other dates the clock of the window's page is set by a library; its tools would sleep wrongly with that.
program=(env LD_PRELOAD="${HANDOVER_TEST_PRELOAD:-}" bin/handover-desktop)
mkdir -p "$evidence"

# Every step needs the one before, so the first failure ends the test, with a screenshot.
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

# ends waits until the window's program has exited.
ends() {
  for _ in {1..100}; do
    kill -0 "$window" 2>/dev/null || { wait "$window"; return; }
    sleep 0.1
  done
  echo "the window is still there after 10 s"
  return 1
}
