#!/usr/bin/env bash
# The window with the desktop: links, a second start, the file dialog, notifications, the tray icon,
# closing and the position of the window; in the shipped program, against a real server. Inside xsession.sh, with bin/
# built; ends with "N passed, N failed".
set -euo pipefail
cd "$(dirname "$0")/../.."
. build/e2e/steps.sh
desktop() { "$tools/desktop.py" "$@"; }
unset HANDOVER_HOME # links open the seller's own data folder, which is this session's
log=$TMPDIR/desktop.log
printf 'film' >"$TMPDIR/Film für Bea.mov"
head -c 8000000 /dev/zero >"$TMPDIR/large.mov"
head -c 8000000 /dev/urandom >>"$TMPDIR/large.mov"

# A server with one order, and its buyer.
data=$TMPDIR/server
echo "a long password" | bin/handover-server user add --data "$data" --email eva@example.org --name Eva --password-file - >/dev/null
bin/handover-server serve --data "$data" --listen 127.0.0.1:0 >"$TMPDIR/serve.log" 2>"$evidence/desktop-server.log" &
for _ in {1..100}; do grep -q listening "$TMPDIR/serve.log" && break; sleep 0.1; done
server=$(sed -n 's/^handover-server listening on //p' "$TMPDIR/serve.log")
bin/handover-server order add --data "$data" --seller eva@example.org --buyer-name Bea --buyer-email bea@example.org \
  --title "Wedding film" --due 72h --json >"$TMPDIR/order.json"
order=$(python3 -c 'import json, sys; print(json.load(sys.stdin)["id"])' <"$TMPDIR/order.json")
token=$(python3 -c 'import json, sys; print(json.load(sys.stdin)["review_url"].rsplit("/", 1)[1])' <"$TMPDIR/order.json")
buyer_writes() {
  curl -fsS -H "Authorization: Bearer $token" --json "{\"message\":\"$1\"}" "$server/api/v1/orders/$order/messages"
}

start() { # ARGUMENT...
  "${program[@]}" "$@" >>"$evidence/desktop.log" 2>&1 &
  window=$!
}
fills() { # FIELD TEXT, by its label
  "$tools/atspi.py" type any "/^$1/" "$2"
}
visible() { [ "$(wmctrl -l | grep -c ' Handover$')" = "$1" ]; }
becomes() { # N: so many windows
  for _ in {1..100}; do visible "$1" && return; sleep 0.1; done
  echo "not $1 windows"
  xwininfo -root -tree | grep -i handover
  return 1
}
shape() { xwininfo -name Handover | awk '/Width:|Height:/ {printf "%s ", $2} /Corners/ {print $2}'; }
begins_again() { # a second start hands its arguments over, and ends
  timeout 20 "${program[@]}" "$@" || [ $? = 1 ] # 1 is how Wails ends it
  kill -0 "$window"
  becomes 1
}
chooses() { # PATH, in GTK's dialog
  press "push button" "Choose files"
  sees "file chooser" "/./"
  xdotool key ctrl+l
  "$tools/atspi.py" focused text
  # xdotool maps a key for each letter that the keyboard lacks; a busy program may look the key up too late.
  for _ in 1 2 3 4 5; do
    xdotool key ctrl+a type --delay 20 -- "$1"
    if "$tools/atspi.py" --timeout 3 wait text "$1" >/dev/null 2>&1; then break; fi
  done
  press "push button" "Open"
  "$tools/atspi.py" gone "file chooser" "/./"
}
small() {
  local id
  id=$(wmctrl -l | sed -n 's/ .* Handover$//p')
  xdotool windowsize --sync "$id" 880 600 windowmove --sync "$id" 60 80
}
noted() { desktop notify "$log" "$1"; }

"$tools/desktop.py" serve "$log" &
desk=$!
: >"$evidence/desktop.log"

mkdir -p "$HOME/.local/share/handover"
flock -o "$HOME/.local/share/handover/handover.db.lock" sleep 600 & # as the command line holds it while it works
holder=$!
until [ -e "$HOME/.local/share/handover/handover.db.lock" ]; do sleep 0.1; done
start
step "a data folder in use is said" sees any '/is using the data on this computer/'
kill "$holder"
step "once it is free, the window goes on" press "push button" "Try again"
step "the server is named" fills "Server address" "$server"
step "and the seller" fills "E-mail" eva@example.org
step "and the password" fills "Password" "a long password"
step "the seller signs in" press "push button" "Sign in"
step "the work folder can wait" press "push button" "Not now"
step "the list is there" sees heading "All orders"
step "every control of the list has a name" "$tools/atspi.py" unnamed

step "the system opens links with it" grep -q "x-scheme-handler/handover=handover.desktop" "$HOME/.config/mimeapps.list"
step "a link opens the order" gio open "handover://order/$order"
step "in the window that is open" sees heading "Wedding film"
step "every control of the order has a name" "$tools/atspi.py" unnamed
step "a second start shows no second window" begins_again
step "a hostile link is handed over" begins_again "handover://order/../../etc/passwd"
step "and leads to the list with a notice" sees any '/This link does not lead to any of your orders/'

step "the buyer writes" buyer_writes "Louder, please."
step "the desktop tells of it" noted "Bea writes about “Wedding film”"
step "a click on it" desktop click "$(noted Bea)"
step "opens the order" sees heading "Wedding film"
step "the file dialog opens" chooses "$TMPDIR/Film für Bea.mov"
step "its file is in the draft" sees any '/Film für Bea\.mov/'

step "the symbol beside the clock rests" desktop symbol "$log" "Nothing to upload"
step "uploads are slowed down" bin/handover limits --up 1KB
step "and paused, by the command line" bin/handover pause
step "the symbol says so" desktop symbol "$log" "Uploads are paused"
step "a large file is dropped" drop_on heading "Wedding film" "$TMPDIR/large.mov"
step "the symbol's menu resumes" desktop menu "$log" "Resume uploads"
step "the symbol says that it uploads" desktop symbol "$log" "Uploading"
step "the window is made smaller" small
before=$(shape)
step "closed while it uploads" wmctrl -c Handover
step "the window is gone" becomes 0
step "the desktop tells why" noted "Handover is still running"
step "the symbol's menu opens it again" desktop menu "$log" "Open Handover"
step "the window is there" becomes 1
step "the menu pauses" desktop menu "$log" "Pause uploads"
step "the symbol says so" desktop symbol "$log" "Uploads are paused"
step "the menu resumes again" desktop menu "$log" "Resume uploads"
step "the menu leads to the list" desktop menu "$log" "Deliver…"
step "which is there" sees heading "All orders"
for screen in Transfers Earnings Settings; do
  step "the screen $screen is opened" press "push button" "/^$screen\\b/"
  step "it is there" sees heading "$screen"
  step "every control of $screen has a name" "$tools/atspi.py" unnamed
done
step "the menu quits" desktop menu "$log" "Quit"
step "the program ends" ends

start "handover://order/$order"
step "a link starts the program" sees heading "Wedding film"
same_shape() { [ "$(shape)" = "$before" ] || { echo "it was $before and is $(shape)"; return 1; }; }
step "the window is where it was" same_shape
kill "$desk"
wait "$desk" || true
step "without a place for the symbol, closing asks" wmctrl -c Handover
step "whether to stay" press "push button" "Keep open"
step "asked again" wmctrl -c Handover
step "the answer is to quit" press "push button" "Quit"
step "the program ends" ends
start --hidden
step "it starts as at sign-in" timeout 20 bash -c 'until gdbus call --session --dest org.freedesktop.DBus --object-path / --method org.freedesktop.DBus.ListNames | grep -q wails_app_handover; do sleep 0.1; done'
step "without a window" becomes 0
step "the next start shows it" begins_again
echo "$passed passed, 0 failed"
