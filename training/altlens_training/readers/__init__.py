"""Sets of captioned pictures in the forms that they come in, read as one kind of record."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from altlens_training.readers.record import SPLITS, Record, SetError

__all__ = ("SPLITS", "Record", "SetError", "read", "select")

_ON_THE_HUB = re.compile(r"[\w.-]+/[\w.-]+(@[\w./-]+)?")


def read(source: str, pictures: Path | None = None, *, offline: bool = False) -> list[Record]:
    """Read a set of pictures with captions.

    Args:
        source: A file or a folder: JSON lines of {"image", "captions"}; COCO's
            `captions_*.json`; Flickr's token file or table of captions; a picture with a text
            file of the same name beside it; parquet or arrow files, or what `datasets` saved.
            Or the name of a set on the hub, `owner/name`, with `@` and a revision if wanted.
        pictures: The folder of the pictures, where it is not the usual one for this form.
        offline: Take a set of the hub only from what was fetched before.

    Returns:
        The pictures that have captions, in the set's order.

    Raises:
        SetError: There is no such set, it cannot be read, or it has no captioned picture.
        ModuleNotFoundError: The set needs the package `datasets`.
    """
    path = Path(source).expanduser()
    if not source.strip():
        raise SetError("no set was named")
    if path.is_file():
        found = _file(path, pictures)
    elif path.is_dir():
        found = _folder(path, pictures)
    elif _ON_THE_HUB.fullmatch(source):
        from altlens_training.readers import tables

        found = tables.from_hub(source, offline=offline)
    else:
        raise SetError(f"{source}: no such file or folder, nor the name of a set on the hub")
    if not found:
        raise SetError(f"{source} has no picture with captions")
    return found


def _file(path: Path, pictures: Path | None) -> list[Record]:
    from altlens_training.readers import files

    kind = path.suffix.lower()
    if kind == ".jsonl":
        return files.json_lines([path])
    if kind == ".json":
        return files.coco(path, pictures)
    if kind in (".token", ".txt", ".csv"):
        return files.flickr(path, pictures)
    if kind in (".parquet", ".arrow"):
        from altlens_training.readers import tables

        return tables.from_file(path)
    raise SetError(f"{path}: a file of captions ends in .jsonl, .json, .token, .txt, .csv, "
                   ".parquet or .arrow")  # fmt: skip


def _folder(path: Path, pictures: Path | None) -> list[Record]:
    from altlens_training.readers import files

    lines = sorted(path.glob("*.jsonl"))
    if lines:
        return files.json_lines(lines)
    saved = any((path / name).is_file() for name in ("dataset_dict.json", "state.json"))
    if saved or any(next(path.rglob(f"*.{kind}"), None) for kind in ("parquet", "arrow")):
        from altlens_training.readers import tables

        return tables.from_folder(path, saved=saved)
    listed = next((one for name in files.LISTS for one in sorted(path.glob(name))), None)
    return _file(listed, pictures) if listed else files.sidecars(path)


def select(records: Sequence[Record], split: str | None = None) -> list[Record]:
    """The records of a split; without one, of the first of test and validation that there is.

    A set without either is taken whole.

    Raises:
        SetError: The split has no record.
    """
    there = Counter(record.split for record in records)
    wanted = split or next((one for one in ("test", "validation") if there[one]), "train")
    chosen = [record for record in records if record.split == wanted]
    if not chosen:
        has = ", ".join(f"{name} ({count})" for name, count in sorted(there.items()))
        raise SetError(f"no picture in the split {wanted!r}; there are: {has or 'none'}")
    return chosen
