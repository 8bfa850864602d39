#!/usr/bin/env bash
# Saves a picture of a window, or of the whole screen with its frames; inside xsession.sh.
# usage: screenshot.sh FILE.png [WINDOW_TITLE]
set -euo pipefail
window=root
[ $# -lt 2 ] || window=$(xdotool search --sync --onlyvisible --name "^$2\$" | tail -n 1)
import -silent -window "$window" "$1"
