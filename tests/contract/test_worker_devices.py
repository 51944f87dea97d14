"""The worker, as a process, on devices that are not there or that fail."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from contract.tiny_model import build
from PIL import Image
from support.encoding import encoded

from altlens_host.settings import Settings
from altlens_host.supervisor import Supervisor, worker_command
from altlens_host.worker_messages import PROMISES

LOST_CARD = Path(__file__).with_name("lost_card.py")
Run = Callable[..., Supervisor]


@pytest.fixture
def run(tmp_path: Path, request: pytest.FixtureRequest) -> Run:
    """Prepare a worker; with `good`, on a card that is lost after so many runs."""
    folder = build(tmp_path / "tiny")

    def prepared(good: int | None = None, **chosen: str) -> Supervisor:
        settings = Settings(model=str(folder), threads=1, read_text=False, **chosen)
        command = worker_command(settings)
        if good is not None:
            command = [sys.executable, "-P", str(LOST_CARD), str(good), *command[5:]]
        supervisor = Supervisor(settings, command)
        request.addfinalizer(supervisor.stop)
        return supervisor

    return prepared


@pytest.fixture
def files(pictures: list[Image.Image]) -> list[bytes]:
    """Pictures as a page has them."""
    return [encoded(picture) for picture in pictures[:3]]


def told(supervisor: Supervisor) -> tuple[str, str | None]:
    state = supervisor.state()
    return state["device"], state["device_reason"]


def test_the_processor_is_what_most_have(run: Run, files: list[bytes]) -> None:
    """Nothing to explain, and nothing of the sandbox missing."""
    supervisor = run()

    supervisor.caption(b"1", files[0])

    assert told(supervisor) == ("cpu", None)
    assert supervisor.state()["held"] == list(PROMISES)


@pytest.mark.parametrize("device", ["cuda", "directml", "coreml", "openvino", "mps"])
def test_a_device_that_was_asked_for_and_is_not_there(
    run: Run, files: list[bytes], device: str
) -> None:
    """The caption comes all the same, and the state says why from the processor."""
    supervisor = run(device=device)

    answer = supervisor.caption(b"1", files[0])

    assert answer.tokens
    device_used, reason = told(supervisor)
    assert device_used == "cpu"
    assert f"{device}: the installed libraries do not find it." in str(reason)


def test_a_card_that_is_lost_in_the_middle_costs_no_picture(run: Run, files: list[bytes]) -> None:
    """In the process that had it: the trial and one picture on the card, the others after it."""
    plain = run()
    expected = [plain.caption(bytes([at]), file) for at, file in enumerate(files)]
    supervisor = run(good=2, device="cuda")

    answers, states = [], []
    for at, file in enumerate(files):
        answers.append(supervisor.caption(bytes([at]), file))
        states.append(told(supervisor))

    assert answers == expected
    assert states[0] == ("cuda", None)
    lost = "cuda: it failed in the middle of a picture. The model cannot be run: RuntimeException."
    assert states[1:] == [("cpu", lost)] * 2
    assert supervisor.state()["starts"] == 1


def test_a_card_that_fails_the_trial_is_not_used(run: Run, files: list[bytes]) -> None:
    """Before the first picture waits for it."""
    supervisor = run(good=0, device="cuda")

    supervisor.caption(b"1", files[0])

    assert told(supervisor) == ("cpu", "cuda: The model cannot be run: RuntimeException.")
