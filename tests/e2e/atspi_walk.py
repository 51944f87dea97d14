"""Reads what AT-SPI gives a screen reader of Firefox: `python3 atspi_walk.py TITLE`.

Run with the system's Python, which has the bindings (python3-gi, gir1.2-atspi-2.0). Prints a list
in JSON of role and name of each node of the document with that title; null while there is none.
"""

import json
import sys

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi  # noqa: E402, the version must be chosen first


def children(node):
    """Yield what lies directly below a node; nodes go away while one looks."""
    for at in range(min(node.get_child_count(), 500)):
        child = node.get_child_at_index(at)
        if child is not None:
            yield child


def nodes(node, depth=0):
    """Yield a node and all below it, in page order."""
    yield node
    if depth < 60:
        for child in children(node):
            yield from nodes(child, depth + 1)


def document(title):
    """Find the document of a title in any program on this desktop."""
    for program in children(Atspi.get_desktop(0)):
        for node in nodes(program):
            is_page = node.get_role_name() in {"document web", "document frame"}
            if is_page and node.get_name() == title:
                return node
    return None


Atspi.init()
try:
    found = document(sys.argv[1])
    said = found and [[one.get_role_name(), one.get_name()] for one in nodes(found)]
except gi.repository.GLib.Error:
    said = None
print(json.dumps(said))
