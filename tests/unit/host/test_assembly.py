"""Pictures that arrive in parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altlens_host.assembly import Assembly
from altlens_host.errors import BadPartError, BusyError
from altlens_host.messages import CaptionRequest, Part


def request(number: int, parts: int, size: int) -> CaptionRequest:
    return CaptionRequest(number, None, parts, size)


@given(st.lists(st.binary(max_size=10), min_size=1, max_size=10))
def test_parts_in_order_give_the_picture(pieces: list[bytes]) -> None:
    """However it was cut, empty parts included, the whole comes out with the last part."""
    whole = b"".join(pieces)
    asked = request(7, len(pieces), len(whole))
    assembly = Assembly(1000)
    assembly.begin(asked)

    results = [assembly.add(Part(7, index, piece)) for index, piece in enumerate(pieces)]

    assert results == [None] * (len(pieces) - 1) + [(asked, whole)]
    assert 7 not in assembly


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ([Part(8, 0, b"x")], "belongs to no picture"),
        ([Part(7, 1, b"x")], "Part 0 was expected, not 1"),
        ([Part(7, 0, b"x"), Part(7, 0, b"x")], "Part 1 was expected, not 0"),
        ([Part(7, 0, b"xxxxx")], "more than the 4 bytes"),
        ([Part(7, 0, b"xxx"), Part(7, 1, b"xx")], "more than the 4 bytes"),
        ([Part(7, 0, b"x"), Part(7, 1, b"x")], "hold 2 of the 4 bytes"),
    ],
)
def test_a_part_that_does_not_fit_is_refused(parts: list[Part], message: str) -> None:
    """Strange, out of order, too much or too little: error 206."""
    assembly = Assembly(1000)
    assembly.begin(request(7, 2, 4))
    *fitting, wrong = parts
    for part in fitting:
        assembly.add(part)

    with pytest.raises(BadPartError, match=message):
        assembly.add(wrong)


def test_announced_bytes_are_bounded_and_freed() -> None:
    """Announcing is what counts; a picture that is dropped makes room."""
    assembly = Assembly(10)
    assembly.begin(request(1, 1, 6))

    with pytest.raises(BusyError, match="6 bytes"):
        assembly.begin(request(2, 1, 5))
    assembly.begin(request(3, 1, 4))
    assembly.drop(1)
    assembly.drop(1)
    assembly.begin(request(2, 1, 5))

    assert 1 not in assembly
    assert 2 in assembly
