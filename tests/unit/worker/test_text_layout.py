"""Lines that were read come in the order in which a person reads them."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altlens_host.worker.text.layout import Line, blocks, joined, paragraphs

HEIGHT = 20.0


def line(text: str, left: float, top: float, right: float, height: float = HEIGHT) -> Line:
    return Line(left, top, right, top + height, text)


def column(name: str, left: float, top: float, rows: int, wide: float = 400.0) -> list[Line]:
    """Lines of prose under each other."""
    return [line(f"{name}{row}", left, top + 28 * row, left + wide) for row in range(rows)]


def order(lines: list[Line]) -> list[str]:
    return [one.text for block in blocks(lines) for one in block]


@given(
    st.integers(1, 4),
    st.lists(st.integers(2, 12), min_size=1, max_size=4),
    st.floats(25, 200),
    st.booleans(),
    st.randoms(),
)
def test_columns_are_read_one_after_the_other(
    heads: int, lengths: list[int], gutter: float, level: bool, chance: random.Random
) -> None:
    """Under a heading that spans them, of any lengths, aligned or not, found in any order."""
    wide = len(lengths) * (400 + gutter)
    heading = [line(f"h{one}", 0, 28 * one, wide) for one in range(heads)]
    top = 28.0 * heads + 20
    columns = [
        column(f"{index}-", index * (400 + gutter), top + (0 if level else 3 * index), rows)
        for index, rows in enumerate(lengths)
    ]
    lines = [*heading, *(one for each in columns for one in each)]
    expected = [one.text for one in lines]
    chance.shuffle(lines)

    assert order(lines) == expected


@given(st.integers(2, 6), st.integers(2, 6), st.randoms())
def test_a_table_is_read_row_by_row(rows: int, across: int, chance: random.Random) -> None:
    """Its cells are short: no prose stands in a column of them."""
    cells = [
        line(f"{row}.{one}", 150 * one, 30 * row, 150 * one + 60)
        for row in range(rows)
        for one in range(across)
    ]
    expected = [one.text for one in cells]
    chance.shuffle(cells)

    assert order(cells) == expected


@given(
    st.lists(
        st.builds(
            Line,
            st.floats(0, 900),
            st.floats(0, 900),
            st.floats(901, 1800),
            st.floats(901, 1800),
            st.text("abc-", min_size=1, max_size=4),
        ),
        max_size=30,
    )
)
def test_no_line_is_lost_or_said_twice(lines: list[Line]) -> None:
    """However the boxes lie over each other."""
    said = [one for block in blocks(lines) for one in block]

    assert sorted(said) == sorted(lines)


@pytest.mark.parametrize(
    ("before", "after", "together"),
    [
        ("a hyphen-", "ated word", "a hyphenated word"),
        ("soft\N{SOFT HYPHEN}", "ly", "softly"),
        ("Jean-", "Paul", "Jean- Paul"),
        ("pages 3-", "5", "pages 3- 5"),
        ("a pause -", "and on", "a pause - and on"),
        ("one", "two", "one two"),
        ("汉字", "文字", "汉字文字"),
    ],
)
def test_broken_words_are_joined(before: str, after: str, together: str) -> None:
    """Only where a small letter goes on; languages without spaces get none."""
    assert joined(before, after) == together


def test_a_gap_and_another_size_begin_a_paragraph() -> None:
    """A heading does not run into what stands under it."""
    lines = [
        line("Large", 0, 0, 300, 40),
        line("first", 0, 45, 300),
        line("goes on", 0, 71, 300),
        line("second", 0, 130, 300),
    ]

    assert paragraphs(lines) == ["Large", "first goes on", "second"]


def test_words_of_one_row_are_read_from_left_to_right() -> None:
    """Though one of them lies a little higher."""
    assert order([line("right", 200, 1, 260), line("left", 0, 4, 60)]) == ["left", "right"]
