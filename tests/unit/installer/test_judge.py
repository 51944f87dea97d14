"""The judge of the demonstration: it must be able to say no."""

import pytest
from PIL import Image

from altlens_installer.demo import judge, site

PICTURES = judge.load()
RIGHT = {one.id: f"A {one.nouns[0]} on a sofa" for one in PICTURES}
PAIR = (PICTURES[0].id, PICTURES[1].id)
SWAPPED = RIGHT | {PAIR[0]: RIGHT[PAIR[1]], PAIR[1]: RIGHT[PAIR[0]]}
FEWEST = -(-2 * len(PICTURES) // 3)


def test_captions_that_make_sense_pass() -> None:
    """Each names its picture, and they follow an exchange."""
    assert judge.faults(PICTURES, RIGHT, PAIR, SWAPPED) == []


def test_two_thirds_must_hit_and_no_fewer() -> None:
    """At the limit it passes, one below it fails."""
    ids = [one.id for one in PICTURES]

    def with_right(count: int) -> list[str]:
        heard = {id: RIGHT[id] if ids.index(id) < count else f"Xyz {id}x" for id in ids}
        swapped = heard | {PAIR[0]: heard[PAIR[1]], PAIR[1]: heard[PAIR[0]]}
        return judge.faults(PICTURES, heard, PAIR, swapped)

    assert with_right(FEWEST) == []
    (fault,) = with_right(FEWEST - 1)
    assert f"only {FEWEST - 1} of {len(PICTURES)}" in fault


def test_one_sentence_for_all_pictures_fails() -> None:
    """Even one that has every noun in it."""
    every = " ".join(noun for one in PICTURES for noun in one.nouns)
    heard = {one.id: every for one in PICTURES}

    faults = judge.faults(PICTURES, heard, judge.pair(PICTURES, heard), {})

    assert any("only 1 captions differ" in fault for fault in faults)
    assert any("no two captions differ" in fault for fault in faults)


def test_three_different_captions_are_too_few() -> None:
    """Four must differ."""
    words = ["{0} a", "{0} b", "{0} c"]
    every = " ".join(noun for one in PICTURES for noun in one.nouns)
    heard = {one.id: words[i % 3].format(every) for i, one in enumerate(PICTURES)}
    swapped = heard | {PAIR[0]: heard[PAIR[1]], PAIR[1]: heard[PAIR[0]]}

    (fault,) = judge.faults(PICTURES, heard, PAIR, swapped)

    assert "only 3 captions differ" in fault


@pytest.mark.parametrize("then", [RIGHT, {}, SWAPPED | {PAIR[0]: RIGHT[PAIR[0]]}])
def test_captions_that_stay_with_the_place_fail(then: judge.Heard) -> None:
    """A caption must belong to the picture, not to the element that shows it."""
    (fault,) = judge.faults(PICTURES, RIGHT, PAIR, then)

    assert "did not exchange" in fault


def test_a_silent_picture_fails() -> None:
    """Whatever the others say."""
    silent = PICTURES[-1].id
    heard = {id: text for id, text in RIGHT.items() if id != silent}

    (fault,) = judge.faults(PICTURES, heard, PAIR, SWAPPED)

    assert silent in fault


@pytest.mark.parametrize(
    ("caption", "hit"),
    [
        ("A cat on a mat", True),
        ("Two CATS.", True),
        ("A cattle truck", False),
        ("A concatenation", False),
        ("A dog", False),
        ("", False),
    ],
)
def test_a_hit_is_a_whole_word(caption: str, hit: bool) -> None:
    """In either number and any case."""
    assert judge.hits(caption, ("cat",)) is hit


def test_the_pictures_that_are_exchanged_have_different_captions() -> None:
    """Otherwise an exchange would show nothing."""
    heard = {one.id: "the same" for one in PICTURES} | {PICTURES[3].id: "another"}

    assert judge.pair(PICTURES, heard) == (PICTURES[0].id, PICTURES[3].id)


def test_each_picture_is_small_and_carries_its_source() -> None:
    """At least eight photographs, all free, each in SOURCES.md."""
    sources = (judge.PICTURES / "SOURCES.md").read_text(encoding="utf-8")
    files = {path.name for path in judge.PICTURES.glob("*.jpg")}

    assert len(PICTURES) >= 8
    assert files == {one.file for one in PICTURES}
    for one in PICTURES:
        assert one.licence in ("public domain", "CC0-1.0")
        assert f"| {one.file} |" in sources
        assert one.path.stat().st_size <= 100_000
        with Image.open(one.path) as picture:
            assert picture.format == "JPEG"
            assert max(picture.size) <= 640


def test_the_page_has_no_alt_and_exchanges_two_sources() -> None:
    """The element keeps its id; what it shows changes."""
    plain, swapped = site.page(PICTURES), site.page(PICTURES, PAIR)

    assert "alt=" not in plain
    assert f'id="{PAIR[0]}" src="/pictures/{PICTURES[0].file}"' in plain
    assert f'id="{PAIR[0]}" src="/pictures/{PICTURES[1].file}"' in swapped
    assert f'id="{PAIR[1]}" src="/pictures/{PICTURES[0].file}"' in swapped


def test_nothing_but_the_demonstration_is_served() -> None:
    """Not even with a path that climbs."""
    import urllib.error
    import urllib.request

    with site.serve(PICTURES) as address:
        with urllib.request.urlopen(f"{address}/pictures/{PICTURES[0].file}") as answer:
            assert answer.read() == PICTURES[0].path.read_bytes()
        for path in ("/pictures/../judge.py", "/pictures/SOURCES.md", "/etc/passwd"):
            with pytest.raises(urllib.error.HTTPError):
                urllib.request.urlopen(f"{address}{path}")
