"""What the tests of the extension rely on: the frames that went by, whole ones only."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest
from e2e.recorder import Recording


def frame(number: int) -> bytes:
    text = json.dumps({"type": "caption", "id": number}).encode()
    return struct.pack("=I", len(text)) + text


@pytest.mark.parametrize("by", [0, 3, 4, 5, len(frame(1)) - 1, len(frame(1))])
def test_what_is_forgotten_while_a_frame_goes_by(tmp_path: Path, by: int) -> None:
    """The frames after it are read, wherever in a frame the forgetting fell."""
    recording = Recording(tmp_path)
    asked = tmp_path / "0/asked"
    asked.parent.mkdir()
    asked.write_bytes(frame(0) + frame(1)[:by])
    recording.forget()
    assert not recording.asked()

    with asked.open("ab") as file:
        file.write(frame(1)[by:] + frame(2))

    assert [one["id"] for one in recording.asked()][-1:] == [2]
    assert 0 not in {one["id"] for one in recording.asked()}
