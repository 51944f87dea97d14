"""The file of answers: one JSON object a line, added to, so that a killed run is gone on with."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from altlens_host.errors import AltlensError
from altlens_host.messages import ErrorReply, Result
from altlens_installer.errors import NotWritableError
from altlens_installer.files import sync_folder

_BEGUN = b'{"path": '
"""How each line begins, also one that was not written to its end."""

_SHOWN = ("described", "text")
"""The kinds of answers whose text is alt text."""


def row(
    path: Path, state: os.stat_result | None, reply: Result | ErrorReply, fingerprint: str
) -> dict[str, Any]:
    """Return what is written of a picture.

    Args:
        path: Within the folder.
        state: Of the file that was looked at; None where it could not be.
        reply: The host's answer.
        fingerprint: Of the host, as `state` in the protocol has it.
    """
    said: dict[str, Any] = {"path": path.as_posix()}
    if state is not None:
        said |= {"size": state.st_size, "mtime_ns": state.st_mtime_ns}
    if isinstance(reply, ErrorReply):
        return said | {"code": reply.code, "error": reply.message, "hint": reply.hint}
    said |= {"kind": reply.kind, "alt": alt_of(reply), "text": reply.text}
    return said | {
        "mean_logprob": reply.mean_logprob,
        "confidence": reply.confidence,
        "level": reply.level,
        "language": reply.language,
        "model": reply.model,
        "revision": reply.revision,
        "fingerprint": fingerprint,
    }


def alt_of(reply: Result) -> str | None:
    """Return alt text: empty for what says nothing, None where altlens is not sure."""
    if reply.kind in _SHOWN and reply.level != "unsure":
        return reply.text
    return "" if reply.kind == "decorative" else None


class Lines:
    """The file, open to be added to; a context manager."""

    def __init__(self, path: Path) -> None:
        """Read what is there, and take away a last line that was not written to its end.

        Raises:
            NotWritableError: It cannot be read or written, or is no such file.
        """
        self._path = path
        self._known: dict[str, dict[str, Any]] = {}
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
            self._file = os.fdopen(descriptor, "r+b")
        except OSError as error:
            raise NotWritableError(f"{path}: {error.strerror}.") from None
        try:
            whole = self._read()
            self._file.truncate(whole)
            self._file.seek(whole)
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Lines:
        """Use it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Have the disk keep what was written."""
        with self._file, suppress(OSError):
            self._file.flush()
            os.fsync(self._file.fileno())
        sync_folder(self._path.parent)

    def known(self, path: Path, state: os.stat_result) -> dict[str, Any] | None:
        """Return the answer for a picture; None if there is none for its file as it is now."""
        known = self._known.get(path.as_posix(), {})
        told = (state.st_size, state.st_mtime_ns)
        return known if (known.get("size"), known.get("mtime_ns")) == told else None

    def add(self, said: dict[str, Any]) -> None:
        """Write a line.

        Raises:
            NotWritableError: The system refuses.
        """
        try:
            self._file.write(json.dumps(said, ensure_ascii=True).encode() + b"\n")
            self._file.flush()  # a killed run has written all lines to the last
        except OSError as error:
            raise NotWritableError(f"{self._path}: {error.strerror}.") from None

    def _read(self) -> int:
        """Return how many bytes are whole lines."""
        whole = 0
        for line in self._file:
            if not line.endswith(b"\n"):
                if not line.startswith(_BEGUN[: len(line)]):
                    raise self._stranger()
                break
            try:
                said = json.loads(line)
                path = said["path"]
            except (ValueError, KeyError, TypeError, RecursionError):
                raise self._stranger() from None
            # A later line counts; one that failed is asked again.
            self._known.pop(path, None)
            if "code" not in said:
                self._known[path] = said
            whole += len(line)
        return whole

    def _stranger(self) -> NotWritableError:
        return NotWritableError(
            f"{self._path} is there, and is no file of answers; it is left as it is."
        )


def failed(error: AltlensError) -> ErrorReply:
    """Return the answer to a picture that could not be asked about."""
    return ErrorReply(None, error.code, error.name, error.detail, error.hint)
