"""The card of an installed model, which is its lock file: what was seen when it was installed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from altlens_host.models import store
from altlens_host.models.catalogue import CARD
from altlens_installer.models.source import refused, sha256


def write(
    folder: Path,
    *,
    name: str,
    revision: str,
    licence: str,
    variant: str,
    source: Mapping[str, str],
    files: Mapping[str, str],
) -> None:
    """Write the card of a model whose files lie in a folder.

    Args:
        folder: It.
        name: The model's id.
        revision: Which revision, as the host and its cache call it.
        licence: Its licence.
        variant: What its graphs are prepared as.
        source: Where it came from.
        files: The SHA-256 of each file.

    Raises:
        DiskFullError: There is no more room.
        NotWritableError: The system refuses.
    """
    said = {
        "id": name,
        "revision": revision,
        "licence": licence,
        "variant": variant,
        "source": dict(source),
        "files": {
            one: {"sha256": digest, "size": (folder / one).stat().st_size}
            for one, digest in sorted(files.items())
        },
    }
    _write(folder / CARD, said)


def note(folder: Path, **more: str) -> None:
    """Write more into the card of a model.

    Raises:
        DiskFullError: There is no more room.
        NotWritableError: The system refuses.
    """
    _write(folder / CARD, read(folder) | more)


def drop(folder: Path, names: Iterable[str]) -> None:
    """Take files out of a model, and out of its card.

    Raises:
        DiskFullError: There is no more room.
        NotWritableError: The system refuses.
    """
    gone = set(names)
    kept = {name: one for name, one in read(folder).get("files", {}).items() if name not in gone}
    _write(folder / CARD, read(folder) | {"files": kept})
    for name in gone:
        (folder / name).unlink(missing_ok=True)


def text(said: Mapping[str, Any]) -> bytes:
    """Return a card as the bytes of its file."""
    return f"{json.dumps(said, indent=2)}\n".encode()


def _write(card: Path, said: Mapping[str, Any]) -> None:
    try:
        with card.open("wb") as file:
            file.write(text(said))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise refused(card, error) from None


def read(folder: Path) -> dict[str, Any]:
    """Return what the card of a model says; nothing where there is none that can be read."""
    with suppress(OSError, ValueError):
        said = json.loads((folder / CARD).read_text(encoding="utf-8"))
        if isinstance(said, dict):
            return said
    return {}


def trusted(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file of a model as it was first seen, by its path."""
    files = read(folder).get("files")
    if not isinstance(files, dict):
        return {}
    return {name: str(one.get("sha256")) for name, one in files.items() if isinstance(one, dict)}


def seen(home: Path, repo: str, asked: str) -> str:
    """Return the commit that a name for a revision led to when a model was installed by it.

    Args:
        home: The folder of the model's revisions.
        repo: The repository.
        asked: The name, such as a tag.

    Returns:
        The commit; empty if nothing was installed by that name.
    """
    for folder in reversed(store.revisions(home)):
        source = read(folder).get("source")
        if isinstance(source, dict) and (source.get("repo"), source.get("asked")) == (repo, asked):
            return str(source.get("commit", ""))
    return ""


def faults(folder: Path) -> list[str]:
    """Compare a model's files with what its card declares.

    Returns:
        A sentence for each file that is missing, another, or not declared though it would be
        used; empty if all is well, or if there is no card to compare with.
    """
    declared = trusted(folder)
    if not declared:
        return []
    found = []
    for name, digest in declared.items():
        path = folder / name
        if not path.is_file():
            found.append(f"{name} is missing.")
            continue
        now = sha256(path)
        if now != digest:
            found.append(f"{name} has SHA-256 {now}, not {digest}.")
    found += [f"{name} is not declared in {CARD}." for name in _graphs(folder) - declared.keys()]
    return found + _prepared_faults(folder)


def _graphs(folder: Path) -> set[str]:
    return {one.relative_to(folder).as_posix() for one in (folder / "onnx").glob("*")}


def _prepared_faults(folder: Path) -> list[str]:
    """Compare the prepared graphs with what was written down when they were made."""
    card = folder / "prepared" / "prepared.json"
    if not card.is_file():
        return []
    try:
        files = json.loads(card.read_text(encoding="utf-8"))["files"]
        told = {
            name: one["sha256"] if isinstance(one, dict) else one for name, one in files.items()
        }
        return [
            f"prepared/{name} is missing, or not as it was made."
            for name, digest in told.items()
            if not (card.parent / name).is_file() or sha256(card.parent / name) != digest
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ["prepared/prepared.json is damaged."]
