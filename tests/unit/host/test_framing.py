"""Frames: bytes in, events out, however the stream is cut."""

import contextlib
import itertools
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altlens_host.errors import FrameTooLargeError, FrameTruncatedError
from altlens_host.framing import Frame, FrameDecoder, Oversized, encode

LIMIT = 64
bodies = st.lists(st.binary(max_size=LIMIT + 8), max_size=8)


def feed_in_cuts(decoder: FrameDecoder, stream: bytes, cuts: list[int]) -> list[Frame | Oversized]:
    edges = sorted({0, len(stream), *(cut % (len(stream) + 1) for cut in cuts)})
    pieces = [stream[a:b] for a, b in itertools.pairwise(edges)]
    return [event for piece in pieces for event in decoder.feed(piece)]


@given(bodies, st.lists(st.integers(0, 10_000), max_size=12))
def test_every_frame_comes_out_once_however_the_stream_is_cut(
    sent: list[bytes], cuts: list[int]
) -> None:
    """Whole, byte by byte or anything between: the same frames, the large ones refused."""
    stream = b"".join(struct.pack("=I", len(body)) + body for body in sent)
    decoder = FrameDecoder(LIMIT)

    events = feed_in_cuts(decoder, stream, cuts)

    decoder.end()
    assert len(events) == len(sent)
    for event, body in zip(events, sent, strict=True):
        if len(body) > LIMIT:
            assert isinstance(event, Oversized)
            assert str(len(body)) in event.error.detail
            assert str(LIMIT) in event.error.detail
        else:
            assert event == Frame(body)


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=20))
def test_only_the_error_tree_escapes_from_arbitrary_bytes(pieces: list[bytes]) -> None:
    """Arbitrary bytes give frames and refusals; only the end may raise, and only one error."""
    decoder = FrameDecoder(LIMIT)

    for piece in pieces:
        for event in decoder.feed(piece):
            assert isinstance(event, Frame | Oversized)

    with contextlib.suppress(FrameTruncatedError):
        decoder.end()


def test_a_frame_of_exactly_the_limit_is_taken() -> None:
    """The limit itself is allowed, on both sides."""
    body = b"x" * LIMIT

    events = list(FrameDecoder(LIMIT).feed(encode(body, LIMIT)))

    assert events == [Frame(body)]


def test_a_frame_over_the_limit_is_announced_before_its_body_arrives() -> None:
    """500 MB are refused upon the header alone; nothing of them is kept."""
    decoder = FrameDecoder(LIMIT)

    events = list(decoder.feed(struct.pack("=I", 500_000_000)))

    assert isinstance(events[0], Oversized)
    assert events[0].error.code == 101
    assert events[0].error.detail == "A frame of 500000000 bytes; the limit is 64."
    assert list(decoder.feed(b"x" * 1000)) == []
    assert len(decoder._buffer) == 0


def test_the_frame_after_a_refused_one_is_read() -> None:
    """The body of a refused frame is skipped, so that the stream stays usable."""
    decoder = FrameDecoder(LIMIT)
    stream = struct.pack("=I", LIMIT + 1) + b"y" * (LIMIT + 1) + encode(b"next", LIMIT)

    events = list(decoder.feed(stream))

    assert [type(event) for event in events] == [Oversized, Frame]
    assert events[1] == Frame(b"next")


def test_an_empty_frame_is_a_frame() -> None:
    """A length of zero is whole at once."""
    assert list(FrameDecoder(LIMIT).feed(struct.pack("=I", 0))) == [Frame(b"")]


@pytest.mark.parametrize(
    "rest", [b"\x05", struct.pack("=I", 5), struct.pack("=I", 5) + b"four", struct.pack("=I", 99)]
)
def test_an_end_inside_a_frame_is_an_error(rest: bytes) -> None:
    """Header cut, body missing, body cut, refused body cut: each is a truncated frame."""
    decoder = FrameDecoder(LIMIT)
    list(decoder.feed(rest))

    with pytest.raises(FrameTruncatedError, match="inside a frame"):
        decoder.end()


def test_an_end_between_frames_is_no_error() -> None:
    """After a whole frame, and before any, the stream may end."""
    decoder = FrameDecoder(LIMIT)
    decoder.end()

    list(decoder.feed(encode(b"{}", LIMIT)))

    decoder.end()


def test_encode_refuses_what_the_receiver_would_refuse() -> None:
    """A body over the limit is not sent at all, and the error says both numbers."""
    with pytest.raises(FrameTooLargeError, match="65 bytes; the limit is 64"):
        encode(b"x" * (LIMIT + 1), LIMIT)


def test_the_length_is_in_native_order() -> None:
    """The header is what Firefox writes: 32 bits, unsigned, native byte order."""
    assert encode(b"abc", LIMIT) == struct.pack("@I", 3) + b"abc"
