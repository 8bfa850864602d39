#!/usr/bin/env bash
# Runs a command in its own desktop session: X display, window manager, session bus, home and data folders.
# usage: xsession.sh COMMAND [ARGUMENT...]
# The command finds DISPLAY, DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR, HOME and TMPDIR set, all fresh; its exit status is this
# script's. HANDOVER_SCREEN (1280x800) is the display's size. Sessions may run side by side.
# When the script ends, even when it is killed, every process started in the session and all its files go with it.
set -euo pipefail
[ $# -gt 0 ] || { echo "usage: xsession.sh COMMAND [ARGUMENT...]" >&2; exit 2; }

session=$(mktemp -d /tmp/handover-x.XXXXXX) # short, since the path of a socket has at most 108 bytes
mark=HANDOVER_XSESSION=$session

# The accessibility bus and WebKit's processes leave the process group; the mark in their environment identifies them.
end_session() {
  local pids
  for signal in TERM KILL; do
    mapfile -t pids < <(grep -lzxF "$mark" /proc/[0-9]*/environ 2>/dev/null | cut -d / -f 3)
    [ ${#pids[@]} -gt 0 ] || break
    kill -s "$signal" "${pids[@]}" 2>/dev/null || true
    for _ in {1..40}; do
      kill -0 "${pids[@]}" 2>/dev/null || break
      sleep 0.05
    done
  done
  chmod -R u+w "$session" # Go makes its module cache read-only
  rm -rf "$session"
}

# The keeper cleans up when its input is closed: the system closes it at any end of this script.
exec {hold}> >(trap '' INT TERM HUP; cat >/dev/null; end_session)
keeper=$!
finish() {
  trap '' INT TERM HUP
  exec {hold}>&-
  wait "$keeper" || true
}
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

mkdir -p "$session"/{home,tmp}
mkdir -m 700 "$session/run"
session_env=(
  env -u WAYLAND_DISPLAY -u XAUTHORITY -u XDG_CONFIG_HOME -u XDG_DATA_HOME -u XDG_CACHE_HOME -u XDG_STATE_HOME
  -u AT_SPI_BUS_ADDRESS -u NO_AT_BRIDGE "$mark" HOME="$session/home" TMPDIR="$session/tmp" XDG_RUNTIME_DIR="$session/run"
  DBUS_SESSION_BUS_ADDRESS="unix:path=$session/run/bus" GDK_BACKEND=x11 LANG=C.UTF-8
)

wait_until() { # WHAT CONDITION...: up to 20 s
  local what=$1
  shift
  for _ in {1..200}; do
    ! "$@" >/dev/null 2>&1 || return 0
    sleep 0.1
  done
  echo "xsession: no $what" >&2
  tail -n 5 "$session"/*.log >&2
  exit 1
}
manager_ready() { DISPLAY=$display xprop -root _NET_SUPPORTING_WM_CHECK | grep -q 'window id'; }

# -noreset: without it the server starts over when its last client leaves, and a client that connects at that moment fails.
"${session_env[@]}" Xvfb -noreset -displayfd 3 -screen 0 "${HANDOVER_SCREEN:-1280x800}x24" -nolisten tcp \
  3>"$session/display" >"$session/xvfb.log" 2>&1 {hold}>&- &
wait_until "X display" test -s "$session/display"
display=:$(<"$session/display")
session_env+=(DISPLAY="$display")

# Services that the bus starts inherit its environment: it comes after the display.
"${session_env[@]}" dbus-daemon --session --nofork --nopidfile --address="unix:path=$session/run/bus" >"$session/bus.log" 2>&1 {hold}>&- &
"${session_env[@]}" openbox >"$session/openbox.log" 2>&1 {hold}>&- &
wait_until "session bus" test -S "$session/run/bus"
wait_until "window manager" manager_ready

# In the background, so that a signal ends the session at once and not only after the command.
"${session_env[@]}" "$@" <&0 {hold}>&- &
wait $!
