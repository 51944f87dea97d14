"""What every reader gives: a picture, what people said of it, and its part of the set."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

SPLITS = ("train", "validation", "test")

DOCUMENT = "Text document."
"""What distilvit was taught to say of a picture of text (Mozilla/docornot)."""

_NAMES: Mapping[str, str] = {"val": "validation", "valid": "validation", "dev": "validation",
                             "restval": "train"}  # fmt: skip


class SetError(ValueError):
    """A set of pictures is not there, or cannot be read; the message says what and where."""


@dataclass(frozen=True)
class Record:
    """A picture with captions.

    Attributes:
        name: The picture's name within its set, the same in every version of the set.
        references: What people said of it, as they wrote it; never empty.
        split: One of SPLITS.
        load: Reads the bytes of the picture's file; raises OSError where it cannot.
        label: The class that the set puts it in, where it does.
    """

    name: str
    references: tuple[str, ...]
    split: str
    load: Callable[[], bytes]
    label: str | None = None


def split_named(said: str) -> str:
    """A split by one of the names that sets have for it.

    "restval", which Karpathy's split of COCO calls what is left of the validation part, is
    trained on, as everywhere.

    Raises:
        SetError: It is no split's name.
    """
    name = said.strip().lower()
    name = _NAMES.get(name, name)
    if name not in SPLITS:
        raise SetError(f"{said!r} is no split; expected one of {', '.join(SPLITS)}")
    return name


def split_by_name(name: str) -> str:
    """A split for a picture of a set that has none: of ten, eight for training.

    It depends on the name alone, so that a picture stays where it is when others come, and is in
    the same part of two sets that share it.
    """
    place = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4]) % 10
    return ("test", "validation")[place] if place < 2 else "train"


def cleaned(captions: object) -> tuple[str, ...]:
    """The captions in a field: one text, or a list of texts or of {"raw"}; blank ones left out.

    Raises:
        SetError: The field holds something else.
    """
    some = captions if isinstance(captions, list | tuple) else [captions]
    texts = [one.get("raw") if isinstance(one, Mapping) else one for one in some if one is not None]
    said = [" ".join(text.split()) for text in texts if isinstance(text, str)]
    if len(said) != len(texts):
        raise SetError(f"captions are texts, not {captions!r:.80}")
    return tuple(filter(None, said))
