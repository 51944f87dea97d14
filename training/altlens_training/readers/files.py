"""Sets that are files and folders: JSON lines, COCO, Flickr8k and Flickr30k, and texts beside."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from altlens_training.data import committed_split, load_pictures
from altlens_training.readers.record import (
    Record,
    SetError,
    cleaned,
    split_by_name,
    split_named,
)

PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif")

LISTS = (
    "captions_*.json",
    "annotations/captions_*.json",
    "flickr_annotations_30k.csv",
    "*.token",
    "Flickr8k.token.txt",
    "captions.txt",
    "results.csv",
)
"""How the lists of captions are called within the sets as they are handed out."""

_BESIDE = ("", "flickr30k-images", "Flicker8k_Dataset", "Flickr8k_Dataset", "Images", "images")
"""How the folders of pictures beside them are called; "" is the list's own folder."""


def json_lines(paths: Iterable[Path]) -> list[Record]:
    """JSON lines of {"image", "captions"}, with pictures relative to the file.

    Raises:
        SetError: A line is malformed; the message names file and line.
    """
    try:
        pictures = [picture for path in paths for picture in load_pictures(path)]
    except (OSError, ValueError) as error:
        raise SetError(f"{error}") from None
    captioned = [(picture, cleaned(picture.captions)) for picture in pictures]
    split = committed_split()
    ours = any(p.id in split["test"] | split["validation"] for p in pictures)

    def part(name: str) -> str:
        if not ours:
            return split_by_name(name)
        return next((one for one in ("test", "validation") if name in split[one]), "train")

    return [
        Record(p.id, said, part(p.id), p.path.read_bytes, p.label) for p, said in captioned if said
    ]


def coco(path: Path, pictures: Path | None = None) -> list[Record]:
    """COCO's annotations of captions: `captions_train2017.json` and `captions_val2017.json`.

    The pictures are looked for in `train2017` or `val2017` beside the file or its folder. The
    validation part is COCO's own; its test part has no captions.

    Source of the form: https://cocodataset.org/#format-data (captions).

    Raises:
        SetError: The file is not of that form, or no picture is there.
    """
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        files = {one["id"]: str(one["file_name"]) for one in said["images"]}
        captions: dict[str, list[Any]] = {}
        for one in said["annotations"]:
            captions.setdefault(files[one["image_id"]], []).append(one["caption"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SetError(f"{path}: not COCO's annotations of captions: {error!r}") from None
    name = path.stem.removeprefix("captions_")
    part = "train" if name.startswith("train") else "validation"
    folders = [pictures] if pictures else [path.parent / name, path.parent.parent / name]
    return _records(path, captions, folders, dict.fromkeys(captions, part))


def flickr(path: Path, pictures: Path | None = None) -> list[Record]:
    """Captions of Flickr8k or Flickr30k: a token file, or one of the tables made of it.

    Token files have lines of `NAME.jpg#0`, a tab and the caption. Tables are `captions.txt` and
    `results.csv` as Kaggle hands them out, and `flickr_annotations_30k.csv` of
    nlphuji/flickr30k, which has a split (Karpathy's).

    Raises:
        SetError: A line is of none of these forms, or no picture is there.
    """
    captions: dict[str, list[Any]] = {}
    splits: dict[str, str] = {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        for name, some, part in _flickr_rows(path, lines):
            captions.setdefault(name, []).extend(some)
            splits[name] = split_named(part) if part else split_by_name(name)
    except (OSError, ValueError, csv.Error) as error:
        raise error if isinstance(error, SetError) else SetError(f"{path}: {error}") from None
    folders = [pictures] if pictures else [path.parent / name for name in _BESIDE]
    return _records(path, captions, folders, splits)


def _flickr_rows(path: Path, lines: list[str]) -> Iterator[tuple[str, list[str], str]]:
    """Name of the picture, captions, and split ("" where the form has none)."""
    head = lines[0] if lines else ""
    columns = [one.strip() for one in next(csv.reader([head]), [])]
    if {"raw", "filename"} <= set(columns):
        for row in csv.DictReader(lines):
            yield row["filename"], json.loads(row["raw"]), row.get("split") or ""
        return
    bars = head.startswith("image_name|")
    table = bars or columns[:2] == ["image", "caption"]
    for number, line in enumerate(lines[1:] if table else lines, 2 if table else 1):
        if not line.strip():
            continue
        if bars:
            name, _, text = [*line.split("|", 2), "", ""][:3]
        else:
            name, _, text = line.partition("," if table else "\t")
        name = name.partition("#")[0].strip()
        if not name or not text.strip():
            raise SetError(f"{path}:{number}: neither a picture's name nor its caption: {line:.60}")
        yield name, [text.strip().strip('"').strip()], ""


def sidecars(folder: Path) -> list[Record]:
    """Pictures with a text file of the same name beside them, one caption a line.

    Where the folder has folders called after splits, those are the splits.

    Raises:
        SetError: There is no such pair, or a text cannot be read.
    """
    found = []
    for path in sorted(folder.rglob("*")):
        text = path.with_suffix(".txt")
        if path.suffix.lower() not in PICTURES or not text.is_file():
            continue
        try:
            said = cleaned(text.read_text(encoding="utf-8").splitlines())
        except (OSError, ValueError) as error:
            raise SetError(f"{text}: {error}") from None
        name = path.relative_to(folder).as_posix()
        try:
            part = split_named(path.relative_to(folder).parts[0])
        except SetError:
            part = split_by_name(name)
        if said:
            found.append(Record(name, said, part, path.read_bytes))
    if not found:
        raise SetError(f"{folder}: no list of captions, and no picture with a text beside it")
    return found


def _records(
    source: Path,
    captions: Mapping[str, list[Any]],
    folders: Iterable[Path],
    splits: Mapping[str, str],
) -> list[Record]:
    """Join captions with the pictures that are there; those that are not are left out.

    Raises:
        SetError: None is there.
    """
    wanted = list(folders)
    home = next((one for one in wanted if any((one / name).is_file() for name in captions)), None)
    if captions and home is None:
        looked = ", ".join(map(str, wanted))
        raise SetError(f"{source}: none of its {len(captions)} pictures is in {looked}")
    return [
        Record(name, said, splits[name], (home / name).read_bytes)
        for name, some in captions.items()
        if home and (said := cleaned(some)) and (home / name).is_file()
    ]
