"""Many cases on one page: each has its own picture, and is seen and judged on its own.

A case says what a reader must hear of one element. Before any script of the extension runs, the
page itself keeps the markup of each case; so a changed byte of it is seen.
"""

from __future__ import annotations

import html
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from e2e import scripted_host
from e2e.browser import Browser, Node, until
from e2e.pictures import drawn_svg
from e2e.recorder import Recording
from e2e.website import Numbered, Website

DESCRIBED, UNTOUCHED = "described", "untouched"
LEFT, SILENT = "asked about, and left as it was", "silent"
SETTLING = 8.0
TALLIES = ("alt", "aria-label", "data-altlens")


class Case(NamedTuple):
    """One rule, shown by one element.

    Attributes:
        name: What pytest calls it.
        markup: The element, with the id `{id}` on the node that a reader hears; `{src}` is its
            picture, `{elsewhere}` the other origin, `{svg…}` a drawing.
        want: What becomes of it.
        size: Of the picture's file, in pixels.
        heard: What a reader hears, where that is not the picture's caption.
        role: Of the node in the tree; empty where it does not matter.
        answer: What the host says, where that is not an ordinary caption.
        headers: With which the picture is served.
        later: A script of the page that runs when all else is described; `{id}` as above, and
            PICTURE for the picture's path.
    """

    name: str
    markup: str
    want: str = DESCRIBED
    size: tuple[int, int] = (96, 72)
    heard: str | None = None
    role: str = ""
    answer: dict[str, Any] | None = None
    headers: dict[str, str] | None = None
    later: str = ""


@dataclass(frozen=True)
class Script:
    """What the scripted host says; written anew at any time."""

    path: Path

    def say(self, **script: Any) -> None:
        """Follow this from the next message on."""
        beside = self.path.with_suffix(".new")
        beside.write_text(json.dumps(script))
        beside.replace(self.path)

    @property
    def command(self) -> list[str]:
        """How the scripted host is started."""
        modules = Path(scripted_host.__file__).parents[1]
        env = ["/usr/bin/env", f"PYTHONPATH={modules}"]
        return [*env, sys.executable, "-P", scripted_host.__file__, str(self.path)]


@dataclass
class Seen:
    """What became of one case.

    Attributes:
        picture: Its picture.
        before: Its markup as the author wrote it, and as the parser reads it.
        after: Its markup when all was described.
        node: Its node in the tree of the parent process; None where there is none.
        label: Its computed label; None where it is not in the page's own document.
        asked: How often the host was asked about its picture.
        undone: Its markup after everything was taken back; None where that was not tried.
    """

    picture: Numbered
    before: str
    after: str
    node: Node | None
    label: str | None
    asked: int
    undone: str | None = None


@dataclass
class Page:
    """A page of cases, and all that was seen on it."""

    cases: dict[str, Seen] = field(default_factory=dict)
    unknown: int = 0


_KEEP = """
<script>
  window.keep = () => Object.fromEntries(
    [...document.querySelectorAll("[data-case]")].map((one) => [one.dataset.case, one.innerHTML]));
  window.before = window.keep();
</script>
"""


def lay_out(site: Website, cases: Sequence[Case]) -> tuple[str, list[Numbered]]:
    """Return the body of a page with all cases, and their pictures."""
    body, pictures = [], []
    for at, case in enumerate(cases):
        picture = site.picture(case.size, case.headers)
        pictures.append(picture)
        # Not format(): the markup may hold scripts and styles, with braces of their own.
        markup = case.markup
        for name, value in {
            "{id}": f"c{at}",
            "{src}": picture.path,
            "{elsewhere}": site.elsewhere,
            "{here}": site.here,
            "{svg}": drawn_svg(picture.number, f'id="c{at}" role="img"'),
            "{svg-titled}": drawn_svg(
                picture.number, f'id="c{at}" role="img"', "<title>A logo</title>"
            ),
            "{svg-plain}": drawn_svg(picture.number, f'id="c{at}"'),
            "{svg-labelled}": drawn_svg(picture.number, f'id="c{at}" role="img" aria-label="A"'),
            "{svg-url}": "data:image/svg+xml," + html.escape(_quoted(drawn_svg(picture.number))),
        }.items():
            markup = markup.replace(name, value)
        body.append(f'<div data-case="{at}" style="display: inline-block">{markup}</div>')
    return "\n".join(body) + _KEEP, pictures


def observe(
    firefox: Browser,
    site: Website,
    recording: Recording,
    cases: Sequence[Case],
    script: Script | None = None,
    origin: str = "",
) -> Page:
    """Show a page of cases, wait until it is described, and say what became of each."""
    body, pictures = lay_out(site, cases)
    if script:
        script.say(**script_for(cases, pictures))
    recording.forget()
    firefox.new_tab()
    firefox.open(site.page(body, origin=origin))
    later = [
        case.later.replace("{id}", f"c{at}").replace("PICTURE", f"'{pictures[at].path}'")
        for at, case in enumerate(cases)
        if case.later
    ]
    if later:
        sentinel(firefox, site)
        firefox.script("window.eval(arguments[0])", "\n".join(f"{{ {one} }}" for one in later))
    wanted = {
        f"c{at}": _heard(case, pictures[at])
        for at, case in enumerate(cases)
        if case.want == DESCRIBED
    }
    deadline = time.monotonic() + SETTLING
    while time.monotonic() < deadline:
        names = {node.id: node.name for node in firefox.nodes()}
        if all(names.get(one) == name for one, name in wanted.items()):
            break
        time.sleep(0.05)
    answered = {at: picture for at, picture in enumerate(pictures) if cases[at].want != UNTOUCHED}
    while time.monotonic() < deadline:
        if {one.number for one in answered.values()} <= set(recording.numbers()):
            break
        time.sleep(0.05)
    sentinel(firefox, site)
    return _gather(firefox, recording, cases, pictures)


def sentinel(firefox: Browser, site: Website) -> Numbered:
    """Show one more image and wait for its words: all that came before had their chance."""
    picture = site.picture()
    firefox.script(
        "const image = new Image(); image.id = arguments[0]; image.src = arguments[1];"
        "image.width = 96; document.body.prepend(image);",
        f"sentinel{picture.number}",
        picture.path,
    )
    until(
        lambda: firefox.element(f"sentinel{picture.number}").computed_label,
        "a name of the sentinel",
    )
    firefox.script("document.getElementById(arguments[0]).remove()", f"sentinel{picture.number}")
    return picture


def _gather(
    firefox: Browser, recording: Recording, cases: Sequence[Case], pictures: list[Numbered]
) -> Page:
    numbers = recording.numbers()
    nodes = {node.id: node for node in firefox.nodes()}
    before = firefox.script("return window.wrappedJSObject.before")
    after = firefox.script("return window.wrappedJSObject.keep()")
    page = Page(unknown=len(recording.asked()) - len(numbers))
    for at, (case, picture) in enumerate(zip(cases, pictures, strict=True)):
        there = firefox.script("return $(arguments[0]) !== null", f"c{at}")
        page.cases[case.name] = Seen(
            picture=picture,
            before=before[str(at)],
            after=after[str(at)],
            node=nodes.get(f"c{at}"),
            label=firefox.element(f"c{at}").computed_label if there else None,
            asked=numbers.count(picture.number),
        )
    return page


def judge(case: Case, seen: Seen) -> None:
    """Hold a case to what it wants."""
    if case.want in {UNTOUCHED, LEFT}:
        assert seen.after == seen.before
        assert (seen.asked > 0) == (case.want == LEFT)
        return
    if case.want == SILENT:
        assert (seen.node, seen.label) == (None, "")
        assert ' alt=""' in seen.after
        return
    assert seen.node is not None, "not in the tree that screen readers read"
    assert seen.node.name == _heard(case, seen.picture)
    assert seen.label in {None, seen.node.name}
    assert not case.role or seen.node.role == case.role
    assert seen.asked == 1


def script_for(cases: Sequence[Case], pictures: Sequence[Numbered]) -> dict[str, Any]:
    """Return the script of a host that answers as the cases say."""
    return {
        "answers": {
            str(picture.number): case.answer
            for case, picture in zip(cases, pictures, strict=True)
            if case.answer is not None
        }
    }


def _heard(case: Case, picture: Numbered) -> str:
    return picture.caption if case.heard is None else case.heard


def _quoted(svg: str) -> str:
    return svg.replace("#", "%23").replace('"', "'")
