"""The supervisor, with real processes that behave well, crash, hang or talk nonsense."""

import hashlib
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from altlens_host.errors import (
    ImageTruncatedError,
    ModelMissingError,
    WorkerDiedError,
    WorkerStartError,
    WorkerTimeoutError,
)
from altlens_host.messages import Answer
from altlens_host.settings import Settings, worker_environment
from altlens_host.supervisor import Supervisor

PRELUDE = """
import os, sys, time
from altlens_host.errors import ImageTruncatedError, ModelMissingError
from altlens_host.fields import decode_object
from altlens_host.framing import Frame, FrameDecoder, encode
from altlens_host.messages import Answer
from altlens_host.worker_messages import Ready, read_task, write_answer, write_failure, write_ready

decoder, frames = FrameDecoder(1 << 26), []
def say(body): os.write(1, encode(body, 1 << 20))
def frame():
    while not frames:
        data = os.read(0, 1 << 16) or sys.exit()
        frames.extend(event.body for event in decoder.feed(data))
    return frames.pop(0)
def answer(number, text): say(write_answer(number, Answer("described", text, -0.5, 3, "m", "1")))
def ready(): say(write_ready(Ready("m", "1", "script", "cpu")))
def once(name):
    try: os.close(os.open(name, os.O_CREAT | os.O_EXCL))
    except FileExistsError: return False
    return True
"""
ECHO = """
ready()
while True:
    task, image = read_task(decode_object(frame())), frame()
    %s
    answer(task.id, image.decode())
"""

Make = Callable[..., Supervisor]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    made: list[Supervisor] = []

    def start(body: str, **limits: float) -> Supervisor:
        script = tmp_path / "worker.py"
        script.write_text(PRELUDE + body, encoding="utf-8")
        chosen = Settings(**{"start_seconds": 60, "deadline_seconds": 120, **limits})  # type: ignore[arg-type]
        made.append(Supervisor(chosen, [sys.executable, str(script)]))
        return made[-1]

    yield start
    for one in made:
        one.stop()


def look(supervisor: Supervisor, image: bytes) -> Answer:
    return supervisor.caption(hashlib.sha256(image).digest(), image)


def children_but(known: list[psutil.Process]) -> list[psutil.Process]:
    """Return this process's children, without those that other tests left behind."""
    return [child for child in psutil.Process().children() if child not in known]


def test_the_worker_starts_at_the_first_picture_and_stays(make: Make) -> None:
    """Absent before, ready after, the same process for the next picture."""
    supervisor = make(ECHO % "pass")
    before = supervisor.state()

    first = look(supervisor, b"a dog")
    pid = supervisor.state()["pid"]
    second = look(supervisor, b"a cat")

    assert before["state"] == "absent"
    assert before["pid"] is None
    assert first == Answer("described", "a dog", -0.5, 3, "m", "1")
    assert second.text == "a cat"
    state = supervisor.state()
    assert state.pop("memory_bytes") > 1_000_000
    assert state == {
        "state": "ready",
        "reason": None,
        "pid": pid,
        "model": "m",
        "engine": "script",
        "device": "cpu",
        "held": [],
        "missing": ["no_new_privileges", "file_access", "system_calls", "limits"],
        "starts": 1,
        "last_end": None,
        "refused": 0,
    }


def test_a_worker_that_died_between_pictures_is_replaced(make: Make) -> None:
    """Killed from outside while idle: the next picture is answered by a new one."""
    supervisor = make(ECHO % "pass")
    look(supervisor, b"a dog")
    process = psutil.Process(supervisor.state()["pid"])
    process.kill()

    answer = look(supervisor, b"a cat")

    assert answer.text == "a cat"
    assert supervisor.state()["starts"] == 2
    assert not process.is_running()


def test_a_picture_that_ends_the_worker_once_is_tried_again(make: Make, tmp_path: Path) -> None:
    """A crash by chance costs the reader nothing."""
    crash = f"if once({str(tmp_path / 'crashed')!r}): os._exit(3)"
    supervisor = make(ECHO % crash)

    assert look(supervisor, b"a dog").text == "a dog"
    assert supervisor.state()["starts"] == 2


def test_a_picture_that_ends_the_worker_twice_is_answered_with_an_error(make: Make) -> None:
    """The next picture is answered, and no dead process is left."""
    before = children_but([])
    supervisor = make(ECHO % "if image == b'evil': os._exit(3)")

    with pytest.raises(WorkerDiedError):
        look(supervisor, b"evil")

    assert supervisor.state()["starts"] == 2
    assert supervisor.state()["state"] == "absent"
    assert look(supervisor, b"a cat").text == "a cat"
    zombies = [child for child in children_but(before) if child.status() == psutil.STATUS_ZOMBIE]
    assert zombies == []


@pytest.mark.parametrize(
    "hang", ["time.sleep(1000)", "import signal; os.kill(os.getpid(), signal.SIGSTOP)"]
)
def test_a_worker_that_hangs_is_ended(make: Make, hang: str) -> None:
    """After the limit the picture is answered with an error, and the next one is captioned."""
    supervisor = make(ECHO % f"if image == b'slow': {hang}", deadline_seconds=0.6)

    with pytest.raises(WorkerTimeoutError, match=r"0\.3 seconds"):
        look(supervisor, b"slow")

    assert look(supervisor, b"a cat").text == "a cat"


def test_a_worker_that_does_not_read_is_ended(make: Make) -> None:
    """A picture larger than the pipe cannot block the host for ever."""
    supervisor = make("ready()\ntime.sleep(1000)", deadline_seconds=0.6)

    with pytest.raises(WorkerTimeoutError):
        look(supervisor, b"x" * 10_000_000)


def test_what_the_worker_says_of_a_picture_reaches_the_one_who_asked(make: Make) -> None:
    """A bad picture is no reason to end the worker."""
    failure = "say(write_failure(task.id, ImageTruncatedError('It breaks off.'))); continue"
    supervisor = make(ECHO % f"if image == b'bad': {failure}")

    with pytest.raises(ImageTruncatedError, match="It breaks off"):
        look(supervisor, b"bad")

    assert look(supervisor, b"a cat").text == "a cat"
    assert supervisor.state()["starts"] == 1


def test_a_worker_that_cannot_load_its_model_says_why(make: Make) -> None:
    """The model's own error reaches the one who asked, not a mere 'not started'."""
    supervisor = make("say(write_failure(None, ModelMissingError('No model.')))")

    with pytest.raises(ModelMissingError, match="No model"):
        look(supervisor, b"a dog")

    assert supervisor.state()["state"] == "absent"


@pytest.mark.parametrize(
    "body",
    ["sys.exit(3)", "say(b'nonsense')", "os.write(1, b'\\xff' * 8)", "answer(1, 'early')"],
)
def test_a_worker_that_does_not_come_up_is_an_error(make: Make, body: str) -> None:
    """Gone, nonsense, a frame too large, an answer before ready: error 401."""
    supervisor = make(body)

    with pytest.raises(WorkerStartError):
        look(supervisor, b"a dog")


def test_a_worker_that_loads_for_too_long_is_ended(make: Make) -> None:
    """Error 401 that names the limit."""
    supervisor = make("time.sleep(1000)", start_seconds=0.3)

    with pytest.raises(WorkerStartError, match=r"0\.3 seconds"):
        look(supervisor, b"a dog")


@pytest.mark.parametrize("nonsense", ["say(b'[]')", "answer(task.id + 1, 'other')", "ready()"])
def test_nonsense_instead_of_an_answer_ends_the_worker(make: Make, nonsense: str) -> None:
    """An answer that cannot be trusted is given to nobody."""
    supervisor = make(ECHO % f"if image == b'odd': {nonsense}; continue")

    with pytest.raises(WorkerDiedError):
        look(supervisor, b"odd")

    assert look(supervisor, b"a cat").text == "a cat"


def test_a_program_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    """Error 401, not a traceback."""
    supervisor = Supervisor(Settings(), [str(tmp_path / "absent")])

    with pytest.raises(WorkerStartError, match="FileNotFoundError"):
        look(supervisor, b"a dog")


def test_stop_ends_the_worker_in_the_middle_of_a_picture(make: Make) -> None:
    """Nothing of it is left running, and no new one is kept."""
    before = children_but([])
    supervisor = make(ECHO % "time.sleep(1000)")
    failed: list[BaseException] = []

    def ask() -> None:
        try:
            look(supervisor, b"slow")
        except WorkerStartError as error:
            failed.append(error)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not supervisor.loaded() and time.monotonic() < deadline:
        time.sleep(0.01)
    process = psutil.Process(supervisor.state()["pid"])

    supervisor.stop()

    thread.join(20)
    assert failed
    assert not process.is_running()
    assert children_but(before) == []


def test_the_worker_does_not_see_the_browsers_environment() -> None:
    """Tokens and addresses that happen to stand there stay with the host."""
    given = {"PATH": "/bin", "LANG": "C", "SSH_AUTH_SOCK": "/s", "TOKEN": "t", "PYTHONPATH": "/p"}

    assert worker_environment(given) == {"PATH": "/bin", "LANG": "C"}
