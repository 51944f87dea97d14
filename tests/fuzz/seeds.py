"""Where a fuzzer starts: one good example of everything, so that it need not invent them."""

from __future__ import annotations

import base64
import json
import struct
from typing import Any

import numpy as np
from PIL import Image
from support.encoding import encoded

from altlens_host.cache import entries
from altlens_host.messages import Answer

_IMAGE = base64.b64encode(b"\xff\xd8\xff").decode()

_REQUESTS: list[dict[str, Any]] = [
    {"type": "hello", "id": 1, "versions": [1], "client": "c", "client_version": "1"},
    {"type": "caption", "id": 2, "image": _IMAGE, "priority": "asked", "private": True},
    {"type": "caption", "id": 3, "parts": 2, "size": 9, "language": "de"},
    {"type": "part", "id": 3, "index": 0, "data": _IMAGE},
    {"type": "cancel", "id": 4, "target": 3},
    {"type": "status", "id": 5},
]

_SAID_INSIDE: list[dict[str, Any]] = [
    {"type": "task", "id": 1, "size": 3},
    {"type": "ready", "model": "lite", "revision": "1", "engine": "onnx", "device": "cpu"},
    {"type": "failure", "id": 1, "code": 302, "detail": "Damaged."},
    {
        "type": "answer",
        "id": 1,
        **Answer("described", "A dog", -0.5, 2, "lite", "1", 0.7, "plain", True)._asdict(),
    },
]


def every() -> dict[str, list[bytes]]:
    """Return the seeds of each target."""
    requests = [json.dumps(one).encode() for one in _REQUESTS]
    return {
        "framing": [b"".join(struct.pack("=I", len(body)) + body for body in requests)],
        "messages": requests,
        "worker_messages": [json.dumps(one).encode() for one in _SAID_INSIDE],
        "images": pictures(),
        "envelope": [entries.write(bytes(32), Answer("described", "A dog", -0.5, 2, "lite", "1"))],
    }


def pictures() -> list[bytes]:
    """Return small pictures of every shape that a JPEG or a PNG may have."""
    noise = np.random.default_rng(3).integers(0, 256, (12, 20, 4)).astype(np.uint8)
    whole = Image.fromarray(noise)
    turned = Image.Exif()
    turned[0x0112] = 6
    jpeg: list[tuple[str, dict[str, Any]]] = [
        ("RGB", {}),
        ("L", {}),
        ("CMYK", {}),
        ("RGB", {"progressive": True}),
        ("RGB", {"exif": turned.tobytes(), "icc_profile": bytes(200), "comment": "x"}),
    ]
    png: list[tuple[str, dict[str, Any]]] = [
        ("RGBA", {}),
        ("LA", {}),
        ("1", {}),
        ("P", {"transparency": 0}),
        ("I;16", {}),
        ("RGB", {"icc_profile": bytes(200), "exif": turned.tobytes()}),
        ("RGB", {"save_all": True, "append_images": [whole.convert("RGB").rotate(180)]}),
    ]
    made = [_encoded(whole, mode, "JPEG", options) for mode, options in jpeg]
    return made + [_encoded(whole, mode, "PNG", options) for mode, options in png]


def _encoded(whole: Image.Image, mode: str, kind: str, options: dict[str, Any]) -> bytes:
    image = whole.convert("L").convert(mode) if mode == "I;16" else whole.convert(mode)
    return encoded(image, kind, **options)
