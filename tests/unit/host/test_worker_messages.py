"""The worker's pipe: what is written is read back, and nonsense is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altlens_host import worker_messages as wire
from altlens_host.errors import AltlensError, BadFieldError, ImageTruncatedError, InternalError
from altlens_host.fields import decode_object
from altlens_host.messages import Answer

ANSWER = Answer("described", "A dog — running.", -0.25, 6, "lite", "1")
READY = wire.Ready("lite", "1", "onnx", "cpu", ("limits",), "seen", "cuda: it is not there.")
MOVED = wire.Moved("cpu", "cuda: lost.")
answer_values = decode_object(wire.write_answer(3, ANSWER))


def test_what_is_written_is_read_back() -> None:
    """Task, ready, answer and failure arrive as they were sent."""
    task = wire.Task(3, 12_345)
    failure = wire.write_failure(4, ImageTruncatedError("It breaks off."))

    number, error = wire.read_worker(decode_object(failure))

    assert wire.read_task(decode_object(wire.write_task(task))) == task
    assert wire.read_worker(decode_object(wire.write_ready(READY))) == (None, READY)
    assert wire.read_worker(decode_object(wire.write_moved(MOVED))) == (None, MOVED)
    assert wire.read_worker(answer_values) == (3, ANSWER)
    assert number == 4
    assert isinstance(error, ImageTruncatedError)
    assert error.detail == "It breaks off."


def test_the_worker_reads_tasks_and_stops() -> None:
    """And nothing else: what is neither is an error."""
    task, stop = wire.Task(3, 12_345), wire.Stop(3)

    assert wire.read_host(decode_object(wire.write_task(task))) == task
    assert wire.read_host(decode_object(wire.write_stop(stop))) == stop
    for wrong in ({"type": "stop"}, {"type": "stop", "id": -1}, {"type": "ready", "id": 1}):
        with pytest.raises(BadFieldError):
            wire.read_host(wrong)
    with pytest.raises(BadFieldError):
        wire.read_host({"type": "stop", "id": 1, "size": 2})


def test_a_failure_may_concern_no_task() -> None:
    """A worker that cannot load its model says so without a number."""
    said = decode_object(wire.write_failure(None, InternalError("ValueError")))

    assert wire.read_worker(said)[0] is None


def test_an_unknown_code_is_an_internal_error() -> None:
    """A worker cannot make the host send a code that the protocol does not have."""
    number, error = wire.read_worker({"type": "failure", "id": 1, "code": 999, "detail": "x"})

    assert number == 1
    assert isinstance(error, InternalError)


@pytest.mark.parametrize(
    "change",
    [
        {"type": "task"},
        {"type": None},
        {"id": None},
        {"kind": "certain"},
        {"text": "x" * 2001},
        {"text": None},
        {"mean_logprob": float("nan")},
        {"mean_logprob": float("-inf")},
        {"mean_logprob": "0"},
        {"tokens": -1},
        {"tokens": 10_001},
        {"model": 1},
        {"revision": "x" * 201},
        {"confidence": 1.01},
        {"confidence": -0.01},
        {"confidence": float("nan")},
        {"confidence": "1"},
        {"level": "certain"},
        {"level": None},
        {"calibrated": 1},
        {"more": 1},
    ],
)
def test_a_hostile_answer_is_refused(change: dict[str, object]) -> None:
    """The worker may be hijacked: what it says is checked as what a page says."""
    with pytest.raises(BadFieldError):
        wire.read_worker({**answer_values, **change})


@pytest.mark.parametrize("change", [{"type": "answer"}, {"id": -1}, {"size": None}, {"more": 1}])
def test_a_wrong_task_is_refused(change: dict[str, object]) -> None:
    """The worker checks the host too."""
    with pytest.raises(BadFieldError):
        wire.read_task({"type": "task", "id": 1, "size": 2, **change})


@given(st.dictionaries(st.sampled_from(list(answer_values)), st.none() | st.integers() | st.text()))
def test_only_the_error_tree_escapes(values: dict[str, object]) -> None:
    """Whatever the worker says: a message, or error 202."""
    code, said = 0, None
    try:
        said = wire.read_worker({**answer_values, **values})
    except AltlensError as error:
        code = error.code

    assert code == 202 or said is not None
