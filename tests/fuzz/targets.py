"""What is fuzzed: each target takes any bytes, and lets nothing escape but the error tree.

A target also checks what must hold of what was accepted, since a reader that swallows nonsense
is as wrong as one that crashes.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable

from altlens_host.cache import entries
from altlens_host.cache.sealing import LOOK_UP_BYTES, Sealer
from altlens_host.errors import EnvelopeError, FramingError, ImageError, MessageError
from altlens_host.fields import MAX_ID, decode_object
from altlens_host.framing import Frame, FrameDecoder, Oversized
from altlens_host.messages import parse
from altlens_host.settings import MAX_IMAGE_PIXELS
from altlens_host.worker.images import decode
from altlens_host.worker_messages import read_task, read_worker

FRAME_LIMIT = 4096
SIDE = 64

Target = Callable[[bytes], None]


def framing(data: bytes) -> None:
    """A stream gives the same frames however it is cut, and none above the limit."""
    whole, cut = FrameDecoder(FRAME_LIMIT), FrameDecoder(FRAME_LIMIT)
    step = 1 + data[0] % 7 if data else 1
    at_once = list(whole.feed(data)) if data else []
    by_parts = [e for at in range(0, len(data), step) for e in cut.feed(data[at : at + step])]
    assert [_seen(event) for event in at_once] == [_seen(event) for event in by_parts]
    assert all(len(e.body) <= FRAME_LIMIT for e in at_once if isinstance(e, Frame))
    endings = []
    for decoder in (whole, cut):
        try:
            decoder.end()
            endings.append(True)
        except FramingError:
            endings.append(False)
    assert endings[0] == endings[1]


def _seen(event: Frame | Oversized) -> bytes | str:
    return event.body if isinstance(event, Frame) else event.error.detail


def messages(data: bytes) -> None:
    """What the extension says is a request with a lawful id, or an error of the tree."""
    try:
        request = parse(decode_object(data))
    except (FramingError, MessageError):
        return
    assert 0 <= request.id <= MAX_ID


def worker_messages(data: bytes) -> None:
    """A hijacked worker and a hijacked host can tell each other nothing but messages."""
    for reader in (read_task, read_worker):
        with contextlib.suppress(FramingError, MessageError):
            reader(decode_object(data))


def images(data: bytes) -> None:
    """A picture is RGB and within the limits, or an error says what is wrong with it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's opinion of the data goes nowhere
        try:
            image = decode(data, SIDE)
        except ImageError:
            return
    assert image.mode == "RGB"
    assert 0 < image.width * image.height <= MAX_IMAGE_PIXELS


def envelope(data: bytes) -> None:
    """A row that somebody wrote into the cache opens only if it was sealed; its text is checked."""
    row, sealed = data[:LOOK_UP_BYTES].ljust(LOOK_UP_BYTES), data[LOOK_UP_BYTES:]
    try:
        _SEALER.open(row, sealed)
    except EnvelopeError:
        pass
    else:
        raise AssertionError("an envelope opened that nobody sealed")
    assert _SEALER.open(row, _SEALER.seal(row, data)) == data
    with contextlib.suppress(EnvelopeError):
        entries.read(data)


_SEALER = Sealer(bytes(32))

EVERY: dict[str, Target] = {
    "framing": framing,
    "messages": messages,
    "worker_messages": worker_messages,
    "images": images,
    "envelope": envelope,
}
