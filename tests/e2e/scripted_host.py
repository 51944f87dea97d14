"""A host that says what a test wants: kinds of answers that no model can be made to give.

Run as a program, it speaks the protocol over stdio as the real host does: `scripted_host.py
SCRIPT.json`. The script is read anew for each message, so that a test can change it meanwhile:

- `answers`: a result's fields by the number in the picture; `otherwise`: those of all others.
  The text is the picture's caption where neither gives one.
- `pixels`: the side that `more_pixels` asks for, by number; `pixels_for_ever`: of `sharp` ones too.
- `errors`: an error code by number. `silent`: numbers that are never answered.
- `speaks`: versions of the protocol, none of which is ours: error 204, as the real host says it.
- `hello`: `old` answers with an error 204 that names no versions, `ancient` with a welcome of
  version 0, `newer` with one of version 2, `garbage` with bytes that are no JSON, `silent` with
  nothing.
- `then_garbage`: what is written instead of answers.
- `workers`: what `status` says of them.
- `seconds`: how long each answer takes.
"""

from __future__ import annotations

import base64
import json
import os
import struct
import sys
import time
from pathlib import Path
from typing import Any

from e2e.pictures import caption, number_of

LIMITS = {
    "max_frame_bytes": 1_048_576,
    "max_image_bytes": 20_971_520,
    "max_image_pixels": 64_000_000,
    "max_waiting": 256,
}
GARBAGE = {
    "no json": struct.pack("=I", 9) + b"{garbage}",
    "no object": struct.pack("=I", 1) + b"7",
    "huge": struct.pack("=I", 0x7FFFFFFF) + b"x" * 4096,
    "half": struct.pack("=I", 100) + b'{"id":1',
}


class Host:
    """One conversation."""

    def __init__(self, script: Path) -> None:
        """Follow a script."""
        self._path = script
        self._parts: dict[int, list[str]] = {}
        self._asked: dict[int, dict[str, Any]] = {}

    def run(self) -> None:
        """Answer until Firefox goes."""
        while (message := _read()) is not None:
            self._take(message, json.loads(self._path.read_text()))

    def _take(self, message: dict[str, Any], script: dict[str, Any]) -> None:
        kind, number = message["type"], message["id"]
        if kind == "hello":
            _hello(message, script)
        elif kind == "caption" and "image" in message:
            self._answer(message, base64.b64decode(message["image"]), script)
        elif kind == "caption":
            self._parts[number], self._asked[number] = [], message
        elif kind == "part":
            self._part(number, message["data"], script)
        elif kind == "cancel":
            _write({"type": "done", "id": number, "cancelled": False})
        elif kind == "status":
            workers = script.get("workers", [])
            _write({"type": "state", "id": number, "workers": workers, "problems": []})
        elif kind.startswith("cache"):
            _write({"type": "cache_report", "id": number, "report": {"entries": 0, "bytes": 0}})

    def _part(self, number: int, data: str, script: dict[str, Any]) -> None:
        parts = self._parts[number]
        parts.append(data)
        if len(parts) == self._asked[number]["parts"]:
            whole = b"".join(base64.b64decode(one) for one in parts)
            self._answer(self._asked.pop(number), whole, script)

    def _answer(self, asked: dict[str, Any], file: bytes, script: dict[str, Any]) -> None:
        shown = number_of(file)
        key = str(shown)
        time.sleep(script.get("seconds", 0))
        if "then_garbage" in script:
            sys.stdout.buffer.write(GARBAGE[script["then_garbage"]])
            sys.stdout.buffer.flush()
        elif shown in script.get("silent", ()):
            return
        elif key in script.get("errors", {}):
            code = script["errors"][key]
            _write(_error(asked["id"], code))
        elif key in script.get("pixels", {}) and (
            not asked.get("sharp") or script.get("pixels_for_ever")
        ):
            side = script["pixels"][key]
            _write({"type": "more_pixels", "id": asked["id"], "side": side})
        else:
            _write(_result(asked["id"], shown, script))


def _result(asked: int, shown: int | None, script: dict[str, Any]) -> dict[str, Any]:
    fields = {
        "kind": "described",
        "text": "A thing" if shown is None else caption(shown),
        "mean_logprob": -0.1,
        "confidence": 0.9,
        "level": "plain",
        "calibrated": True,
        "tokens": 6,
        "model": "scripted",
        "revision": "1",
        "language": "en",
        "source": "model",
    }
    told = script.get("answers", {}).get(str(shown), script.get("otherwise", {}))
    return {"type": "result", "id": asked, **fields, **told}


WELCOMES = {"ancient": 0, "newer": 2}


def _hello(message: dict[str, Any], script: dict[str, Any]) -> None:
    asked, how = message["id"], script.get("hello")
    if how == "silent":
        return
    if "speaks" in script:
        said = f"The client speaks {message['versions']}, the host {script['speaks']}."
        _write(_error(asked, 204) | {"message": said})
    elif how == "old":
        _write(_error(asked, 204))
    elif how == "garbage":
        sys.stdout.buffer.write(GARBAGE["no json"])
        sys.stdout.buffer.flush()
    else:
        welcome = {
            "type": "welcome",
            "id": asked,
            "version": WELCOMES.get(how, 1),
            "host_version": "0.0.1",
            "limits": LIMITS,
            "models": [{"id": "scripted", "revision": "1", "licence": "Apache-2.0"}],
            "model": "scripted",
            "loaded": True,
            "language": "en",
        }
        _write(welcome)


def _error(asked: int, code: int) -> dict[str, Any]:
    names = {
        204: "version_unsupported",
        502: "busy",
        402: "worker_died",
        301: "image_not_recognised",
    }
    return {
        "type": "error",
        "id": asked,
        "code": code,
        "name": names.get(code, "internal"),
        "message": "Said by the script.",
        "hint": "Run: altlens doctor",
    }


def _read() -> dict[str, Any] | None:
    source = sys.stdin.buffer
    head = source.read(4)
    if len(head) < 4:
        return None
    (length,) = struct.unpack("=I", head)
    found: dict[str, Any] = json.loads(source.read(length))
    return found


def _write(message: dict[str, Any]) -> None:
    body = json.dumps(message).encode()
    sys.stdout.buffer.write(struct.pack("=I", len(body)) + body)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    Host(Path(sys.argv[1])).run()
    os._exit(0)
