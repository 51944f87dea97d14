"""The drawn pictures that judge: repeatable, and counted by what their captions say."""

import io

import pytest
from PIL import Image

from altlens_training import drawn_check


@pytest.mark.parametrize("kind", drawn_check.KINDS)
def test_judging_pictures_are_what_the_extension_would_send(kind: str) -> None:
    """Small JPEGs, one as the next of no other seed or number; so anybody gets the same figures."""
    sent = [drawn_check.draw(kind, index, seed=3) for index in range(24)]

    sizes = [Image.open(io.BytesIO(data)).size for data in sent]
    assert all(data.startswith(b"\xff\xd8") for data in sent)
    assert all(16 <= min(size) <= max(size) <= 512 for size in sizes)
    assert len(set(sent)) == 24
    assert len(set(sizes)) > 3
    assert drawn_check.draw(kind, 5, seed=3) == sent[5]
    assert drawn_check.draw(kind, 5, seed=4) != sent[5]


def test_blank_pictures_are_seldom_of_one_colour() -> None:
    """A fill is answered without the model; most of what is blank on the web is no fill."""
    flat = 0
    for index in range(100):
        with Image.open(io.BytesIO(drawn_check.draw("blank", index, seed=0))) as image:
            flat += all(high - low <= 4 for low, high in image.getextrema())

    assert 5 <= flat <= 25


@pytest.mark.parametrize(
    ("caption", "kinds"),
    [
        ("A page of text", {"page"}),
        ("Text document", {"page"}),
        ("A blank page", {"blank"}),
        ("An empty chart", {"blank"}),
        ("A plain blue background", {"blank"}),
        ("An icon on a plain background", {"icon"}),
        ("A bar chart", {"chart"}),
        ("An icon of a graph", {"icon", "chart"}),
        ("A person reads textbooks", set()),
        ("", set()),
        (None, {"blank"}),
    ],
)
def test_what_a_caption_names(caption: str | None, kinds: set[str]) -> None:
    """A whole word decides, and what is said to be empty is neither a page nor a chart."""
    assert drawn_check.named(caption) == kinds


def test_a_picture_is_right_only_as_its_own_kind() -> None:
    """Who names two kinds has not told them apart; who always says the same is right by luck."""
    kinds = ["page", "page", "blank", "icon", "icon"]
    captions = ["A page of text", "An icon of a page", None, "An icon", "A blank picture"]

    assert drawn_check.shares(kinds, captions) == {"page": 0.5, "blank": 1, "icon": 0.5}
