"""Sets that `datasets` reads, from the hub or a local copy: parquet, arrow, saved folders.

Which captions a set has is told from its columns, as they were on the hub in 2024 and as
distilvit's own training reads them (github.com/mozilla/distilvit, `distilvit/_datasets`):

- nlphuji/flickr30k: image, caption (five), split, filename
- Mozilla/flickr30k-transformed-captions: image, alt_text, original_alt_text, split, filename
- Mozilla/docornot: image, is_document
- Mozilla/alt-text-validation: image, gpt_alt_text; before, inclusive_alt_text and need_training

No set's own program is run: `datasets` 4 and newer have none, and older ones are not asked to.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from altlens_training.readers.record import (
    DOCUMENT,
    SPLITS,
    Record,
    SetError,
    cleaned,
    split_by_name,
    split_named,
)

_CAPTIONS = ("alt_text", "captions", "caption", "sentences", "text")
_NAMES = ("filename", "file_name", "image_id", "img_id")
_CONVERTED = "refs/convert/parquet"
"""Where the hub keeps its own parquet files of a set that came as a program."""


def from_hub(name: str, *, offline: bool = False) -> list[Record]:
    """Read a set by its name, `owner/name` with `@` and a revision if wanted.

    Raises:
        SetError: It was not fetched before and the hub cannot be reached, or has no such set; or
            it has no column of pictures or of captions.
    """
    datasets = _datasets(offline=offline)
    wanted, _, revision = name.partition("@")
    try:
        try:
            found = datasets.load_dataset(wanted, revision=revision or None)
        except RuntimeError as error:  # "Dataset scripts are no longer supported"
            if "script" not in str(error) or revision:
                raise
            found = datasets.load_dataset(wanted, revision=_CONVERTED)
    except Exception as error:  # of three libraries, without a common root
        raise SetError(
            f"{name} is not on this machine and cannot be had from the hub; give the folder of a "
            f"local copy ({type(error).__name__}: {_first_line(error)})"
        ) from None
    return _records(found, name)


def from_folder(folder: Path, *, saved: bool = False) -> list[Record]:
    """Read a local copy of a set: the hub's folder, or with `saved` what `save_to_disk` wrote.

    Raises:
        SetError: It cannot be read, or has no column of pictures or of captions.
    """
    datasets = _datasets()
    return _local(
        folder, lambda: (datasets.load_from_disk if saved else datasets.load_dataset)(str(folder))
    )


def from_file(path: Path) -> list[Record]:
    """Read one parquet or arrow file.

    Raises:
        SetError: It cannot be read, or has no column of pictures or of captions.
    """
    datasets = _datasets()
    part = next((one for one in (*SPLITS, "val") if path.name.startswith(one)), "train")
    return _local(
        path, lambda: datasets.load_dataset(path.suffix[1:], data_files={part: str(path)})
    )


def _datasets(*, offline: bool = False) -> Any:
    """The library; `offline` holds for the whole process, since it is read when it is imported."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    if offline:
        os.environ["HF_HUB_OFFLINE"] = "1"
    import datasets

    if offline:
        datasets.config.HF_HUB_OFFLINE = True
        sys.modules["huggingface_hub.constants"].HF_HUB_OFFLINE = True  # type: ignore[attr-defined]

    datasets.disable_progress_bars()
    return datasets


def _local(source: Path, load: Callable[[], Any]) -> list[Record]:
    try:
        found = load()
    except Exception as error:  # of three libraries, without a common root
        raise SetError(f"{source}: {type(error).__name__}: {_first_line(error)}") from None
    return _records(found, str(source))


def _records(found: Any, source: str) -> list[Record]:
    parts = found if isinstance(found, Mapping) else {str(found.split or "train"): found}
    records: list[Record] = []
    for part, table in parts.items():
        records += _of_table(table, str(part), alone=len(parts) == 1, source=source)
    return records


def _of_table(table: Any, part: str, *, alone: bool, source: str) -> list[Record]:
    """The records of one of a set's tables.

    A column `split` counts for more than the table's name: nlphuji/flickr30k has all three parts
    in a table called `test`. A set of one table without that column is parted by names.
    """
    datasets = _datasets()
    columns = table.column_names
    if "image" not in columns:
        raise SetError(f"{source}: no column 'image' among {', '.join(columns)}")
    captions_of = _captions_in(columns, source)
    pictures = table.select_columns(["image"]).cast_column("image", datasets.Image(decode=False))
    rows: Iterable[Mapping[str, Any]] = table.remove_columns(["image"])
    named = next((one for one in _NAMES if one in columns), None)
    records = []
    for index, row in enumerate(rows):
        said = captions_of(row)
        if not said:
            continue
        name = str(row[named]) if named else f"{part}-{index}"
        if row.get("split"):
            split = split_named(str(row["split"]))
        else:
            split = split_by_name(name) if alone else split_named(part)
        records.append(Record(name, said, split, _loader(pictures, index, name)))
    return records


def _captions_in(columns: list[str], source: str) -> Callable[[Mapping[str, Any]], tuple[str, ...]]:
    """How a row's captions are found; a row with none is not for training."""
    if "is_document" in columns:
        return lambda row: (DOCUMENT,) if row["is_document"] else ()
    if "gpt_alt_text" in columns:
        return lambda row: cleaned(row["gpt_alt_text"])
    if "inclusive_alt_text" in columns:
        return lambda row: (
            cleaned(row["inclusive_alt_text"]) if row.get("need_training", True) else ()
        )
    column = next((one for one in _CAPTIONS if one in columns), None)
    if column is None:
        raise SetError(f"{source}: no column of captions among {', '.join(columns)}")
    return lambda row: cleaned(row[column])


def _loader(pictures: Any, index: int, name: str) -> Callable[[], bytes]:
    def load() -> bytes:
        held = pictures[index]["image"]
        if held and held["bytes"] is not None:
            return bytes(held["bytes"])
        if held and held["path"]:
            return Path(held["path"]).read_bytes()
        raise OSError(f"{name}: the set has no picture here")

    return load


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:200]
