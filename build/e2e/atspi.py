#!/usr/bin/python3
"""Sees and uses windows as a screen reader does, through AT-SPI; inside xsession.sh.

WebKitGTK publishes the whole page: a node for each element, with its role, its accessible name and its place on the screen.
So the production window can be tested without a hook in it, and what this tool cannot find a blind user cannot find either.

ROLE is a role as `tree` prints it ("push button", "link", "entry", "heading", "status bar" for role=status …) or "any".
NAME is the whole accessible name, or the whole text of a node without a name; written as /…/ it is a regular expression that
may match anywhere. Every command but tree waits for its node, up to --timeout seconds, and exits 1 with the tree if it does
not come.
"""
# /usr/bin/python3 above: Debian's, which has Debian's python3-gi, whatever other Python comes first in PATH.

import argparse
import re
import subprocess
import sys
import time
import warnings

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

warnings.filterwarnings("ignore", category=DeprecationWarning)


class Node:
    """One element. Its properties are asked for at once: the page may change while we look."""

    def __init__(self, accessible, depth):
        self.accessible = accessible
        self.depth = depth
        self.role = accessible.get_role_name()
        self.states = {state.value_nick for state in accessible.get_state_set().get_states()}
        self.name = accessible.get_name()
        self.text = ""
        if "Text" in accessible.get_interfaces():
            text = Atspi.Text.get_text(accessible, 0, -1)
            self.text = text.replace("\N{OBJECT REPLACEMENT CHARACTER}", "").strip()  # stands for each child

    def __str__(self):
        facts = [self.role, repr(self.name)]
        if self.text and self.text != self.name:
            facts.append("text " + repr(self.text))
        if "visible" not in self.states:
            facts.append("(hidden)")
        elif "sensitive" not in self.states:
            facts.append("(disabled)")
        return "  " * self.depth + " ".join(facts)

    def matches(self, role, name):
        if role not in ("any", self.role) or "visible" not in self.states:
            return False
        label = self.name or self.text
        if len(name) > 1 and name.startswith("/") and name.endswith("/"):
            return bool(label) and re.search(name[1:-1], label) is not None
        return label == name

    def again(self):
        self.accessible.clear_cache()
        return Node(self.accessible, self.depth)

    def centre(self):
        Atspi.Component.scroll_to(self.accessible, Atspi.ScrollType.ANYWHERE)
        box = Atspi.Component.get_extents(self.accessible, Atspi.CoordType.SCREEN)
        return box.x + box.width // 2, box.y + box.height // 2


def nodes():
    """All nodes of all windows. What disappears meanwhile is left out."""

    def walk(accessible, depth):
        try:
            yield Node(accessible, depth)
            children = [accessible.get_child_at_index(i) for i in range(accessible.get_child_count())]
        except GLib.Error:
            return
        for child in filter(None, children):
            yield from walk(child, depth + 1)

    desktop = Atspi.get_desktop(0)
    desktop.clear_cache()  # a node's cached name and states may be older than the page
    for i in range(desktop.get_child_count()):
        application = desktop.get_child_at_index(i)
        if application is not None:
            yield from walk(application, 0)


def show_tree(out):
    for node in nodes():
        print(node, file=out)


def until(timeout, what, condition):
    """The first true result of condition."""
    end = time.monotonic() + timeout
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > end:
            print(f"atspi: {what} after {timeout:g} s; the windows:", file=sys.stderr)
            show_tree(sys.stderr)
            sys.exit(1)
        time.sleep(0.1)


# What a person can do something with. Frames, groups and texts need no name.
CONTROLS = {
    "push button", "toggle button", "check box", "radio button", "combo box", "entry", "password text", "spin button",
    "slider", "link", "page tab", "menu item", "switch",
}


def show_unnamed():
    """Prints the controls that a screen reader has no name for, and how many there are in all."""
    controls = [n for n in nodes() if n.role in CONTROLS and "visible" in n.states and "showing" in n.states]
    unnamed = [n for n in controls if not n.name.strip()]
    for node in unnamed:
        print(f"no name: {node}")
    print(f"{len(controls)} controls, {len(unnamed)} without a name")
    sys.exit(1 if unnamed or not controls else 0)


def find(args, also=lambda node: True):
    matching = lambda: next((n for n in nodes() if n.matches(args.role, args.name) and also(n)), None)
    return until(args.timeout, f"no usable {args.role} {args.name!r}", matching)


def press(args):
    node = find(args, lambda n: "sensitive" in n.states and "Action" in n.accessible.get_interfaces())
    if not Atspi.Action.do_action(node.accessible, 0):
        sys.exit(f"atspi: {args.role} {args.name!r} did not take the press")


def type_text(args):
    node = find(args, lambda n: "editable" in n.states)
    Atspi.Component.grab_focus(node.accessible)
    # Watched by itself: a field inside its <label> changes its name with its value.
    until(args.timeout, f"no focus on {args.name!r}", lambda: "focused" in node.again().states)
    subprocess.run(["xdotool", "key", "ctrl+a"], check=True)
    subprocess.run(["xdotool", "type", "--delay", "20", "--", args.text], check=True)
    hidden = node.role == "password text"  # shows a bullet for each character
    arrived = lambda text: len(text) == len(args.text) if hidden else text == args.text.strip()
    until(args.timeout, f"not all of the text in {args.name!r}", lambda: arrived(node.again().text))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--timeout", type=float, default=60, metavar="S", help="seconds to wait for the node (60)")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("tree", help="print all nodes")
    commands.add_parser("unnamed", help="print the controls without a name; fails when there are some, or no controls at all")
    for name, description in [
        ("wait", "wait until the node is there; print its text"),
        ("gone", "wait until it is not there"),
        ("press", "press a button, follow a link, tick a box (once it is enabled)"),
        ("type", "replace what is in a text field, with real key strokes"),
        ("focused", "wait until a node of the role has the focus, whatever its name"),
        ("where", "print the node's centre as X Y on the screen"),
    ]:
        command = commands.add_parser(name, help=description)
        command.add_argument("role", metavar="ROLE")
        if name != "focused":
            command.add_argument("name", metavar="NAME")
        if name == "type":
            command.add_argument("text", metavar="TEXT")
    args = parser.parse_args()

    match args.command:
        case "tree":
            show_tree(sys.stdout)
        case "unnamed":
            show_unnamed()
        case "wait":
            node = find(args)
            print(node.text or node.name)
        case "gone":
            is_gone = lambda: not any(n.matches(args.role, args.name) for n in nodes())
            until(args.timeout, f"{args.role} {args.name!r} is still there", is_gone)
        case "press":
            press(args)
        case "type":
            type_text(args)
        case "focused":
            has_focus = lambda: any(n.role == args.role and "focused" in n.states for n in nodes())
            until(args.timeout, f"no {args.role} has the focus", has_focus)
        case "where":
            print(*find(args).centre())


if __name__ == "__main__":
    main()
