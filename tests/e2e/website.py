"""A website of two origins on this machine, which says what was asked of it."""

from __future__ import annotations

import http.server
import io
import itertools
import mimetypes
import random
import threading
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from e2e.pictures import caption, drawn_svg, encoded
from PIL import Image, ImageDraw

Headers = dict[str, str]


class Resource(NamedTuple):
    """What is served under one path."""

    body: bytes
    content_type: str
    headers: Headers
    status: int = 200


class Numbered(NamedTuple):
    """A photograph with a number, and where it is served."""

    number: int
    path: str

    @property
    def caption(self) -> str:
        """What the scripted host says of it."""
        return caption(self.number)


class Website:
    """Serves the same paths from every origin.

    Any host is reached over http, whatever its address and port, for this server is the
    proxy: so pages can have public and private addresses, and nothing leaves this machine.
    """

    def __init__(self) -> None:
        """Start it on a free port."""
        self._resources: dict[str, Resource] = {}
        self._numbers = itertools.count()
        self._pictures = itertools.count(1)
        self.asked: list[tuple[str, dict[str, str]]] = []
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        port = self._server.server_address[1]
        self.here = f"http://127.0.0.1:{port}"
        self.elsewhere = f"http://localhost:{port}"
        self.port = port

    def close(self) -> None:
        """Stop it."""
        self._server.shutdown()
        self._server.server_close()

    def put(self, path: str, body: bytes, content_type: str, headers: Headers | None = None) -> str:
        """Serve something; return its path."""
        self._resources[path] = Resource(body, content_type, headers or {})
        return path

    def drawing(self, size: tuple[int, int] = (120, 90)) -> str:
        """Serve a picture that no host can have seen before, as PNG; return its path."""
        number = next(self._numbers)
        return self.put(f"/drawing/{number}", drawn_png(number, size), "image/png")

    def picture(
        self, size: tuple[int, int] = (96, 72), headers: Headers | None = None, kind: str = "PNG"
    ) -> Numbered:
        """Serve a photograph with a number that no other has."""
        number = next(self._pictures)
        path = f"/picture/{number}.{kind.lower()}"
        self.put(path, encoded(number, size, kind), f"image/{kind.lower()}", headers)
        return Numbered(number, path)

    def picture_svg(self) -> Numbered:
        """Serve a drawing with a number that no other has, as SVG."""
        number = next(self._pictures)
        path = f"/picture/{number}.svg"
        self.put(path, drawn_svg(number).encode(), "image/svg+xml")
        return Numbered(number, path)

    def page(self, body: str, headers: Headers | None = None, origin: str = "") -> str:
        """Serve a new page; return its whole address, at this machine's or a named origin."""
        path = f"/page/{next(self._numbers)}"
        html = f'<!doctype html><html lang="en"><title>{path}</title><body>{body}'
        self.put(path, html.encode(), "text/html; charset=utf-8", headers)
        return (origin or self.here) + path

    def folder(self, prefix: str, path: Path) -> None:
        """Serve what lies in a folder."""
        for file in path.rglob("*"):
            # Manuals of Debian lead to some files of other packages, which are not there.
            if file.is_file() and file.suffix != ".gz":
                kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
                self.put(f"{prefix}/{file.relative_to(path).as_posix()}", file.read_bytes(), kind)

    def redirect(self, path: str, target: str) -> str:
        """Send everyone who asks for a path elsewhere; return the path.

        What stands behind a question mark in the address is put behind the target.
        """
        self._resources[path] = Resource(b"", "text/plain", {"Location": target}, 302)
        return path

    def _handler(self) -> type[http.server.BaseHTTPRequestHandler]:
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                path = urlsplit(self.path).path
                site.asked.append((path, {k.lower(): v for k, v in self.headers.items()}))
                found = site._resources.get(path)
                resource = found or Resource(b"", "text/plain", {}, 404)
                self.send_response(resource.status)
                self.send_header("Content-Type", resource.content_type)
                self.send_header("Content-Length", str(len(resource.body)))
                for name, value in resource.headers.items():
                    further = urlsplit(self.path).query if name == "Location" else ""
                    self.send_header(name, value + further)
                self.end_headers()
                self.wfile.write(resource.body)

            def log_message(self, *_: object) -> None:
                """Keep the test's output clean."""

        return Handler


def drawn_png(number: int, size: tuple[int, int]) -> bytes:
    """Draw a picture of many shapes: another one for each number."""
    chance = random.Random(number)
    image = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(image)
    for _ in range(12):
        x, y = chance.randrange(size[0]), chance.randrange(size[1])
        colour = (chance.randrange(256), chance.randrange(256), chance.randrange(256))
        pen.ellipse((x, y, x + size[0] // 4, y + size[1] // 4), fill=colour)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()
