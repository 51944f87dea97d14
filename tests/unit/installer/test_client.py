"""The client, against hosts that misbehave: each a real process."""

import sys
import textwrap
from pathlib import Path

import pytest

from altlens_host.errors import ImageTruncatedError
from altlens_host.messages import ErrorReply, Result
from altlens_installer import client
from altlens_installer.errors import HostLostError, HostNotStartedError, HostRefusedError

FRAMES = """
import json, os, struct, sys
source, sink = open(0, "rb", buffering=0), sys.stdout.buffer
def exactly(count):
    data = b""
    while len(data) < count:
        more = source.read(count - len(data))
        if not more: sys.exit(0)
        data += more
    return data
def take():
    return json.loads(exactly(struct.unpack("=I", exactly(4))[0]))
def give(**values):
    body = json.dumps(values).encode()
    sink.write(struct.pack("=I", len(body)) + body); sink.flush()
def welcome(**more):
    give(type="welcome", id=take()["id"], **{**dict(version=1, host_version="9", limits=dict(
        max_frame_bytes=1048576, max_image_bytes=3000000, max_image_pixels=9, max_waiting=4),
        models=[], model="m", loaded=False, language="en"), **more})
def result(id, text):
    give(type="result", id=id, kind="described", text=text, mean_logprob=-1.0, tokens=2,
        model="m", revision="r", language="en", source="model", confidence=0.5, level="hedged",
        calibrated=False)
"""
ECHO = """
import base64
welcome()
parts, most = {}, 0
while True:
    asked = take()
    if asked["type"] == "caption" and "parts" in asked:
        parts[asked["id"]] = [asked, b""]
    elif asked["type"] == "caption":
        result(asked["id"], str(len(base64.b64decode(asked["image"]))))
    else:
        held = parts[asked["id"]]
        held[1] += base64.b64decode(asked["data"])
        if asked["index"] == held[0]["parts"] - 1:
            assert len(held[1]) == held[0]["size"]
            result(asked["id"], "in parts: %d" % len(held[1]))
"""


def host(tmp_path: Path, body: str) -> list[str]:
    """Return the command of a host that does this."""
    script = tmp_path / "host.py"
    script.write_text(FRAMES + textwrap.dedent(body))
    return [sys.executable, str(script)]


def test_pictures_of_any_size_arrive_whole(tmp_path: Path) -> None:
    """A small one in one frame, a large one in parts, one too large not at all."""
    with client.Host(host(tmp_path, ECHO)) as running:
        answers = dict(running.captions([b"x" * 10, b"y" * 2_500_000, b"z" * 3_000_001]))

    assert isinstance(answers[0], Result)
    assert isinstance(answers[1], Result)
    assert (answers[0].text, answers[1].text) == ("10", "in parts: 2500000")
    assert isinstance(answers[2], ErrorReply)
    assert answers[2].code == 305


def test_an_error_in_a_pictures_place_is_its_answer(tmp_path: Path) -> None:
    """A file that cannot be read does not keep the others from being captioned."""
    with client.Host(host(tmp_path, ECHO)) as running:
        answers = dict(running.captions([b"x", ImageTruncatedError("cut"), b"yy"]))

    assert [getattr(answers[index], "text", None) for index in range(3)] == ["1", None, "2"]


def test_no_more_wait_than_the_host_takes(tmp_path: Path) -> None:
    """The fifth is sent only when one of four was answered."""
    body = """
    welcome()
    waiting = []
    import select, time
    for _ in range(3):
        waiting = [take()["id"] for _ in range(4)]
        ready, _, _ = select.select([source], [], [], 0.3)
        for id in waiting:
            result(id, "too many" if ready else "just right")
    """

    with client.Host(host(tmp_path, body)) as running:
        texts = {
            reply.text for _, reply in running.captions([b"x"] * 12) if isinstance(reply, Result)
        }

    assert texts == {"just right"}


def test_answers_in_another_order_find_their_pictures(tmp_path: Path) -> None:
    """The host answers what is ready; progress in between answers nothing."""
    body = """
    welcome()
    ids = [take()["id"] for _ in range(3)]
    for id in reversed(ids):
        give(type="progress", id=id, stage="captioning")
        result(id, "picture %d" % id)
    """

    with client.Host(host(tmp_path, body)) as running:
        answers = list(running.captions([b"x"] * 3))

    assert [index for index, _ in answers] == [2, 1, 0]
    assert all(getattr(reply, "text", "") == f"picture {index}" for index, reply in answers)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("sys.exit(7)", "exit status 7"),
        ("take(); sink.write(b'hello there'); sink.flush()", "nonsense"),
        ("take(); sink.write(b'\\x05\\0\\0\\0[1,2]'); sink.flush()", "nonsense"),
        ("take(); sink.write(b'\\xff\\xff\\xff\\x7f'); sink.flush()", "nonsense"),
        ("take(); give(type='welcome', id=0)", "lacks 'version'"),
        ("take(); source.read()", "No word from the host for 1 s"),
        ("welcome(); take(); sys.exit(3)", "exit status 3"),
        ("welcome(); take(); give(type='error', id=None, message='odd')", "reports: odd"),
    ],
)
def test_a_host_that_misbehaves_is_named_and_ended(tmp_path: Path, body: str, words: str) -> None:
    """Whatever it does, the command neither hangs nor leaves it behind."""
    started = []

    def use() -> None:
        with client.Host(host(tmp_path, body), patience=1) as running:
            started.append(running)
            list(running.captions([b"x"]))

    with pytest.raises(HostLostError, match=words):
        use()

    assert all(one.process.poll() is not None for one in started)


def test_a_host_that_reads_nothing_cannot_hold_the_client(tmp_path: Path) -> None:
    """More than a pipe holds is waiting to be written, and the deadline still counts."""
    body = "welcome(); import time\nwhile True: time.sleep(60)"

    with (
        pytest.raises(HostLostError, match="No word"),
        client.Host(host(tmp_path, body), patience=1) as running,
    ):
        list(running.captions([b"x" * 2_500_000]))

    assert running.process.poll() is not None


def test_an_error_instead_of_a_welcome_keeps_its_words_and_its_hint(tmp_path: Path) -> None:
    """For example: the model's files are not there."""
    body = "give(type='error', id=take()['id'], code=404, name='n', message='gone', hint='look')"

    with pytest.raises(HostRefusedError, match="gone") as raised:
        client.Host(host(tmp_path, body))

    assert raised.value.hint == "look"
    assert HostRefusedError.hint != "look"


def test_a_host_that_cannot_be_started_is_an_error_with_a_code(tmp_path: Path) -> None:
    """The interpreter may have been removed."""
    with pytest.raises(HostNotStartedError, match="nowhere"):
        client.Host([str(tmp_path / "nowhere")])


def test_the_host_is_started_as_firefox_starts_it() -> None:
    """The same interpreter and flags as in the launcher, and the model by its absolute path."""
    assert client.command() == [sys.executable, "-E", "-P", "-m", "altlens_host"]
    assert client.command("lite")[-2:] == ["--model", "lite"]
    assert client.command(".")[-1] == str(Path.cwd())
    assert client.command("lite", read_text=False)[-3:] == ["--model", "lite", "--no-read-text"]
