"""A server that speaks the hub's API, as far as a download needs it, and can misbehave.

Made after what the hub answers: `/api/models/…/revision/…` lists the files with their sizes and
hashes; `/…/resolve/COMMIT/FILE` gives a small file, and sends a large one's asker elsewhere, to
what stands for its content network, on this same server. Sets of data have `datasets` instead of
`models`, and before the name in `resolve`; their files are listed by `tree` and `paths-info`.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

LARGE = (".onnx", ".safetensors", ".bin")
"""How the names of files end that the hub keeps in LFS."""

_BLOCK = 4096
_REVISION = "refs/[^/]+/[^/]+|[^/]+"


@dataclass
class Request:
    """A request that came."""

    method: str
    path: str
    headers: dict[str, str]


Fault = Callable[[str, str], "int | None"]
"""Takes a request's method and path; returns a status to answer with instead, or None."""


@dataclass
class FakeHub:
    """What the server has and how it behaves.

    Attributes:
        repositories: The folder of each commit of each repository.
        listings: What the hub tells of the files of each such folder.
        tags: The commit of each tag or branch of each repository.
        fault: Answers instead, with a status.
        changed: What is sent of a file instead of its bytes.
        cut: After how many bytes an answer that is longer is cut off; each cut is taken out.
        pause: Seconds to wait after each 4 KiB.
        ranges: Whether a part of a file can be asked for.
        licence: What the repositories' cards say.
        requests: What came.
        sent: How many bytes of large files were sent.
    """

    repositories: dict[str, dict[str, Path]] = field(default_factory=dict)
    listings: dict[Path, list[dict[str, Any]]] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    fault: Fault = lambda _method, _path: None
    changed: Callable[[str, bytes], bytes] = lambda _name, data: data
    cut: list[int] = field(default_factory=list)
    pause: float = 0.0
    ranges: bool = True
    licence: str | None = "apache-2.0"
    requests: list[Request] = field(default_factory=list)
    sent: int = 0
    address: str = ""

    def add(self, repo: str, folder: Path, commit: str, *tags: str) -> None:
        """Publish a folder as a commit, with tags or branches that lead to it."""
        self.repositories.setdefault(repo, {})[commit] = folder
        self.listings[folder] = [_sibling(folder, path) for path in sorted(folder.rglob("*.*"))]
        for tag in tags:
            self.tags.setdefault(repo, {})[tag] = commit

    def commit_of(self, repo: str, revision: str) -> str | None:
        """Return the commit that a revision is."""
        commits = self.repositories.get(repo, {})
        return revision if revision in commits else self.tags.get(repo, {}).get(revision)

    def asked(self, part: str) -> list[Request]:
        """Return the requests whose path holds a text."""
        return [one for one in self.requests if part in one.path]


@contextmanager
def serve() -> Iterator[FakeHub]:
    """Serve an empty hub on a port of this machine."""
    hub = FakeHub()

    class Handler(_Handler):
        pass

    Handler.hub = hub
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    hub.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    hub: FakeHub
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        path = unquote(urlsplit(self.path).path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.hub.requests.append(Request(self.command, path, headers))
        status = self.hub.fault(self.command, path)
        if status is not None:
            self._send(status, b'{"error": "as asked for"}')
            return
        api = re.fullmatch(r"/api/(?:models|datasets)/([^/]+/[^/]+)(?:/revision/(.+))?", path)
        listed = re.fullmatch(
            rf"/api/datasets/([^/]+/[^/]+)/(?:tree|paths-info)/({_REVISION})(?:/(.*))?", path
        )
        resolve = re.fullmatch(rf"/(?:datasets/)?([^/]+/[^/]+)/resolve/({_REVISION})/(.+)", path)
        stored = re.fullmatch(r"/content/([^/]+/[^/]+)/([^/]+)/(.+)", path)
        if api:
            self._describe(api[1], api[2] or "main")
        elif listed:
            self._list(listed[1], listed[2], listed[3] or "")
        elif resolve:
            self._file(*resolve.groups(), moved=resolve[3].endswith(LARGE))
        elif stored:
            self._file(*stored.groups(), moved=False)
        else:
            self._send(404, b"{}")

    def _describe(self, repo: str, revision: str) -> None:
        commit = self.hub.commit_of(repo, revision)
        if commit is None:
            code = "RevisionNotFound" if repo in self.hub.repositories else "RepoNotFound"
            self._send(404, b'{"error": "not found"}', {"X-Error-Code": code})
            return
        folder = self.hub.repositories[repo][commit]
        said: dict[str, Any] = {
            "id": repo,
            "modelId": repo,
            "sha": commit,
            "private": False,
            "gated": False,
            "tags": [],
            "downloads": 0,
            "likes": 0,
            "siblings": self.hub.listings[folder],
        }
        if self.hub.licence:
            said["cardData"] = {"license": self.hub.licence}
        self._send(200, json.dumps(said).encode(), {"Content-Type": "application/json"})

    def do_POST(self) -> None:
        self._answer()

    def _list(self, repo: str, revision: str, inside: str) -> None:
        """List a folder, or the paths that the request's body asks about."""
        commit = self.hub.commit_of(repo, revision)
        if commit is None:
            self._send(404, b'{"error": "not found"}', {"X-Error-Code": "RevisionNotFound"})
            return
        folder = self.hub.repositories[repo][commit]
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        asked = parse_qs(body).get("paths") if body else None
        if body and asked is None:
            asked = json.loads(body)["paths"]
        names = {p.relative_to(folder).as_posix(): p for p in sorted(folder.rglob("*"))}
        some = asked if asked is not None else [n for n in names if n.startswith(inside)]
        entries = [
            {"type": "directory" if names[one].is_dir() else "file", "path": one,
             "oid": "0" * 40, "size": 0 if names[one].is_dir() else names[one].stat().st_size}
            for one in some if one in names
        ]  # fmt: skip
        self._send(200, json.dumps(entries).encode(), {"Content-Type": "application/json"})

    def _file(self, repo: str, revision: str, name: str, *, moved: bool) -> None:
        commit = self.hub.commit_of(repo, revision)
        path = self.hub.repositories.get(repo, {}).get(commit or "", Path("/nowhere")) / name
        if not path.is_file():
            self._send(404, b"{}", {"X-Error-Code": "EntryNotFound"})
            return
        data = self.hub.changed(name, path.read_bytes())
        told = {"X-Repo-Commit": str(commit), "ETag": f'"{_blob(data)}"'}
        if moved:
            told |= {
                "X-Linked-Etag": f'"{hashlib.sha256(path.read_bytes()).hexdigest()}"',
                "X-Linked-Size": str(path.stat().st_size),
                "Location": f"{self.hub.address}/content/{repo}/{revision}/{name}",
            }
            self._send(302, b"", told)
            return
        wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range") or "")
        if wanted and self.hub.ranges:
            start = int(wanted[1])
            if start >= len(data):
                self._send(416, b"")
                return
            told["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
            self._send(206, data[start:], told)
        else:
            self._send(200, data, told)

    def _send(self, status: int, data: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command == "HEAD":
            return
        left = self.hub.cut.pop(0) if self.hub.cut and len(data) > self.hub.cut[0] else len(data)
        try:
            for start in range(0, min(left, len(data)), _BLOCK):
                block = data[start : min(start + _BLOCK, left)]
                self.wfile.write(block)
                if len(data) > _BLOCK:
                    self.hub.sent += len(block)
                if self.hub.pause:
                    self.wfile.flush()
                    time.sleep(self.hub.pause)
        except OSError:
            left = 0
        if left < len(data):
            self.close_connection = True


def _sibling(folder: Path, path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    found: dict[str, Any] = {
        "rfilename": path.relative_to(folder).as_posix(),
        "size": len(data),
        "blobId": _blob(data),
    }
    if path.name.endswith(LARGE):
        digest = hashlib.sha256(data).hexdigest()
        found["lfs"] = {"sha256": digest, "size": len(data), "pointerSize": 134}
    return found


def _blob(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
