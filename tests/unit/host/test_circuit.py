"""The circuit: when a worker that keeps dying is left alone, and when it is tried again."""

import pytest

from altlens_host.circuit import Circuit
from altlens_host.errors import WorkerRestingError


class Clock:
    """A clock that goes when it is told to."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def circuit(clock: Clock) -> Circuit:
    return Circuit(30, clock)


def die(circuit: Circuit, times: int, lived: float = 1) -> None:
    for number in range(times):
        circuit.died(lived, f"death {number + 1}.")


def test_three_quick_deaths_open_it_for_a_while(circuit: Circuit, clock: Clock) -> None:
    """It says why and until when; then one try is allowed."""
    die(circuit, 2)
    circuit.check()
    circuit.died(59.9, "crash.")
    clock.now += 29.5

    with pytest.raises(WorkerRestingError, match=r"3 times in a row, at last: crash\. .* in 1 s"):
        circuit.check()
    reason = circuit.reason()
    clock.now += 0.5
    circuit.check()

    assert reason == "The worker ended 3 times in a row, at last: crash."
    assert circuit.reason() is None


def test_the_try_after_the_rest_opens_it_again_if_it_fails(circuit: Circuit, clock: Clock) -> None:
    """One more death is enough."""
    die(circuit, 3)
    clock.now += 30
    circuit.check()

    die(circuit, 1)

    with pytest.raises(WorkerRestingError, match="4 times"):
        circuit.check()


def test_an_answer_breaks_the_row(circuit: Circuit) -> None:
    """Two deaths, an answer, two deaths: a worker that works."""
    die(circuit, 2)
    circuit.answered()
    die(circuit, 2)

    circuit.check()


def test_a_worker_that_lived_long_breaks_the_row(circuit: Circuit) -> None:
    """Dying after a minute of work is no sign that the next one cannot start."""
    die(circuit, 2)
    die(circuit, 1, lived=60)
    die(circuit, 2)

    circuit.check()
