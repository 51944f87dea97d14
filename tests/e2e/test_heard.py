"""What the user hears: each kind of answer, in the words that the settings choose."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from e2e.browser import Browser
from e2e.cases import LEFT, SILENT, Case, Page, Script, judge, observe
from e2e.recorder import Recording
from e2e.website import Website

IMAGE = '<img id="{id}" src="{src}">'
LONG = "A very long description of a quiet harbour " * 60


def said(name: str, heard: str | None = None, want: str = "described", **answer: Any) -> Case:
    """Return a case of one image and one answer of the host."""
    return Case(name, IMAGE, want, heard=heard, answer=answer)


class Setting(NamedTuple):
    """Some settings, and what is heard under them."""

    settings: dict[str, Any]
    cases: list[Case]


ALL = {
    "as it comes": Setting(
        {},
        [
            said("sure of a caption", "A cat on a sofa", text="A cat on a sofa"),
            said(
                "not sure of a caption",
                "Perhaps: A cat on a sofa",
                text="A cat on a sofa",
                level="hedged",
            ),
            said("hardly more than a guess", want=LEFT, text="A cat on a sofa", level="unsure"),
            said("a level from the future", "Perhaps: A cat", text="A cat", level="solemn"),
            said("text", "Text: Closed on Mondays", kind="text", text="Closed on Mondays"),
            said("nothing to say", want=SILENT, kind="decorative", text="", model=""),
            said("the model does not know", want=LEFT, kind="unsure", text=""),
            said("a kind from the future", want=LEFT, kind="poem", text="Roses are red"),
            said("no words", want=LEFT, text=" \t "),
            said("words that are none", want=LEFT, text=7),
            said("lines become one", "A cat on a sofa", text="A cat\n\n on\ta sofa"),
            said("control characters", "A cat", text="A\x07 ca\x00t\x1b"),
            said("bidirectional overrides", "A cat", text="\u202eA \u2066cat\u2069\u200f"),
            said(
                "markup is text",
                "<img src=x onerror=alert()> & \"quotes' &lt;",
                text="<img src=x onerror=alert()> & \"quotes' &lt;",
            ),
            said("a lone surrogate", "A \ufffd cat", text="A \ud800 cat"),
            said("other scripts", "猫がソファにいる", text="猫がソファにいる"),
        ],
    ),
    "without hedge": Setting(
        {"hedge": False},
        [said("no hedge", "A cat on a sofa", text="A cat on a sofa", level="hedged")],
    ),
    "prefix": Setting(
        {"prefix": "Machine: "},
        [
            said("caption", "Machine: A cat", text="A cat"),
            said("hedged", "Machine: Perhaps: A cat", text="A cat", level="hedged"),
            said("text", "Machine: Text: Closed", kind="text", text="Closed"),
            said("nothing to say is nothing", want=SILENT, kind="decorative", text=""),
            said("not known", want=LEFT, kind="unsure", text=""),
        ],
    ),
    "say that it is not known": Setting(
        {"sayUnsure": True},
        [
            said("not known", "No description", kind="unsure", text=""),
            said("hardly more than a guess", "No description", text="A cat", level="unsure"),
            said("nothing to say", want=SILENT, kind="decorative", text=""),
        ],
    ),
}


@pytest.fixture(scope="module")
def pages(
    scripted: Browser, site: Website, recording: Recording, script: Script
) -> dict[str, Page]:
    """One page for each choice of settings, seen once."""
    found = {}
    for name, (settings, cases) in ALL.items():
        with scripted.chosen(**settings):
            found[name] = observe(scripted, site, recording, cases, script)
    return found


@pytest.mark.parametrize(
    ("page", "case"),
    [
        pytest.param(name, case, id=f"{name}: {case.name}")
        for name, (_, cases) in ALL.items()
        for case in cases
    ],
)
def test_an_answer_is_heard(pages: dict[str, Page], page: str, case: Case) -> None:
    """By its kind and by what the user chose, and in the caption's language."""
    judge(case, pages[page].cases[case.name])


@pytest.mark.parametrize(("verbosity", "most"), [("short", 130), ("full", 510)])
def test_a_long_caption_is_cut(
    scripted: Browser,
    site: Website,
    recording: Recording,
    script: Script,
    verbosity: str,
    most: int,
) -> None:
    """Nobody must sit through a page: the beginning is said, and ends between two words."""
    with scripted.chosen(verbosity=verbosity):
        seen = observe(scripted, site, recording, [said("long", LONG, text=LONG)], script)

    node = seen.cases["long"].node
    assert node is not None
    assert 20 < len(node.name) <= most
    words = node.name.rstrip("…. ").split()
    assert words == LONG.split()[: len(words)]


@pytest.mark.parametrize("mark", [True, False])
def test_the_mark_is_the_users_choice(
    scripted: Browser, site: Website, recording: Recording, script: Script, mark: bool
) -> None:
    """Who wants to know what a machine said finds it marked; who does not leaves no trace of it."""
    case = said("marked", "A cat", text="A cat")
    with scripted.chosen(mark=mark):
        seen = observe(scripted, site, recording, [case], script).cases["marked"]

    assert ("data-altlens" in seen.after) is mark
    judge(case, seen)


def test_a_model_with_a_strange_name_writes_nothing_strange(
    scripted: Browser, site: Website, recording: Recording, script: Script
) -> None:
    """What the host calls its model goes into the page: only a plain name does."""
    case = said("strange", "A cat", text="A cat", model='"><script>alert()</script>')

    seen = observe(scripted, site, recording, [case], script).cases["strange"]

    assert 'data-altlens="described"' in seen.after
