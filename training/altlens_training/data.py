"""Pictures with captions or labels, and captions alone, read from the data folder.

The folder holds `*.jsonl` files of lines `{"image", "captions"}` or `{"image", "label"}`, with
paths relative to the file, and `*-text.txt` files with one caption a line.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from altlens_host.wording.neutral import neutral


@dataclass(frozen=True)
class Picture:
    """One picture file with what is known about it: captions, or else a class name."""

    path: Path
    captions: tuple[str, ...] = ()
    label: str | None = None

    @property
    def id(self) -> str:
        """The file's name, which the split is made of."""
        return self.path.name


def load_pictures(jsonl: Path) -> list[Picture]:
    """The pictures of one jsonl file, in its order.

    Raises:
        ValueError: a line is not JSON, or has no image; the message says which line.
    """
    pictures = []
    for number, line in enumerate(jsonl.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            path = jsonl.parent / entry["image"]
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise ValueError(f"{jsonl}:{number}: not a picture entry: {error}") from error
        pictures.append(Picture(path, tuple(entry.get("captions", ())), entry.get("label")))
    return pictures


_ARTICLE = re.compile(r"\ban? (?=(?!(?:an?|at|in|is|of|on)\b)(\w+))")
_AN = re.compile(r"[aeio]|u(?!ni(?!n)|[rst][aeiu]|k)|hour|honest|heir|(?:suv|rv|mp3|hp)\b")
_A = re.compile(r"eu|ewe|on(?:e|ce)\b")


def _with_its_article(found: re.Match[str]) -> str:
    word = found[1]
    return "an " if _AN.match(word) and not _A.match(word) else "a "


def plain(caption: str) -> str:
    """Debiased, lower-case, only letters, digits, apostrophes and hyphens; "an" before vowels.

    A model that reads "a animal" often enough says it.
    """
    text = " ".join(re.sub(r"[^a-z0-9' -]", " ", neutral(caption).lower()).split())
    return _ARTICLE.sub(_with_its_article, text)


@cache
def committed_split() -> dict[str, frozenset[str]]:
    """The names of pictures that are never trained on.

    "test" and "validation" are the first 200 and the next 80 of Flickr8k, "labels" the first 100
    of ImageNet, each in the order of the SHA-256 of "0:" and the name: chosen by nobody.
    """
    text = resources.files("altlens_training").joinpath("split.json").read_text(encoding="utf-8")
    return {part: frozenset(ids) for part, ids in json.loads(text).items()}


@dataclass(frozen=True)
class Corpus:
    """What training may see, and what it is judged by.

    Training sees `train`, `text`, and `classes`, ImageNet's class names in their own order.
    `labels` are pictures with a label alone, kept for choices as `validation` is.
    """

    train: tuple[Picture, ...]
    classes: tuple[str, ...]
    labels: tuple[Picture, ...]
    validation: tuple[Picture, ...]
    test: tuple[Picture, ...]
    text: tuple[str, ...]


def load_corpus(folder: Path) -> Corpus:
    """Read all of a data folder and part it by the committed split.

    No sentence of a validation or test picture stays in the text.

    Raises:
        ValueError: the folder has no jsonl file, or a malformed one.
    """
    files = sorted(folder.glob("*.jsonl"))
    if not files:
        raise ValueError(f"{folder}: no jsonl file of pictures")
    pictures = [picture for file in files for picture in load_pictures(file)]
    split = committed_split()
    held_back = frozenset[str]().union(*split.values())
    known = {plain(c) for p in pictures if p.id in held_back for c in p.captions}
    text = [
        plain(line)
        for file in sorted(folder.glob("*-text.txt"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    return Corpus(
        train=tuple(p for p in pictures if p.id not in held_back),
        classes=tuple(p.label for p in pictures if p.label),
        labels=tuple(p for p in pictures if p.id in split["labels"]),
        validation=tuple(p for p in pictures if p.id in split["validation"]),
        test=tuple(p for p in pictures if p.id in split["test"]),
        text=tuple(line for line in text if line and line not in known),
    )
