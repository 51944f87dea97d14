"""Serves the page of photographs on the loopback interface, and nothing else."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from altlens_installer.demo.judge import Picture

_PAGE = Path(__file__).resolve().parent / "page.html"


def page(pictures: Sequence[Picture], exchanged: tuple[str, str] | None = None) -> str:
    """Return the page; each picture without an alt attribute.

    Args:
        pictures: The photographs.
        exchanged: Two elements that show each other's picture.
    """
    one, other = exchanged or ("", "")
    instead = {one: other, other: one}
    files = {picture.id: picture.file for picture in pictures}
    cells = (
        f'<div><img id="{id}" src="/pictures/{files[instead.get(id, id)]}">'
        f'<p class="heard" id="heard-{id}" aria-hidden="true"></p></div>'
        for id in files
    )
    return _PAGE.read_text(encoding="utf-8").replace("@PICTURES@", "\n".join(cells))


@contextmanager
def serve(pictures: Sequence[Picture]) -> Iterator[str]:
    """Serve the pages while the context lasts.

    /             the pictures
    /exchanged/A/B  the same page, where the elements A and B show each other's picture

    Yields:
        The address, without a slash at its end.
    """
    files = {f"/pictures/{picture.file}": picture.path for picture in pictures}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            steps = self.path.split("/")
            if self.path in files:
                self._answer("image/jpeg", files[self.path].read_bytes())
            elif self.path == "/":
                self._answer("text/html; charset=utf-8", page(pictures).encode())
            elif len(steps) == 4 and steps[1] == "exchanged":
                text = page(pictures, (steps[2], steps[3]))
                self._answer("text/html; charset=utf-8", text.encode())
            else:
                self.send_error(404)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the demonstration's output is its table."""

        def _answer(self, kind: str, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
