"""What one envelope holds: the identity of what was asked, and the answer.

The identity is sealed with the answer so that a key can be changed: the new look-up key is made
from it, which the old one does not allow. The plaintext is padded, so that the length of a
caption does not show.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from altlens_host.errors import EnvelopeError, FramingError, MessageError
from altlens_host.fields import Fields, decode_object
from altlens_host.messages import Answer, read_answer

IDENTITY_BYTES = 32
PADDING = 256
"""Plaintexts are a multiple of so many bytes long."""

LEAST = 2 * PADDING
"""No plaintext is shorter: most captions fit, with all that is said of them."""


def identity(picture: bytes, options: Sequence[str]) -> bytes:
    """Return the digest (SHA-256) of all that an answer depends on.

    Args:
        picture: The digest of the picture's bytes.
        options: Everything else: the model, its revision, the options, the version of the
            post-processing, always in the same order.
    """
    # As JSON, so that no two lists of strings are written the same.
    said = json.dumps([picture.hex(), *options], ensure_ascii=True)
    return hashlib.sha256(said.encode()).digest()


def write(who: bytes, answer: Answer) -> bytes:
    """Return the plaintext of an entry."""
    # What most answers do not have takes no room: they shall stay of one length.
    usual = Answer._field_defaults
    values = {
        name: value
        for name, value in answer._asdict().items()
        if name not in usual or value != usual[name]
    }
    said = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    body = said.encode(errors="replace")  # a worker that was taken over may send half characters
    length = IDENTITY_BYTES + len(body)
    return who + body + b" " * max(LEAST - length, -length % PADDING)


def read(plain: bytes) -> tuple[bytes, Answer]:
    """Return an entry's identity and answer.

    Raises:
        EnvelopeError: The plaintext is none of this version's.
    """
    try:
        given = Fields(decode_object(plain[IDENTITY_BYTES:]))
        answer = read_answer(given)
        given.done()
    except (FramingError, MessageError) as error:
        raise EnvelopeError(f"An entry is no answer: {error.name}.") from None
    return plain[:IDENTITY_BYTES], answer
