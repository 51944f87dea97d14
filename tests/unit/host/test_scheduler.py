"""Which picture is next."""

import threading

import pytest

from altlens_host.errors import BusyError
from altlens_host.messages import Wish
from altlens_host.scheduler import Job, Scheduler


def scheduler() -> Scheduler:
    return Scheduler(most_waiting=4, most_bytes=10, most_for_one=3)


def taken(queue: Scheduler) -> Job:
    job = queue.take()
    assert job is not None
    return job


def test_the_most_urgent_comes_first_and_the_newest_among_equals() -> None:
    """By hand, then visible, then near; what came last is what the reader is at now."""
    queue = Scheduler(10, 100, 10)
    for number, (key, priority) in enumerate(
        [(b"n", "near"), (b"v1", "visible"), (b"a", "asked"), (b"v2", "visible")]
    ):
        queue.add(number, key, b"x", priority)  # type: ignore[arg-type]

    order = []
    for _ in range(4):
        job = taken(queue)
        order.append(job.key)
        queue.finish(job)

    assert order == [b"a", b"v2", b"v1", b"n"]


def test_equal_pictures_are_one_job_for_all_who_ask() -> None:
    """Waiting or begun, the same picture is computed once, at the higher priority."""
    queue = scheduler()
    queue.add(1, b"k", b"x", "near")
    queue.add(2, b"other", b"x", "visible")
    queue.add(3, b"k", b"x", "asked")

    job = taken(queue)
    queue.add(4, b"k", b"x", "visible")

    assert job.key == b"k"
    assert queue.finish(job) == [1, 3, 4]
    assert taken(queue).key == b"other"


def test_a_job_that_is_begun_does_for_who_wishes_for_no_more() -> None:
    """What is worked on cannot be looked at more sharply, nor read any further, by then."""
    queue = scheduler()
    queue.add(1, b"k", b"x", "visible", Wish(sharp=True))
    queue.add(2, b"k", b"x", "visible", Wish(whole=True))
    begun = taken(queue)
    queue.add(3, b"k", b"x", "visible")
    queue.finish(begun)
    queue.add(4, b"k", b"x", "visible")
    less = taken(queue)
    queue.add(5, b"k", b"x", "visible", Wish(whole=True))

    assert (begun.wish, list(begun.waiting)) == (Wish(sharp=True, whole=True), [1, 2, 3])
    assert (less.wish, list(less.waiting)) == (Wish(), [4])
    assert queue.finish(less) == [4]
    assert list(taken(queue).waiting) == [5]


def test_cancelling_what_is_begun_leaves_who_waits_for_more_of_the_same_picture() -> None:
    """They are another job, though of one key."""
    queue = scheduler()
    queue.add(1, b"k", b"x", "visible")
    begun = taken(queue)
    queue.add(2, b"k", b"x", "asked", Wish(whole=True))

    unwanted = queue.cancel(1)
    queue.finish(begun)

    assert unwanted
    assert list(taken(queue).waiting) == [2]


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

    assert taken(queue).key == b"next"


def test_cancelling_a_job_that_has_begun_leaves_nobody_waiting() -> None:
    """The worker goes on, but no one is answered twice."""
    queue = scheduler()
    queue.add(1, b"k", b"x", "visible")
    job = taken(queue)

    queue.cancel(1)

    assert queue.finish(job) == []


def test_too_many_requests_are_refused() -> None:
    """Those who wait for the same picture count too: nothing piles up."""
    queue = scheduler()
    for number in range(4):
        queue.add(number, b"%d" % (number // 2), b"x", "visible")

    with pytest.raises(BusyError, match="4 requests"):
        queue.add(4, b"0", b"x", "visible")


def test_a_picture_asked_for_over_and_over_does_not_keep_others_out() -> None:
    """A key held down: the repeats beyond a few are refused, another picture has its place."""
    queue = scheduler()
    for number in range(3):
        queue.add(number, b"k", b"x", "asked")

    with pytest.raises(BusyError, match="for this picture"):
        queue.add(3, b"k", b"x", "asked")
    queue.add(4, b"other", b"x", "near")

    assert taken(queue).waiting.keys() == {0, 1, 2}


def test_the_least_urgent_and_oldest_gives_way_to_the_more_urgent() -> None:
    """A page full of pictures never keeps out the one that the reader asks for."""
    queue = scheduler()
    queue.add(3, b"v", b"x", "visible")
    queue.add(4, b"v", b"x", "visible")
    queue.add(1, b"n1", b"x", "near")
    queue.add(2, b"n2", b"x", "near")

    gone = [
        queue.add(5, b"a1", b"x", "asked"),
        queue.add(6, b"v2", b"x", "visible"),
        queue.add(7, b"a2", b"x", "asked"),
    ]

    assert gone == [[1], [2], [3, 4]]
    with pytest.raises(BusyError):
        queue.add(8, b"v3", b"x", "visible") or queue.add(9, b"v4", b"x", "visible")
    with pytest.raises(BusyError):
        queue.add(10, b"n3", b"x", "near")


def test_a_picture_never_gives_way_to_itself() -> None:
    """It waits as a near one and is asked for by hand while there is no room: another one goes."""
    queue = scheduler()
    queue.add(1, b"k", b"x", "near")
    for number in (2, 3, 4):
        queue.add(number, b"%d" % number, b"x", "visible")

    gone = queue.add(5, b"k", b"x", "asked")

    assert gone == [2]
    assert taken(queue).waiting.keys() == {1, 5}


def test_a_large_picture_displaces_as_many_as_it_needs_or_none() -> None:
    """Bytes make room like requests do; where that cannot help, nobody is sent away."""
    queue = scheduler()
    queue.add(1, b"n1", b"12345", "near")
    queue.add(2, b"n2", b"123", "near")

    gone = queue.add(3, b"v", b"1234", "visible")
    with pytest.raises(BusyError):
        queue.add(4, b"v2", b"12345678", "visible")

    assert gone == [1]
    assert [taken(queue).key, taken(queue).key] == [b"v", b"n2"]


def test_asking_again_makes_a_picture_the_newest() -> None:
    """What the reader came back to is next; a less urgent question does not move it."""
    queue = scheduler()
    queue.add(1, b"first", b"x", "visible")
    queue.add(2, b"second", b"x", "visible")
    queue.add(3, b"first", b"x", "near")
    unmoved = list(queue._queued)

    queue.add(4, b"first", b"x", "visible")

    assert unmoved == [b"first", b"second"]
    assert taken(queue).key == b"first"


def test_a_job_is_as_urgent_as_those_who_still_wait() -> None:
    """The one who asked by hand went away: the picture waits among the near ones again."""
    queue = scheduler()
    queue.add(1, b"k", b"x", "near")
    queue.add(2, b"k", b"x", "asked")
    queue.add(3, b"other", b"x", "visible")

    queue.cancel(2)

    assert taken(queue).key == b"other"


def test_a_job_that_was_given_up_is_begun_anew_for_whoever_asks_then() -> None:
    """It may end without an answer at any moment, so nobody joins it."""
    queue = scheduler()
    queue.add(1, b"k", b"x", "visible")
    given_up = taken(queue)

    told = queue.cancel(1)
    queue.add(2, b"k", b"x", "visible")

    assert told is True
    assert queue.finish(given_up) == []
    assert queue.finish(taken(queue)) == [2]


def test_the_worker_is_told_only_when_nobody_waits_for_what_it_does() -> None:
    """Not for one of two, nor for a picture that only waits, nor for a stranger."""
    queue = scheduler()
    queue.add(1, b"k", b"x", "visible")
    queue.add(2, b"k", b"x", "visible")
    taken(queue)
    queue.add(3, b"waits", b"x", "visible")

    told = [queue.cancel(number) for number in (3, 99, 1, 2)]

    assert told == [False, False, False, True]


def test_waking_lets_take_return_without_a_job_once() -> None:
    """The job that waits meanwhile is not lost."""
    queue = scheduler()
    queue.add(1, b"k", b"x", "visible")
    queue.wake()

    assert queue.take() is None
    assert taken(queue).key == b"k"


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

    assert taken(queue).key == b"b"


def test_take_waits_for_a_job() -> None:
    """The dispatching thread sleeps until there is something to do."""
    queue = scheduler()
    keys: list[bytes] = []
    thread = threading.Thread(target=lambda: keys.append(taken(queue).key), daemon=True)
    thread.start()

    queue.add(1, b"k", b"x", "visible")

    thread.join(10)
    assert keys == [b"k"]
