"""Models on the Hugging Face hub, or on a server that speaks its API (HF_ENDPOINT).

huggingface_hub does the talking. Its own way of downloading keeps nothing of a file that was
interrupted, so the transfer is driven from here, by its function for that
(docs/decisions/0075). No token and no telemetry is sent, whatever is configured.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, TypeVar

from altlens_host import __version__
from altlens_installer.errors import HubRefusedError, HubUnreachableError, ModelOfflineError
from altlens_installer.models.source import File, is_full, refused
from altlens_installer.terminal import plain

T = TypeVar("T")

COMMIT = re.compile(r"[0-9a-f]{40}")

_QUIET = {
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_DISABLE_XET": "1",
    "HF_HUB_VERBOSITY": "critical",
    # Before version 1, the library's HTTP client sends what stands in ~/.netrc.
    "NETRC": os.devnull,
}
"""What keeps the library quiet; it reads this when it is imported."""

_BLOCK = 1 << 14
"""How many bytes reach the disk at a time. The library's own 10 MB are lost with each connection
that breaks before they are full: over a bad line, nothing would ever arrive."""

_TIMEOUT = 30.0
_WAITS = (1.0, 2.0, 4.0, 8.0)
_TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504})
_NONSENSE = (ValueError, TypeError, KeyError, AttributeError)
"""What the library raises on an answer that is not the API's, as a hotel's login page is."""


def library() -> Any:
    """Return huggingface_hub, told to be quiet."""
    os.environ.update(_QUIET)
    import huggingface_hub
    import huggingface_hub.constants
    import huggingface_hub.utils

    huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE = _BLOCK
    return huggingface_hub


@dataclass(frozen=True, slots=True)
class Hub:
    """A server that speaks the hub's API.

    Attributes:
        endpoint: Its address; None for that in HF_ENDPOINT, or the hub itself.
        told: Is called with a sentence for the user, when something is tried again.
        waits: Seconds to wait before each further try.
    """

    endpoint: str | None = None
    told: Callable[[str], None] = lambda _text: None
    waits: tuple[float, ...] = _WAITS

    @property
    def address(self) -> str:
        """Where it is."""
        return self.endpoint or str(library().constants.ENDPOINT)

    def snapshot(self, repo: str, revision: str | None) -> Snapshot:
        """Find out which commit a revision is, and which files it has.

        Args:
            repo: `owner/name`.
            revision: A commit, a tag or a branch; None for the newest commit.

        Raises:
            ModelOfflineError: The environment forbids to use the network.
            HubUnreachableError: No answer came.
            HubRefusedError: There is no such thing, or it is not for everybody.
        """
        api = library().HfApi(
            endpoint=self.address, token=False, library_name="altlens", library_version=__version__
        )
        what = f"{repo}, {revision or 'the newest revision'}"
        info = self._patiently(
            what,
            lambda: api.model_info(
                repo, revision=revision, files_metadata=True, timeout=_TIMEOUT, token=False
            ),
        )
        commit = str(info.sha or "")
        if not COMMIT.fullmatch(commit):
            raise HubRefusedError(f"{self.address} does not say which commit {plain(what)} is.")
        if COMMIT.fullmatch(revision or "") and commit != revision:
            raise HubRefusedError(f"{self.address} gives {commit} for {plain(what)}.")
        files = {one.rfilename: _file(one) for one in info.siblings or []}
        licence = str(getattr(info.card_data, "license", None) or "unknown")
        return Snapshot(self, repo, revision or "", commit, plain(licence)[:64], files)

    def fetch(self, snapshot: Snapshot, name: str, part: Path, told: Callable[[int], None]) -> None:
        """Download a file; go on where an earlier download of it stopped.

        Args:
            snapshot: What it belongs to.
            name: One of its files.
            part: Where to.
            told: Called with the number of bytes that are there, after each block.

        Raises:
            HubUnreachableError: The connection broke off too often.
            HubRefusedError: The server does not give it.
            DiskFullError: There is no more room.
            NotWritableError: The system refuses to write.
        """
        hub = library()
        from huggingface_hub.file_download import http_get

        url = hub.hf_hub_url(snapshot.repo, name, revision=snapshot.commit, endpoint=self.address)
        headers = hub.utils.build_hf_headers(
            token=False, library_name="altlens", library_version=__version__
        )
        size = snapshot.files[name].size
        try:
            if part.exists() and part.stat().st_size > size:
                part.unlink()

            def attempt() -> None:
                with part.open("ab") as file:
                    http_get(
                        url,
                        _Counted(file, told),  # type: ignore[arg-type]  # the methods it uses
                        resume_size=file.tell(),
                        # Packed on the way, a part of it could not be asked for.
                        headers={**headers, "Accept-Encoding": "identity"},
                        expected_size=size,
                        displayed_filename=name,
                    )
                    file.flush()
                    os.fsync(file.fileno())

            self._patiently(name, attempt, part)
        except OSError as error:
            raise refused(part, error) from None

    def _patiently(self, what: str, attempt: Callable[[], T], part: Path | None = None) -> T:
        """Do something over the network, and again when that may help."""
        waits = list(self.waits)
        while True:
            before = _size(part)
            try:
                return attempt()
            except Exception as error:
                if type(error).__name__ == "OfflineModeIsEnabled":
                    raise ModelOfflineError("HF_HUB_OFFLINE forbids to use the network.") from None
                if isinstance(error, OSError) and (is_full(error) or error.filename):
                    raise  # of the disk
                status = _status(error)
                if status is not None and status not in _TRANSIENT:
                    raise HubRefusedError(_refusal(self.address, what, status)) from None
                if status is None and isinstance(error, _NONSENSE):
                    detail = f"{self.address} sends something else than the hub would."
                    raise HubRefusedError(detail) from None
                if _size(part) > before:
                    waits = list(self.waits)  # as long as something comes, it is worth while
                if not waits:
                    told = f"status {status}" if status else _reason(error)
                    detail = f"{self.address}: no answer about {plain(what)} ({told})."
                    raise HubUnreachableError(detail) from None
                self.told(f"{plain(what)}: no answer; trying again in {waits[0]:g} s.")
                time.sleep(waits.pop(0))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A model at one commit, as a source of its files.

    Attributes:
        hub: Where it is.
        repo: `owner/name`.
        asked: The revision that was asked for; empty for the newest.
        commit: The commit that it is.
        licence: The licence that its card names.
        files: What it has.
    """

    hub: Hub
    repo: str
    asked: str
    commit: str
    licence: str
    files: Mapping[str, File] = field(repr=False)

    @property
    def revision(self) -> str:
        """The commit."""
        return self.commit

    @property
    def golden(self) -> str:
        """None: what a repository calls so may be anything."""
        return ""

    @property
    def origin(self) -> Mapping[str, str]:
        """What the card says of where it comes from."""
        return {"repo": self.repo, "asked": self.asked, "commit": self.commit}

    @property
    def told(self) -> str:
        """Where it comes from, in words."""
        which = self.asked or "the newest revision"
        if which != self.commit:
            which += f", which is commit {self.commit}"
        return f"{self.repo} at {self.hub.address}, {plain(which)}"

    def copy(self, name: str, part: Path, told: Callable[[int], None]) -> None:
        """Download a file; see `Hub.fetch`."""
        self.hub.fetch(self, name, part, told)


class _Counted:
    """A file that tells how much is in it."""

    def __init__(self, file: IO[bytes], told: Callable[[int], None]) -> None:
        self._file = file
        self._told = told

    def write(self, data: bytes) -> int:
        written = self._file.write(data)
        self._told(self._file.tell())
        return written

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def _file(one: Any) -> File:
    lfs = one.lfs
    digest = lfs.get("sha256") if isinstance(lfs, dict) else getattr(lfs, "sha256", None)
    size = one.size if one.size is not None else getattr(lfs, "size", None)
    return File(int(size or 0), str(digest or ""), "" if digest else str(one.blob_id or ""))


def _size(part: Path | None) -> int:
    return part.stat().st_size if part and part.exists() else 0


def _status(error: Exception) -> int | None:
    response = getattr(error, "response", None)
    status = getattr(response, "status_code", None)
    return status if isinstance(status, int) else None


def _reason(error: Exception) -> str:
    return plain(f"{type(error).__name__}: {error}")[:200]


def _refusal(address: str, what: str, status: int) -> str:
    why = {
        401: "it is not there, or not for everybody",
        403: "it is not for everybody",
        404: "it is not there",
    }
    return f"{address} does not give {plain(what)}: {why.get(status, 'it refuses')} ({status})."
