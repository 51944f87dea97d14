"""The worker as the host starts it: a real process, real pipes, a real model."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from contract.layouts import prepared
from contract.tiny_model import build
from contract.trained_model import unpack
from PIL import Image
from support.encoding import encoded

from altlens_host.errors import AltlensError
from altlens_host.fields import decode_object
from altlens_host.messages import Answer
from altlens_host.worker_messages import Ready, Task, read_worker, write_task
from altlens_installer.demo.judge import PICTURES

PATIENCE = 60.0

# Runs the worker with a library in it that does what a library should not do.
CARELESS = """
import os, struct, sys, time
from altlens_host.worker import pipes, postprocess
claim, ends = pipes.claim, []
def claimed():
    ends.extend(claim())
    return ends
pipes.claim = claimed
def tell(text):
    body = text.encode()
    os.write(ends[1], struct.pack("=I", len(body)) + body)
tidy = postprocess.tidy
def careless(text, *style):
    {deed}
    return tidy(text, *style)
postprocess.tidy = careless
from altlens_host.worker.__main__ import main
sys.exit(main(sys.argv[1:]))
"""
PRINTS = (
    'print("stray", flush=True); sys.__stdout__.write("stray");'
    'os.write(1, b"stray"); os.write(2, b"stray"); assert os.read(0, 9) == b""'
)


# Runs the worker with a check for adult content that finds all photographs.
PRUDISH = """
import sys
from altlens_host.worker import adult
adult.LEAST = 0.0
from altlens_host.worker.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


class Worker:
    """A worker process and its two pipes."""

    def __init__(self, model: str | Path, *runner: str) -> None:
        command = [sys.executable, "-E", "-P", *(runner or ("-m", "altlens_host.worker"))]
        self.process = subprocess.Popen(
            [*command, "--model", str(model), "--threads", "1"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def send(self, body: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(struct.pack("=I", len(body)) + body)
        self.process.stdin.flush()

    def ask(self, number: int, data: bytes) -> None:
        self.send(write_task(Task(number, len(data))))
        self.send(data)

    def frame(self) -> bytes:
        assert self.process.stdout is not None
        (length,) = struct.unpack("=I", self.process.stdout.read(4))
        return self.process.stdout.read(length)

    def hear(self) -> tuple[int | None, Ready | Answer | AltlensError]:
        return read_worker(decode_object(self.frame()))

    def end(self) -> int:
        """Close the pipe to the worker, as the system does when the host ends."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.process.wait(PATIENCE)


Start = Callable[..., Worker]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start workers, and leave none behind."""
    started: list[Worker] = []

    def begin(model: str | Path, *runner: str) -> Worker:
        started.append(Worker(model, *runner))
        return started[-1]

    yield begin
    for worker in started:
        for pipe in filter(None, (worker.process.stdin, worker.process.stdout)):
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
        try:
            worker.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            worker.process.kill()
            raise


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny model."""
    return build(tmp_path_factory.mktemp("model") / "tiny")


@pytest.fixture(scope="module")
def photographs(pictures: list[Image.Image]) -> list[bytes]:
    """The pictures of the contract, as a page has them."""
    return [encoded(one, "JPEG" if at % 2 else "PNG") for at, one in enumerate(pictures)]


def careless(deed: str) -> tuple[str, str]:
    return "-c", CARELESS.format(deed=deed)


def wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.01)


def test_the_model_that_ships_answers_in_order(start: Start, photographs: list[bytes]) -> None:
    """Ready once, then one answer for each picture, in the order in which they were sent."""
    worker = start("lite")

    number, ready = worker.hear()
    for at, data in enumerate(photographs):
        worker.ask(at + 7, data)
    answers = [worker.hear() for _ in photographs]

    assert number is None
    assert isinstance(ready, Ready)
    assert (ready.model, ready.engine, ready.device) == ("lite", "onnx", "cpu")
    assert [number for number, _ in answers] == [at + 7 for at in range(len(photographs))]
    for _, answer in answers:
        assert isinstance(answer, Answer)
        assert (answer.kind, answer.model) == ("described", "lite")
        assert answer.revision == ready.revision
        assert answer.mean_logprob < 0 < answer.tokens
        assert answer.text == answer.text.strip() != ""


def test_a_bad_picture_costs_only_its_own_answer(
    start: Start, tiny: Path, photographs: list[bytes]
) -> None:
    """The error has the picture's number, and the next picture is captioned."""
    worker = start(tiny)
    worker.hear()

    worker.ask(1, b"no picture")
    worker.ask(2, photographs[0][:200])
    worker.send(write_task(Task(3, 99)))
    worker.send(photographs[0])
    worker.ask(4, photographs[0])
    heard = [worker.hear() for _ in range(4)]

    codes = [said.code for _, said in heard if isinstance(said, AltlensError)]
    assert [number for number, _ in heard] == [1, 2, 3, 4]
    assert codes == [301, 302, 202]
    assert isinstance(heard[3][1], Answer)


def test_a_flat_picture_is_answered_without_the_model(start: Start, tiny: Path) -> None:
    """A spacer is decorative, and nobody is named as having said so."""
    worker = start(tiny)
    worker.hear()

    worker.ask(5, encoded(Image.new("RGB", (30, 30), "white")))

    assert worker.hear() == (5, Answer("decorative", "", 0.0, 0, "", "", 0.0, "plain"))


def test_what_leaves_nothing_to_say_is_unsure(
    start: Start, tiny: Path, photographs: list[bytes]
) -> None:
    """An empty description would be announced as one."""
    worker = start(tiny, *careless('return tidy("")'))
    worker.hear()

    worker.ask(1, photographs[0])
    _, answer = worker.hear()

    assert isinstance(answer, Answer)
    assert (answer.kind, answer.text, answer.model) == ("unsure", "", "tiny")


def test_stray_output_of_a_library_corrupts_nothing(
    start: Start, tiny: Path, photographs: list[bytes]
) -> None:
    """Prints and writes to descriptors 1 and 2 go nowhere."""
    worker = start(tiny, *careless(PRINTS))
    worker.hear()

    for number in (1, 2):
        worker.ask(number, photographs[number])
        heard, answer = worker.hear()

        assert heard == number
        assert isinstance(answer, Answer)


def test_a_fault_of_our_own_is_told_by_its_type_alone(
    start: Start, tiny: Path, photographs: list[bytes]
) -> None:
    """What stands in the exception may be a caption; the worker lives on."""
    worker = start(
        tiny, *careless('if len(sys.argv) > 5: raise KeyError(text)\n    sys.argv += "x"')
    )
    worker.hear()

    for number in (1, 2, 3):
        worker.ask(number, photographs[number])
    (_, first), (number, second), (_, third) = (worker.hear() for _ in range(3))

    assert isinstance(first, Answer)
    assert isinstance(second, AltlensError)
    assert (number, second.code, second.detail) == (2, 500, "The worker failed: KeyError.")
    assert isinstance(third, AltlensError)


def test_the_end_of_the_pipe_ends_it(start: Start, tiny: Path) -> None:
    """No worker outlives its host."""
    worker = start(tiny)
    worker.hear()

    assert worker.end() == 0


@pytest.mark.parametrize("deed", ["time.sleep(9999)", "while True: pass"])
def test_the_end_of_the_pipe_ends_it_in_the_middle_of_a_caption(
    start: Start, tiny: Path, photographs: list[bytes], deed: str
) -> None:
    """Whether it waits or computes."""
    worker = start(tiny, *careless(f"tell('begun')\n    {deed}"))
    worker.hear()
    worker.ask(1, photographs[0])
    assert worker.frame() == b"begun"

    assert worker.end() == 0


def test_a_host_that_is_killed_leaves_no_orphan(tiny: Path, tmp_path: Path) -> None:
    """Killed hard, it can say nothing; the system closes its end of the pipe."""
    command = [sys.executable, "-m", "altlens_host.worker", "--model", str(tiny)]
    host = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import subprocess as s, sys\n"
            f"p = s.Popen({command!r}, stdin=s.PIPE, stdout=s.PIPE)\n"
            "p.stdout.read(4); print(p.pid, flush=True); p.wait()",
        ],
        stdout=subprocess.PIPE,
    )
    assert host.stdout is not None
    worker = psutil.Process(int(host.stdout.readline()))

    host.kill()
    host.communicate()

    wait_until(lambda: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE)


def test_a_host_that_stops_listening_ends_it(
    start: Start, tiny: Path, photographs: list[bytes]
) -> None:
    """Nobody is left to answer."""
    worker = start(tiny)
    worker.hear()
    assert worker.process.stdout is not None

    worker.process.stdout.close()
    worker.ask(1, photographs[0])

    assert worker.process.wait(PATIENCE) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_a_signal_to_end_ends_it(start: Start, tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At once, by the system's own hand; Ctrl-C in a terminal is the host's to handle."""
    # Whoever measures coverage takes the signal in Python, and may not pass it on in there.
    for name in [name for name in os.environ if name.startswith("COVERAGE_")]:
        monkeypatch.delenv(name)
    worker = start(tiny)
    worker.hear()

    worker.process.send_signal(signal.SIGINT)
    worker.ask(1, b"")
    number, _ = worker.hear()
    worker.process.terminate()

    assert number == 1
    assert worker.process.wait(PATIENCE) == -signal.SIGTERM


@pytest.mark.parametrize(
    ("name", "code"), [("nowhere", 404), ("no tokenizer", 404), ("damaged", 405)]
)
def test_a_model_that_cannot_be_used_is_told_at_once(
    start: Start, tiny: Path, tmp_path: Path, name: str, code: int
) -> None:
    """One failure that belongs to no picture, and the process ends with 1."""
    if name != "nowhere":
        shutil.copytree(tiny, tmp_path / name)
    if name == "no tokenizer":
        (tmp_path / name / "tokenizer.json").unlink()
    if name == "damaged":
        os.truncate(next((tmp_path / name / "onnx").glob("encoder*")), 500)
    worker = start(tmp_path / name)

    number, error = worker.hear()

    assert number is None
    assert isinstance(error, AltlensError)
    assert error.code == code
    assert worker.process.wait(PATIENCE) == 1


def test_a_host_that_speaks_nonsense_is_left(start: Start, tiny: Path) -> None:
    """It is told once; a worker that does not understand its host is of no use to it."""
    worker = start(tiny)
    worker.hear()

    worker.send(b"hello?")
    number, error = worker.hear()

    assert number is None
    assert isinstance(error, AltlensError)
    assert error.code == 103
    assert worker.process.wait(PATIENCE) == 1


def test_only_two_decoders_and_no_torch_are_in_the_process(
    start: Start, tiny: Path, photographs: list[bytes]
) -> None:
    """What is not there cannot be reached by a hostile picture, and costs no memory."""
    deed = (
        "import json, PIL.Image; report = [sorted(PIL.Image.OPEN), sorted(sys.modules)];"
        "tell(json.dumps(report))"
    )
    worker = start(tiny, *careless(deed))
    worker.hear()
    worker.ask(1, photographs[0])

    decoders, modules = json.loads(worker.frame())

    assert decoders == ["JPEG", "PNG"]
    assert not {"torch", "transformers", "onnx", "asyncio"} & set(modules)


@pytest.mark.parametrize("is_prepared", [False, True])
def test_no_heavier_library_is_ever_imported(
    start: Start, tmp_path: Path, photographs: list[bytes], is_prepared: bool
) -> None:
    """Not torch, not transformers, nor onnx: seconds and hundreds of megabytes each."""
    folder = unpack(tmp_path / "trained")
    if is_prepared:
        prepared(folder, "q8")
    deed = (
        'tell(json.dumps([one for one in ("torch", "transformers", "onnx") if one in sys.modules]))'
    )
    worker = start(
        folder, "-c", CARELESS.replace("import os,", "import json, os,").format(deed=deed)
    )
    _, ready = worker.hear()

    worker.ask(1, photographs[0])
    imported = json.loads(worker.frame())
    _, answer = worker.hear()

    assert isinstance(ready, Ready)
    assert "file_access" in ready.held or sys.platform != "linux"
    assert isinstance(answer, Answer)
    assert imported == []
    mapped = Path(f"/proc/{worker.process.pid}/maps")
    assert not mapped.exists() or "torch" not in mapped.read_text()


def test_photographs_are_checked_for_adult_content_inside_the_sandbox(start: Start) -> None:
    """With what the package carries; neither the network nor the home is there to look in."""
    worker = start("lite", "-c", PRUDISH, "--adult-check")
    _, ready = worker.hear()

    worker.ask(1, sorted(PICTURES.glob("*.jpg"))[0].read_bytes())
    _, answer = worker.hear()

    assert isinstance(ready, Ready)
    assert {"file_access", "system_calls"} <= {*ready.held} or sys.platform != "linux"
    assert isinstance(answer, Answer), answer
    assert answer.text == "May contain adult content"


def test_what_goes_wrong_after_an_answer_costs_the_next_one_nothing(start: Start) -> None:
    """A photograph is remembered after its answer was given."""
    forget = "from altlens_host.worker import captioner; captioner.photo_print = None"
    worker = start("lite", *careless(forget))
    worker.hear()

    for number in (1, 2):
        worker.ask(number, (PICTURES / "cat.jpg").read_bytes())
        answered, answer = worker.hear()
        assert answered == number
        assert isinstance(answer, Answer), answer

    assert worker.end() == 0


def test_a_photograph_in_another_size_gets_the_answer_that_it_had(start: Start) -> None:
    """Not described anew: the probabilities would differ in some digit."""
    with Image.open(PICTURES / "cat.jpg") as image:
        smaller = image.resize((image.width * 3 // 4, image.height * 3 // 4))
    worker = start("lite")
    worker.hear()

    worker.ask(1, (PICTURES / "cat.jpg").read_bytes())
    worker.ask(2, encoded(smaller, "PNG"))
    (_, first), (_, second) = worker.hear(), worker.hear()

    assert isinstance(first, Answer)
    assert first == second
