"""Where the model and triage disagree on what a picture is."""

import pytest

from altlens_host.worker.kinds import agreed
from altlens_host.worker.triage import Kind, Seen

SURE, UNSURE, PHOTO = (0.95, 0.01), (0.6, 0.01), (0.6, 0.3)


@pytest.mark.parametrize(
    ("said", "kind", "chances", "heard"),
    [
        ("A dog on a beach", Kind.PHOTO, (1.0, 1.0), "A dog on a beach"),
        ("A page of text", Kind.PHOTO, (1.0, 1.0), "A page of text"),
        ("A page of text", Kind.TEXT, SURE, "A page of text"),
        ("A chart with bars", Kind.ICON, SURE, "A chart with bars"),
        ("A dog on a beach", Kind.TEXT, SURE, "Text document."),
        ("A dog on a beach", Kind.ICON, SURE, "An icon"),
        ("A dog on a beach", Kind.CHART, SURE, "A chart or diagram"),
        ("A dog on a beach", Kind.SCREENSHOT, SURE, "A screenshot"),
        ("A dog on a beach", Kind.MAP, SURE, "A map"),
        ("A dog on a beach", Kind.MAP, UNSURE, ""),
        ("A dog on a beach", Kind.MAP, (0.79, 0.01), ""),
        ("A dog on a beach", Kind.MAP, (0.9, 0.06), "A dog on a beach"),
        ("A dog on a beach", Kind.MAP, (0.8, 0.05), "A map"),
        ("PAGE of words", Kind.MAP, SURE, "PAGE of words"),
        ("A dog on a beach", Kind.DECORATIVE, (1.0, 0.0), "A dog on a beach"),
        ("A dog on a beach", Kind.MAP, PHOTO, "A dog on a beach"),
    ],
)
def test_no_drawing_is_heard_of_as_a_photograph(
    said: str, kind: Kind, chances: tuple[float, float], heard: str
) -> None:
    """The model keeps the word where a photograph is possible, or where it names a drawing."""
    assert agreed(said, Seen(kind, *chances)) == heard


@pytest.mark.parametrize(
    "word",
    """
    text texts document documents page pages paragraph paragraphs writing chart charts graph graphs
    plot plots diagram diagrams icon icons symbol symbols logo pictogram screenshot screenshots map
    maps blank empty drawing drawings cartoon illustration poster sign
    """.split(),
)
def test_a_caption_that_names_something_drawn_is_left_alone(word: str) -> None:
    """The model saw that it is no photograph, and may know better which drawing it is."""
    assert agreed(f"{word} here", Seen(Kind.MAP, *SURE)) == f"{word} here"
