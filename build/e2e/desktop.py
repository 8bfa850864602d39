#!/usr/bin/python3
"""The services of a desktop that Handover talks to, on the session's own bus; inside xsession.sh.

usage: desktop.py serve FILE      shows notes (org.freedesktop.Notifications) and symbols beside the clock
                                  (org.kde.StatusNotifierWatcher); writes to FILE a line of JSON for each, until it is killed
       desktop.py notify FILE TEXT      waits for a note whose title has the text; prints its number
       desktop.py click NUMBER          clicks on the note
       desktop.py menu FILE LABEL       waits for a symbol with such a line in its menu, and presses that line; with
                                        --look it only waits
       desktop.py symbol FILE TEXT      waits until a symbol's tip says the text; prints its status
"""

import argparse
import json
import sys
import time

from gi.repository import Gio, GLib

NOTES = "org.freedesktop.Notifications"
WATCHER = "org.kde.StatusNotifierWatcher"
ITEM = "org.kde.StatusNotifierItem"
MENU = "com.canonical.dbusmenu"

INTERFACES = f"""<node>
 <interface name="{NOTES}">
  <method name="GetCapabilities"><arg type="as" direction="out"/></method>
  <method name="Notify"><arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
   <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="as" direction="in"/><arg type="a{{sv}}" direction="in"/>
   <arg type="i" direction="in"/><arg type="u" direction="out"/></method>
  <method name="Click"><arg type="u" direction="in"/></method>
  <signal name="ActionInvoked"><arg type="u"/><arg type="s"/></signal>
 </interface>
 <interface name="{WATCHER}">
  <method name="RegisterStatusNotifierItem"><arg type="s" direction="in"/></method>
  <property name="IsStatusNotifierHostRegistered" type="b" access="read"/>
 </interface>
</node>"""


def serve(path):
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    count = 0
    out = open(path, "a", buffering=1)

    def note(kind, **facts):
        out.write(json.dumps({"kind": kind, **facts}) + "\n")

    def called(_bus, _sender, _path, _interface, method, arguments, invocation):
        nonlocal count
        values, result = arguments.unpack(), None
        if method == "GetCapabilities":
            result = GLib.Variant("(as)", (["actions", "body", "body-markup"],))
        elif method == "Notify":
            count += 1
            note("note", number=count, title=values[3], body=values[4])
            result = GLib.Variant("(u)", (count,))
        elif method == "Click":
            bus.emit_signal(None, "/org/freedesktop/Notifications", NOTES, "ActionInvoked", GLib.Variant("(us)", (values[0], "default")))
        elif method == "RegisterStatusNotifierItem":
            note("symbol", name=values[0])
        invocation.return_value(result)

    node = Gio.DBusNodeInfo.new_for_xml(INTERFACES)
    hosted = lambda *_: GLib.Variant("b", True)
    bus.register_object("/org/freedesktop/Notifications", node.lookup_interface(NOTES), called, None, None)
    bus.register_object("/StatusNotifierWatcher", node.lookup_interface(WATCHER), called, hosted, None)
    for name in (NOTES, WATCHER):
        Gio.bus_own_name_on_connection(bus, name, 0, lambda *_: note("ready"), lambda *_: sys.exit(f"{name} is taken"))
    GLib.MainLoop().run()


def call(name, path, interface, method, arguments, result=None):
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    answer = bus.call_sync(name, path, interface, method, arguments, result and GLib.VariantType(result), 0, 5000, None)
    return answer.unpack() if answer else None


def lines(path, kind):
    with open(path) as f:
        return [line for line in map(json.loads, f) if line["kind"] == kind]


def until(timeout, what, condition):
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        try:
            result = condition()
        except (GLib.Error, FileNotFoundError):
            result = None
        if result:
            return result
        time.sleep(0.1)
    sys.exit(f"desktop: {what} after {timeout:g} s")


def find_note(args):
    found = lambda: next((n for n in lines(args.file, "note") if args.text in n["title"]), None)
    note = until(args.timeout, f"no note with {args.text!r}", found)
    print(note["number"])


def newest(path):
    return lines(path, "symbol")[-1]["name"]


def find_line(args):
    def line():
        name = newest(args.file)
        _, (_, _, children) = call(name, "/StatusNotifierItem/Menu", MENU, "GetLayout", GLib.Variant("(iias)", (0, -1, [])), "(u(ia{sv}av))")
        return next(((name, c[0]) for c in children if c[1].get("label") == args.text), None)

    name, number = until(args.timeout, f"no line {args.text!r} in the menu", line)
    if not args.look:
        event = GLib.Variant("(isvu)", (number, "clicked", GLib.Variant("s", ""), 0))
        call(name, "/StatusNotifierItem/Menu", MENU, "Event", event)


def find_symbol(args):
    def get(property):
        name = newest(args.file)
        return call(name, "/StatusNotifierItem", "org.freedesktop.DBus.Properties", "Get", GLib.Variant("(ss)", (ITEM, property)), "(v)")[0]

    until(args.timeout, f"no symbol that says {args.text!r}", lambda: args.text in get("ToolTip")[3])
    print(get("Status"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--timeout", type=float, default=20, metavar="S")
    parser.add_argument("--look", action="store_true")
    parser.add_argument("command", choices=["serve", "notify", "click", "menu", "symbol"])
    parser.add_argument("file", metavar="FILE")
    parser.add_argument("text", metavar="TEXT", nargs="?", default="")
    args = parser.parse_args()
    match args.command:
        case "serve":
            serve(args.file)
        case "notify":
            find_note(args)
        case "click":
            call(NOTES, "/org/freedesktop/Notifications", NOTES, "Click", GLib.Variant("(u)", (int(args.file),)))
        case "menu":
            find_line(args)
        case "symbol":
            find_symbol(args)


if __name__ == "__main__":
    main()
