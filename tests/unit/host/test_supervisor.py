"""The supervisor, with real processes that behave well, crash, hang or talk nonsense."""

import hashlib
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from altlens_host.errors import (
    CancelledError,
    ImageTruncatedError,
    ModelMissingError,
    PictureRefusedError,
    WorkerDiedError,
    WorkerMemoryError,
    WorkerRestingError,
    WorkerStartError,
    WorkerTimeoutError,
)
from altlens_host.messages import Answer, Wish
from altlens_host.models import recognizer
from altlens_host.settings import Settings, worker_environment
from altlens_host.supervisor import Supervisor, worker_command

PRELUDE = """
import os, sys, time
from altlens_host.errors import CancelledError, ImageTruncatedError, ModelMissingError
from altlens_host.fields import decode_object
from altlens_host.framing import Frame, FrameDecoder, encode
from altlens_host.messages import Answer
from altlens_host.worker_messages import Ready, Stop, read_host, read_task
from altlens_host.worker_messages import write_answer, write_failure, write_ready

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
        "device_reason": None,
        "held": [],
        "missing": ["no_new_privileges", "file_access", "system_calls", "limits", "no_devices"],
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
    supervisor = make(ECHO % f"if image == b'slow': {hang}", deadline_seconds=2)

    with pytest.raises(WorkerTimeoutError, match="No answer in 1 seconds"):
        look(supervisor, b"slow")

    assert look(supervisor, b"a cat").text == "a cat"


def test_a_worker_that_does_not_read_is_ended(make: Make) -> None:
    """A picture larger than the pipe cannot block the host for ever."""
    supervisor = make("ready()\ntime.sleep(1000)", deadline_seconds=2)

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


def gone(process: psutil.Process) -> bool:
    """Wait until a process has left no trace, not even a zombie."""
    deadline = time.monotonic() + 20
    while psutil.pid_exists(process.pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not psutil.pid_exists(process.pid)


def worker_of(supervisor: Supervisor) -> psutil.Process:
    return psutil.Process(supervisor.state()["pid"])


def test_an_idle_worker_is_ended_and_started_again_when_needed(make: Make) -> None:
    """All its memory goes back to the system; nothing is said of a death."""
    supervisor = make(ECHO % "pass", idle_seconds=0.2)
    supervisor.caption(b"k", b"a dog")
    process = worker_of(supervisor)

    ended = gone(process)
    state = supervisor.state()
    again = look(supervisor, b"a cat")

    assert ended
    assert (state["state"], state["pid"], state["last_end"]) == ("absent", None, None)
    assert again.text == "a cat"
    assert supervisor.state()["starts"] == 2


def test_a_worker_at_work_is_not_idle(make: Make) -> None:
    """However long a picture takes; the time counts from the last answer."""
    supervisor = make(ECHO % "time.sleep(0.5)", idle_seconds=0.2)

    texts = [look(supervisor, b"%d" % number).text for number in range(3)]

    assert texts == ["0", "1", "2"]
    assert supervisor.state()["starts"] == 1


def test_an_idle_worker_that_is_killed_leaves_no_zombie(make: Make) -> None:
    """Nobody needs to ask for a picture before it is cleared away."""
    supervisor = make(ECHO % "pass")
    look(supervisor, b"a dog")
    process = worker_of(supervisor)

    process.kill()

    assert gone(process)
    assert supervisor.state()["state"] == "absent"


def test_a_warm_worker_is_there_before_the_first_picture(make: Make) -> None:
    """Twice is once."""
    supervisor = make(ECHO % "pass")

    supervisor.warm()
    supervisor.warm()
    warm = supervisor.state()
    text = look(supervisor, b"a dog").text

    assert (warm["state"], warm["starts"]) == ("ready", 1)
    assert text == "a dog"
    assert supervisor.state()["starts"] == 1


def test_a_warm_worker_that_nobody_needs_is_ended(make: Make) -> None:
    """As idle, like any other."""
    supervisor = make(ECHO % "pass", idle_seconds=1)

    supervisor.warm()

    assert gone(worker_of(supervisor))


def test_a_picture_that_hung_the_worker_before_is_not_tried_again_when_it_crashes(
    make: Make, tmp_path: Path
) -> None:
    """Two deaths are two, of whatever kind."""
    evil = f"time.sleep(1000) if once({str(tmp_path / 'hung')!r}) else os._exit(3)"
    supervisor = make(ECHO % evil, deadline_seconds=2)

    with pytest.raises(WorkerTimeoutError):
        look(supervisor, b"evil")
    with pytest.raises(WorkerDiedError):
        look(supervisor, b"evil")

    assert supervisor.state()["starts"] == 2


def test_warming_a_worker_that_cannot_start_is_quiet(make: Make) -> None:
    """The first picture says what is wrong."""
    supervisor = make("say(write_failure(None, ModelMissingError('No model.')))")

    supervisor.warm()

    with pytest.raises(ModelMissingError):
        look(supervisor, b"a dog")


def test_a_worker_that_takes_too_much_memory_is_ended(make: Make) -> None:
    """Error 408 within moments, long before the time is up; the next picture is captioned."""
    fill = "blocks = [bytearray(b'x' * (1 << 20)) for _ in range(300)]; time.sleep(1000)"
    supervisor = make(ECHO % f"if image == b'bomb': {fill}", memory_megabytes=128)

    with pytest.raises(WorkerMemoryError, match="128 are allowed"):
        look(supervisor, b"bomb")
    said = supervisor.state()["last_end"]

    assert "worker_memory" in said
    assert look(supervisor, b"a cat").text == "a cat"


def test_a_picture_that_ended_the_worker_twice_is_refused_from_then_on(make: Make) -> None:
    """Error 406, with no third death; the state counts it."""
    supervisor = make(ECHO % "if image == b'evil': os._exit(3)")
    with pytest.raises(WorkerDiedError):
        look(supervisor, b"evil")

    with pytest.raises(PictureRefusedError):
        look(supervisor, b"evil")

    assert supervisor.state()["starts"] == 2
    assert supervisor.state()["refused"] == 1
    assert "worker_died" in supervisor.state()["last_end"]


def test_a_picture_that_hangs_the_worker_twice_is_refused_too(make: Make) -> None:
    """It is not tried again by itself: each try costs all the time that there is."""
    supervisor = make(ECHO % "if image == b'slow': time.sleep(1000)", deadline_seconds=2)
    for _ in range(2):
        with pytest.raises(WorkerTimeoutError):
            look(supervisor, b"slow")

    with pytest.raises(PictureRefusedError):
        look(supervisor, b"slow")

    assert supervisor.state()["starts"] == 2


def test_a_worker_that_dies_again_and_again_is_left_alone_for_a_while(
    make: Make, tmp_path: Path
) -> None:
    """Error 407 with the reason, no start; after the rest it is tried, and works."""
    supervisor = make(
        "if not os.path.exists(__file__ + '.well'): sys.exit(3)\n" + ECHO % "pass",
        resting_seconds=0.5,
    )
    for number in range(3):
        with pytest.raises(WorkerStartError):
            look(supervisor, b"%d" % number)

    with pytest.raises(WorkerRestingError, match="3 times"):
        look(supervisor, b"a dog")
    resting = supervisor.state()
    supervisor.warm()
    starts = supervisor.state()["starts"]
    (tmp_path / "worker.py.well").touch()
    deadline = time.monotonic() + 20
    while supervisor.state()["reason"] and time.monotonic() < deadline:
        time.sleep(0.01)

    assert (resting["state"], starts) == ("resting", 3)
    assert "worker_died" in resting["reason"]
    assert look(supervisor, b"a dog").text == "a dog"
    assert supervisor.state()["reason"] is None


def test_deaths_with_answers_in_between_do_not_stop_the_others(make: Make) -> None:
    """Evil pictures among good ones: every good one is captioned."""
    supervisor = make(ECHO % "if image.startswith(b'evil'): os._exit(3)")
    texts = []

    for number in range(3):
        with pytest.raises(WorkerDiedError):
            look(supervisor, b"evil %d" % number)
        texts.append(look(supervisor, b"%d" % number).text)

    assert texts == ["0", "1", "2"]


STOPPABLE = """
ready()
while True:
    said = read_host(decode_object(frame()))
    if isinstance(said, Stop): continue
    image = frame()
    if image == b'slow':
        while not (isinstance(said, Stop) and said.id == 1):
            said = read_host(decode_object(frame()))
        say(write_failure(1, CancelledError('Stopped.')))
    else: answer(said.id, image.decode())
"""


def test_a_picture_that_nobody_waits_for_is_stopped_in_the_middle(make: Make) -> None:
    """The worker is told, says so, and takes the next picture; it was no death."""
    supervisor = make(STOPPABLE)
    waits = threading.Event()
    waits.set()
    raised: list[BaseException] = []

    def ask() -> None:
        try:
            supervisor.caption(b"k", b"slow", waits.is_set)
        except CancelledError as error:
            raised.append(error)
        raised.append(AssertionError(look(supervisor, b"a cat").text))

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not supervisor.loaded() and time.monotonic() < deadline:
        time.sleep(0.01)

    waits.clear()
    supervisor.give_up()

    thread.join(20)
    assert [str(one) for one in raised] == ["Stopped.", "a cat"]
    assert supervisor.state()["starts"] == 1


def test_nothing_is_begun_for_nobody(make: Make) -> None:
    """No worker is started, and a picture is not sent once the model is loaded in vain."""
    supervisor = make(ECHO % "pass")

    with pytest.raises(CancelledError):
        supervisor.caption(b"k", b"a dog", lambda: False)
    answers = iter([True, False])
    with pytest.raises(CancelledError):
        supervisor.caption(b"k", b"a dog", lambda: next(answers))

    assert supervisor.state()["starts"] == 1
    assert look(supervisor, b"a cat").text == "a cat"


def test_giving_up_a_worker_that_does_not_read_holds_up_nobody(make: Make) -> None:
    """The one who cancels is the thread that reads from the browser."""
    supervisor = make("ready()\ntime.sleep(1000)", deadline_seconds=4)
    thread = threading.Thread(target=lambda: _fails(supervisor, b"x" * 1_000_000), daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not supervisor.loaded() and time.monotonic() < deadline:
        time.sleep(0.01)

    begun = time.monotonic()
    for _ in range(20):
        supervisor.give_up()
    took = time.monotonic() - begun

    thread.join(20)
    assert took < 1.5
    assert not thread.is_alive()


def _fails(supervisor: Supervisor, image: bytes) -> None:
    with pytest.raises(WorkerTimeoutError):
        look(supervisor, image)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_worker_inherits_its_pipes_and_nothing_else(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No descriptor of ours, not even one that can be inherited, and not our stderr."""
    monkeypatch.setenv("A_TOKEN", "secret")
    secret = (tmp_path / "secret").open("w")
    os.set_inheritable(secret.fileno(), True)
    supervisor = make(ECHO % "pass")
    look(supervisor, b"a dog")
    pid = supervisor.state()["pid"]

    folder = Path(f"/proc/{pid}/fd")
    held = {path.name: path.readlink().as_posix() for path in folder.iterdir()}
    environment = Path(f"/proc/{pid}/environ").read_bytes()

    assert held.keys() == {"0", "1", "2"}
    assert held["2"] == "/dev/null"
    assert all(held[name].startswith("pipe:") for name in "01")
    assert b"A_TOKEN" not in environment
    secret.close()


def test_the_command_line_may_show_other_formats_a_browser_not(make: Make) -> None:
    """What the worker is told with each picture."""
    body = ECHO % "image = str(task.any_format).encode()"

    told = [look(make(body, by_browser=one), b"a dog").text for one in (True, False)]

    assert told == ["False", "True"]


def test_the_worker_is_told_what_its_answer_may_not_stop_short_of(make: Make) -> None:
    """With each picture: another may be sharper, or read further."""
    supervisor = make(ECHO % "image = f'{task.sharp} {task.whole}'.encode()")

    wishes = (Wish(sharp=True), Wish(whole=True))
    told = [supervisor.caption(b"k", b"a dog", wish=one).text for one in wishes]

    assert told == ["True False", "False True"]


def test_what_one_worker_checked_the_next_is_told(make: Make) -> None:
    """The model's files are read whole once, not with every start."""
    body = "say(write_ready(Ready('m', '1', 's', 'cpu', (), 'seen')))\n" + ECHO.replace(
        "ready()", "", 1
    )
    supervisor = make(body % "image = ' '.join(sys.argv[1:]).encode()")

    first = look(supervisor, b"1").text
    worker_of(supervisor).kill()
    second = look(supervisor, b"2").text

    assert (first, second) == ("", "--checked seen")


ON_A_CARD = """
from altlens_host.worker_messages import Moved, write_moved
sees = "--cpu-because" not in sys.argv
why = "" if sees else sys.argv[sys.argv.index("--cpu-because") + 1]
say(write_ready(Ready("m", "1", "s", "cuda" if sees else "cpu", reason=why)))
while True:
    task, image = read_task(decode_object(frame())), frame()
    %s
    answer(task.id, image.decode())
"""


def test_a_device_that_fails_in_the_middle_is_told_by_the_state(make: Make) -> None:
    """The worker says so before its answer, in one piece with it, and works on."""
    moves = (
        'if image == b"2": os.write(1, encode(write_moved(Moved("cpu", "cuda: lost.")), 1 << 20)'
        ' + encode(write_answer(task.id, Answer("described", "two", -0.5, 3, "m", "1")), 1 << 20));'
        " continue"
    )
    supervisor = make(ON_A_CARD % moves)

    said, states = [], []
    for picture in (b"1", b"2", b"3"):
        said.append(look(supervisor, picture).text)
        state = supervisor.state()
        states.append((state["device"], state["device_reason"], state["starts"]))

    assert said == ["1", "two", "3"]
    assert states == [("cuda", None, 1), ("cpu", "cuda: lost.", 1), ("cpu", "cuda: lost.", 1)]


@pytest.mark.parametrize("when", ["start", "middle"])
def test_a_device_that_ends_the_worker_is_done_without(make: Make, when: str) -> None:
    """A driver that crashes takes the process along; the picture is answered by the next one."""
    crash = 'if "--cpu-because" not in sys.argv: os._exit(3)\n'
    body = ON_A_CARD % ("pass" if when == "start" else crash)
    supervisor = make(crash + body if when == "start" else body)

    if when == "start":
        with pytest.raises(WorkerStartError):
            look(supervisor, b"1")
    answer = look(supervisor, b"1")

    state = supervisor.state()
    assert answer.text == "1"
    assert (state["device"], state["starts"]) == ("cpu", 2)
    assert state["device_reason"] == "A worker that may use it ended (worker_died)."


def test_a_crash_on_the_processor_says_nothing_against_a_device(make: Make, tmp_path: Path) -> None:
    """The next worker looks for one as before."""
    crash = f"if once({str(tmp_path / 'crashed')!r}): os._exit(3)"
    told = "image = ' '.join(sys.argv[1:]).encode()"

    assert look(make(ECHO % f"{crash}\n    {told}"), b"a dog").text == ""


def test_a_model_that_was_missing_says_nothing_against_a_device(make: Make, tmp_path: Path) -> None:
    """Once it is there, the device is looked for as before."""
    missing = (
        f"if once({str(tmp_path / 'missing')!r}):\n"
        "    say(write_failure(None, ModelMissingError('x'))); sys.exit(1)\n"
    )
    supervisor = make(missing + ECHO % "image = ' '.join(sys.argv[1:]).encode()")

    with pytest.raises(ModelMissingError):
        look(supervisor, b"1")

    assert look(supervisor, b"1").text == ""


def test_a_worker_that_moves_before_it_is_ready_speaks_nonsense(make: Make) -> None:
    """There is nothing yet that could be elsewhere."""
    moved = "from altlens_host.worker_messages import Moved, write_moved\n"
    supervisor = make(moved + 'say(write_moved(Moved("cpu", "")))\n' + ECHO % "pass")

    with pytest.raises(WorkerStartError):
        look(supervisor, b"a dog")


def test_a_picture_given_up_while_it_is_sent_is_stopped_too(make: Make) -> None:
    """Whoever cancelled came too early to name the task."""
    supervisor = make(STOPPABLE)
    answers = iter([True, True, False])

    with pytest.raises(CancelledError, match="Stopped"):
        supervisor.caption(b"k", b"slow", lambda: next(answers))


def test_a_picture_that_was_answered_has_a_clean_slate(make: Make, tmp_path: Path) -> None:
    """Crashes by chance, each followed by an answer: it is never refused."""
    lucky = f"if once({str(tmp_path / 'well')!r}): os._exit(3)"
    supervisor = make(ECHO % lucky)

    for _ in range(3):
        (tmp_path / "well").unlink(missing_ok=True)
        assert look(supervisor, b"a dog").text == "a dog"

    assert supervisor.state()["starts"] == 4


@pytest.mark.parametrize("between", [b"a cat", b"bad"])
def test_a_worker_that_answers_is_no_dying_one(make: Make, between: bytes) -> None:
    """An error about a picture shows as well as a caption that the worker works."""
    failure = "say(write_failure(task.id, ImageTruncatedError('It breaks off.'))); continue"
    supervisor = make(ECHO % f"if image == b'bad': {failure}\n    if image[0] < 65: os._exit(3)")

    for number in range(2):
        with pytest.raises(WorkerDiedError):
            look(supervisor, b"%d" % number)
        with suppress(ImageTruncatedError):
            look(supervisor, between)

    assert supervisor.state()["reason"] is None
    assert supervisor.state()["starts"] == 5


def test_a_picture_that_nobody_waits_for_is_not_tried_again(make: Make) -> None:
    """It ended the worker, and meanwhile the reader went on: no new worker for nothing."""
    supervisor = make(ECHO % "os._exit(3)")
    answers = iter([True, True, True, False])

    with pytest.raises(CancelledError):
        supervisor.caption(b"k", b"evil", lambda: next(answers))

    assert supervisor.state()["starts"] == 1


def test_a_worker_is_told_when_words_shall_stay_as_written() -> None:
    """The default is neutral words; who turns that off gets the model's own."""
    assert "--words-as-written" not in worker_command(Settings())
    assert "--words-as-written" in worker_command(Settings(neutral_words=False))


def test_the_worker_is_told_to_read_text_unless_the_user_turned_that_off() -> None:
    """The extra is installed with the tests' tools."""
    command = worker_command(Settings())
    assert command[command.index("--read-text") + 1 :][: len(recognizer.folders())] == [
        str(one) for one in recognizer.folders()
    ]
    assert "--read-text" not in worker_command(Settings(read_text=False))


def test_photographs_are_checked_for_adult_content_only_when_the_user_asked_for_it() -> None:
    """Also where the extra is installed."""
    assert "--adult-check" not in worker_command(Settings())
    assert "--adult-check" in worker_command(Settings(adult_check=True))
