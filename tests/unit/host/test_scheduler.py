"""Which picture is next."""

import threading

import pytest

from altlens_host.errors import BusyError
from altlens_host.scheduler import Scheduler


def scheduler() -> Scheduler:
    return Scheduler(most_waiting=4, most_bytes=10)


def test_the_most_urgent_comes_first_and_the_newest_among_equals() -> None:
    """By hand, then visible, then near; what came last is what the reader is at now."""
    queue = Scheduler(10, 100)
    for number, (key, priority) in enumerate(
        [(b"n", "near"), (b"v1", "visible"), (b"a", "asked"), (b"v2", "visible")]
    ):
        queue.add(number, key, b"x", priority)  # type: ignore[arg-type]

    order = []
    for _ in range(4):
        job = queue.take()
        order.append(job.key)
        queue.finish(job)

    assert order == [b"a", b"v2", b"v1", b"n"]


def test_equal_pictures_are_one_job_for_all_who_ask() -> None:
    """Waiting or begun, the same picture is computed once, at the higher priority."""
    queue = scheduler()
    queue.add(1, b"k", b"x", "near")
    queue.add(2, b"other", b"x", "visible")
    queue.add(3, b"k", b"x", "asked")

    job = queue.take()
    queue.add(4, b"k", b"x", "visible")

    assert job.key == b"k"
    assert queue.finish(job) == [1, 3, 4]
    assert queue.take().key == b"other"


def test_a_cancelled_job_is_dropped_when_nobody_waits_for_it() -> None:
    """One of two cancels: the job stays. Both: it is gone, and its place is free."""
    queue = scheduler()
    queue.add(1, b"k", b"123456789", "visible")
    queue.add(2, b"k", b"123456789", "visible")
    queue.add(3, b"other", b"1", "near")

    queue.cancel(1)
    queue.cancel(2)
    queue.cancel(99)
    queue.add(4, b"next", b"123456789", "near")

    assert queue.take().key == b"next"


def test_cancelling_a_job_that_has_begun_leaves_nobody_waiting() -> None:
    """The worker goes on, but no one is answered twice."""
    queue = scheduler()
    queue.add(1, b"k", b"x", "visible")
    job = queue.take()

    queue.cancel(1)

    assert queue.finish(job) == []


def test_too_many_requests_are_refused() -> None:
    """Those who wait for the same picture count too: nothing piles up."""
    queue = scheduler()
    for number in range(4):
        queue.add(number, b"k", b"x", "visible")

    with pytest.raises(BusyError, match="4 requests"):
        queue.add(4, b"k", b"x", "visible")


def test_too_many_bytes_are_refused_but_one_picture_always_fits() -> None:
    """A single large picture is taken; a second one beyond the limit is not."""
    queue = scheduler()
    queue.add(1, b"large", b"x" * 11, "visible")

    with pytest.raises(BusyError, match="11 bytes"):
        queue.add(2, b"small", b"x", "visible")


def test_bytes_up_to_the_limit_are_taken() -> None:
    """The limit itself is allowed."""
    queue = scheduler()
    queue.add(1, b"a", b"x" * 5, "visible")

    queue.add(2, b"b", b"x" * 5, "visible")

    assert queue.take().key == b"b"


def test_take_waits_for_a_job() -> None:
    """The dispatching thread sleeps until there is something to do."""
    queue = scheduler()
    taken: list[bytes] = []
    thread = threading.Thread(target=lambda: taken.append(queue.take().key), daemon=True)
    thread.start()

    queue.add(1, b"k", b"x", "visible")

    thread.join(10)
    assert taken == [b"k"]
