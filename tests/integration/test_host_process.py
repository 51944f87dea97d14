"""The host as Firefox runs it: a real process, a real worker, the real model that ships."""

import base64
import ctypes
import json
import signal
import struct
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from PIL import Image, ImageDraw
from support.encoding import encoded
from support.host_process import PATIENCE, HostProcess

LIMIT = 1_048_576
SPY = """
import json, signal, sys
def tell(*_):
    print("a stray print, as a careless library would do it", flush=True)
    sys.__stdout__.write("and another"); sys.__stdout__.flush()
    with open(sys.argv[1] + ".part", "w") as file: json.dump(sorted(sys.modules), file)
    import os; os.replace(sys.argv[1] + ".part", sys.argv[1])
signal.signal(signal.SIGUSR1, tell)
from altlens_host.__main__ import main
main(["manifest.json", "altlens@altlens"])
"""

LONG_END = """
import os, sys, time
end = os._exit
def end_slowly(status):
    with open(sys.argv[1], "a") as file: file.write("ended ")
    time.sleep(0.5)
    end(status)
os._exit = end_slowly
from altlens_host.__main__ import main
main(["manifest.json", "altlens@altlens"])
"""


def drawn(colour: str = "red", size: tuple[int, int] = (200, 150)) -> Image.Image:
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).ellipse((20, 20, size[0] // 2, size[1] - 20), fill=colour)
    return image


def png_of_declared_size(width: int, height: int) -> bytes:
    """A PNG whose header declares a size that its data does not have."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0")), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


GOOD = encoded(drawn(), "JPEG")


@pytest.fixture
def host() -> Iterator[HostProcess]:
    with HostProcess() as process:
        process.greet()
        yield process


@pytest.fixture(scope="module")
def busy_host() -> Iterator[HostProcess]:
    """One host for the tests that only talk: their requests have numbers of their own."""
    with HostProcess() as process:
        process.greet()
        yield process


def test_hello_is_answered_without_a_worker() -> None:
    """The welcome comes before anything heavy is started."""
    with HostProcess() as host:
        welcome = host.greet()

        assert welcome["type"] == "welcome"
        assert welcome["model"] == "lite"
        assert welcome["loaded"] is False
        assert host.workers() == []


def test_pictures_are_captioned_by_the_model_that_ships(host: HostProcess) -> None:
    """JPEG and PNG; the words, how sure the model is, and which model it was."""
    host.caption(2, GOOD)
    host.caption(3, encoded(drawn("blue"), "PNG"))

    for number in (2, 3):
        result = host.wait(number)
        assert result["type"] == "result", result
        assert result["kind"] == "described"
        assert result["text"][0].isupper()
        assert result["mean_logprob"] < 0
        assert result["tokens"] > 1
        assert result["model"] == "lite"


def test_the_same_bytes_are_answered_from_memory_private_ones_apart(host: HostProcess) -> None:
    """The second time costs nothing; a private window has a worker of its own."""
    host.caption(2, GOOD)
    first = host.wait(2)
    host.caption(3, GOOD)
    second = host.wait(3)
    host.caption(4, GOOD, private=True)
    private = host.wait(4)
    host.ask(type="status", id=5)
    workers = host.wait(5)["workers"]

    assert (first["source"], second["source"], private["source"]) == ("model", "memory", "model")
    assert first["text"] == second["text"] == private["text"]
    assert [worker["state"] for worker in workers] == ["ready", "ready"]
    assert workers[0]["pid"] != workers[1]["pid"]


def test_a_picture_larger_than_a_frame_arrives_in_parts(host: HostProcess) -> None:
    """Two megabytes of noise, as a PNG, in parts of half a megabyte."""
    noise = Image.effect_noise((1500, 1500), 120)
    data = encoded(noise, "PNG")
    assert len(data) > LIMIT
    size = 500_000
    pieces = [data[start : start + size] for start in range(0, len(data), size)]

    host.ask(type="caption", id=2, parts=len(pieces), size=len(data))
    for index, piece in enumerate(pieces):
        host.ask(type="part", id=2, index=index, data=base64.b64encode(piece).decode())

    assert host.wait(2)["type"] == "result"


@pytest.mark.parametrize(
    ("number", "image", "code"),
    [
        (100, GOOD[: len(GOOD) // 2], 302),
        (101, encoded(drawn(), "PNG")[:200], 302),
        (102, b"<html>not found</html>", 301),
        (103, encoded(drawn(), "GIF"), 301),
        (104, png_of_declared_size(0, 0), 303),
        (105, png_of_declared_size(50_000, 50_000), 304),
        (106, b"", 303),
    ],
    ids=["half-jpeg", "half-png", "html", "gif", "0x0", "50000x50000", "no-bytes"],
)
def test_a_bad_picture_is_answered_with_its_code_and_the_next_one_is_captioned(
    busy_host: HostProcess, number: int, image: bytes, code: int
) -> None:
    """The fault concerns that picture only."""
    busy_host.caption(number, image)
    busy_host.caption(number + 1000, encoded(drawn("green", (200, number)), "PNG"))

    error = busy_host.wait(number)
    assert (error["type"], error["code"]) == ("error", code)
    assert error["hint"]
    assert busy_host.wait(number + 1000)["type"] == "result"


@pytest.mark.parametrize(
    ("number", "body", "answered", "code"),
    [
        (200, b"{not json", None, 103),
        (201, b"\xff\xfe", None, 103),
        (202, b"[1, 2]", None, 104),
        (203, b'{"type": "dance", "id": 203}', 203, 201),
        (204, b'{"type": "caption", "id": 204, "image": 7}', 204, 202),
        (205, b'{"type": "status", "id": 205, "extra": 1}', 205, 202),
        (206, b" " * (LIMIT + 1), None, 101),
    ],
)
def test_a_bad_frame_is_answered_with_its_code_and_the_host_goes_on(
    busy_host: HostProcess, number: int, body: bytes, answered: int | None, code: int
) -> None:
    """Whatever the frame holds, and however large it is."""
    busy_host.caption(number + 1000, encoded(drawn("navy", (150, number)), "PNG"))

    busy_host.send(body)

    assert busy_host.wait(answered)["code"] == code
    assert busy_host.wait(number + 1000)["type"] == "result"


def test_half_a_gigabyte_is_refused_before_it_is_read(host: HostProcess) -> None:
    """The header alone is answered; what waits is captioned; the body is not kept."""
    host.caption(2, GOOD)
    before = psutil.Process(host.process.pid).memory_info().rss

    host.write(struct.pack("=I", 500_000_000))
    refused = host.wait(None)
    for _ in range(64):
        host.write(b"\0" * LIMIT)
    grown = psutil.Process(host.process.pid).memory_info().rss - before

    assert refused["code"] == 101
    assert host.wait(2)["type"] == "result"
    assert grown < 32_000_000
    host.hang_up()
    assert host.wait(None)["code"] == 102
    assert host.process.wait(PATIENCE) == 0


def test_a_length_that_is_too_short_gives_errors_and_no_silence(host: HostProcess) -> None:
    """The rest of a frame that lied is taken as frames, and each is answered."""
    body = json.dumps({"type": "status", "id": 2}).encode()
    rest = json.dumps({"type": "status", "id": 3}).encode()

    host.write(struct.pack("=I", 5) + body[:5] + struct.pack("=I", len(rest)) + rest)

    assert host.wait(None)["code"] == 103
    assert host.wait(3)["type"] == "state"


@pytest.mark.parametrize("when", ["idle", "captioning", "loading"])
@pytest.mark.parametrize("how", ["eof", "SIGTERM", "SIGKILL"])
def test_host_and_worker_end_together(how: str, when: str) -> None:
    """At the end of input, by a signal, or killed: no process is left over."""
    with HostProcess() as host:
        host.greet()
        host.caption(2, GOOD)
        if when != "loading":
            host.wait(2)
        if when == "captioning":
            for number in range(3, 40):
                host.caption(number, encoded(drawn("teal", (400, 300 + number)), "PNG"))
        while not (workers := host.workers()):
            assert when == "loading", "the worker has gone"

        if how == "eof":
            host.hang_up()
        else:
            host.process.send_signal(getattr(signal, how))

        assert host.process.wait(PATIENCE) == (-signal.SIGKILL if how == "SIGKILL" else 0)
        _, alive = psutil.wait_procs(workers, PATIENCE)
        assert workers
        assert alive == []


@pytest.mark.skipif(sys.platform != "linux", reason="signals one thread through glibc")
def test_a_signal_ends_it_whichever_thread_receives_it(host: HostProcess) -> None:
    """Also one that comes just before the main thread goes back to waiting for the browser."""
    pid = host.process.pid
    threads = {one.id for one in psutil.Process(pid).threads()} - {pid}

    assert ctypes.CDLL(None).tgkill(pid, min(threads), signal.SIGTERM) == 0

    assert host.process.wait(PATIENCE) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("also_hang_up", [False, True])
def test_it_ends_once_however_many_tell_it_to(also_hang_up: bool, tmp_path: Path) -> None:
    """Firefox hangs up and then sends a signal; what saves at the end does so in one thread."""
    told = tmp_path / "told"
    with HostProcess(str(told), runner=("-c", LONG_END)) as host:
        host.greet()
        if also_hang_up:
            host.hang_up()

        host.process.send_signal(signal.SIGTERM)

        assert host.process.wait(PATIENCE) == 0
    assert told.read_text() == "ended "


def test_a_worker_killed_in_the_middle_costs_no_answer(host: HostProcess) -> None:
    """Another is started; every picture is answered."""
    host.caption(2, GOOD)
    host.wait(2)
    numbers = range(3, 23)
    for number in numbers:
        host.caption(number, encoded(drawn("olive", (300, 200 + number)), "PNG"))

    (worker,) = host.workers()
    worker.kill()

    assert {host.wait(number)["type"] for number in numbers} == {"result"}


def test_the_running_host_is_light_and_a_stray_print_corrupts_nothing(tmp_path: Path) -> None:
    """After a caption it has imported nothing heavy; what a library prints is no frame."""
    told = tmp_path / "modules.json"
    with HostProcess(str(told), runner=("-c", SPY)) as host:
        host.greet()
        host.caption(2, GOOD)
        host.wait(2)

        host.process.send_signal(signal.SIGUSR1)
        host.ask(type="status", id=3)

        assert host.wait(3)["type"] == "state"
        modules = set(json.loads(told.read_text()))
    assert "altlens_host.service" in modules
    heavy = {"numpy", "PIL", "onnxruntime", "onnx", "torch", "transformers", "asyncio"}
    assert modules & heavy == set()


def test_a_model_that_is_not_there_is_said_at_hello() -> None:
    """Error 404, with what to run."""
    with HostProcess("--model", "no-such-model") as host:
        error = host.greet()

        assert error["code"] == 404
        assert "altlens doctor" in error["hint"]
