#!/usr/bin/python3
"""Drags files onto a point of the screen with a real XDND drag, as from a file manager; inside xsession.sh.

A small window of its own, the "file manager", offers the files as text/uri-list, and xdotool moves the pointer. Every step
waits for the one before: the button is released once the window under the pointer has said that it takes the drop. Exits 0
when it fetched the files and reported the drag finished, otherwise 1 with the reason.
"""

import argparse
import os
import subprocess
import sys

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, Gio, GLib, Gtk  # noqa: E402


def pointer(*command):
    subprocess.run(["xdotool", *map(str, command)], check=True)


class Drag:
    def __init__(self, x, y, paths):
        self.goal = (x, y)
        self.uris = [Gio.File.new_for_path(os.path.abspath(p)).get_uri() for p in paths]
        self.steps = 0
        self.dropped = self.fetched = False
        self.problem = "the drag did not begin"

        # Override-redirect: no frame, and exactly where it is put; in the corner that is farthest from the goal.
        self.window = Gtk.Window(type=Gtk.WindowType.POPUP)
        screen = Gdk.get_default_root_window()
        sizes = screen.get_width(), screen.get_height()
        self.start = [20 if goal > size / 2 else size - 20 for goal, size in zip(self.goal, sizes)]
        self.window.move(self.start[0] - 20, self.start[1] - 20)
        self.window.resize(40, 40)
        handle = Gtk.EventBox()
        handle.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
        handle.drag_source_add_uri_targets()
        handle.connect("drag-begin", self.begin)
        handle.connect("drag-data-get", self.give)
        handle.connect("drag-failed", self.fail)
        handle.connect("drag-end", self.end)
        self.window.add(handle)
        self.window.connect("map-event", lambda *_: GLib.idle_add(self.grab))

    def run(self, timeout):
        self.window.show_all()
        GLib.timeout_add(int(timeout * 1000), Gtk.main_quit)
        Gtk.main()
        pointer("mouseup", 1)  # whatever happened, leave no button down
        return self.problem or (None if self.fetched else "the window took the drop but never asked for the files")

    def grab(self):
        pointer("mousemove", *self.start, "mousedown", 1)
        # GTK begins a drag after some pixels of movement.
        for distance in (4, 8, 16, 24):
            pointer("mousemove_relative", "--", *(distance if s < g else -distance for s, g in zip(self.start, self.goal)))

    def begin(self, _handle, context):
        self.problem = f"nothing at {self.goal[0]},{self.goal[1]} takes files"
        GLib.timeout_add(30, self.move, context)

    def move(self, context):
        # To the goal, then around it: a page decides only while the pointer moves.
        x, y = self.goal
        pointer("mousemove", x + self.steps % 2, y)
        self.steps += 1
        if self.steps < 4 or not context.get_selected_action():
            return GLib.SOURCE_CONTINUE
        pointer("mousemove", x, y)
        self.dropped = True
        self.problem = "the window did not finish the drop"
        pointer("mouseup", 1)
        return GLib.SOURCE_REMOVE

    def give(self, _handle, _context, data, _info, _time):
        data.set_uris(self.uris)
        self.fetched = True  # WebKit asks already while the pointer is over it

    def end(self, _handle, _context):
        if self.dropped:
            self.problem = None
        Gtk.main_quit()

    def fail(self, _handle, _context, result):
        self.dropped = False
        self.problem = f"the drag failed: {result.value_nick}"
        return True  # no animation


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--timeout", type=float, default=20, metavar="S")
    parser.add_argument("x", type=int, metavar="X", help="on the screen; `atspi.py where` finds a node's centre")
    parser.add_argument("y", type=int, metavar="Y")
    parser.add_argument("paths", nargs="+", metavar="PATH")
    args = parser.parse_args()
    for path in args.paths:
        if not os.path.lexists(path):
            sys.exit(f"drop: {path} does not exist")
    problem = Drag(args.x, args.y, args.paths).run(args.timeout)
    if problem:
        sys.exit(f"drop: {problem}")


if __name__ == "__main__":
    main()
