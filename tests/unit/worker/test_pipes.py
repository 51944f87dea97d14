"""Frames from the host, put together to pictures."""

import os
import struct
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altlens_host.errors import (
    AltlensError,
    BadFieldError,
    CancelledError,
    FrameNotJsonError,
    FrameTooLargeError,
    ImageTooManyBytesError,
)
from altlens_host.settings import MAX_IMAGE_BYTES
from altlens_host.worker.pipes import Desk, Picture, Pipes
from altlens_host.worker_messages import Stop, Task, write_stop, write_task


def frame(body: bytes) -> bytes:
    return struct.pack("=I", len(body)) + body


def asked(number: int, data: bytes, size: int | None = None) -> bytes:
    return frame(write_task(Task(number, len(data) if size is None else size))) + frame(data)


@given(st.lists(st.binary(max_size=40), max_size=5), st.integers(1, 30))
def test_pictures_come_out_in_order_however_the_stream_is_cut(
    pictures: list[bytes], step: int
) -> None:
    """Each with the task that announced it."""
    stream = b"".join(asked(number, data) for number, data in enumerate(pictures))
    desk = Desk()

    whole = [
        picture
        for at in range(0, len(stream), step)
        for picture in desk.feed(stream[at : at + step])
    ]

    assert whole == [Picture(Task(n, len(data)), data) for n, data in enumerate(pictures)]


def test_a_picture_of_another_size_is_refused_and_the_next_one_taken() -> None:
    """The fault belongs to the one picture."""
    first, second = Desk().feed(asked(1, b"abc", size=4) + asked(2, b"abcd"))

    assert isinstance(first.data, BadFieldError)
    assert second.data == b"abcd"


def test_a_picture_beyond_the_limit_is_skipped_and_told() -> None:
    """It is thrown away as it arrives, and the next one is read in its place."""
    size = MAX_IMAGE_BYTES + 1
    task = frame(write_task(Task(1, size)))
    desk = Desk()

    (large,) = desk.feed(task + struct.pack("=I", size))
    for _ in range(size // 4096):
        assert desk.feed(bytes(4096)) == []
    (after,) = desk.feed(bytes(size % 4096) + asked(2, b"abcd"))

    assert large.task.id == 1
    assert isinstance(large.data, ImageTooManyBytesError)
    assert after == Picture(Task(2, 4), b"abcd")


@pytest.mark.parametrize(
    ("stream", "error"),
    [
        (frame(b"no JSON"), FrameNotJsonError),
        (frame(b'{"type": "caption"}'), BadFieldError),
        (struct.pack("=I", MAX_IMAGE_BYTES + 1), FrameTooLargeError),
    ],
)
def test_a_host_that_speaks_nonsense_is_not_answered(
    stream: bytes, error: type[AltlensError]
) -> None:
    """After this it is not known which frame is a picture."""
    with pytest.raises(error):
        Desk().feed(stream)


def test_a_stop_concerns_its_task_and_those_before_it() -> None:
    """It comes between pictures and touches none; an old one takes nothing back."""
    desk = Desk()

    pictures = desk.feed(
        asked(1, b"a") + frame(write_stop(Stop(2))) + frame(write_stop(Stop(1))) + asked(2, b"b")
    )

    assert [picture.data for picture in pictures] == [b"a", b"b"]
    assert desk.stopped == 2


def test_work_goes_on_until_its_task_is_stopped() -> None:
    """What is at work on another task than the stopped one learns nothing of it."""
    (outer, host), (_, answers) = os.pipe(), os.pipe()
    pipes = Pipes(outer, answers)
    pipes.listen()
    os.write(host, asked(1, b"a"))
    task = pipes.next().task
    pipes.check(task)

    os.write(host, frame(write_stop(Stop(1))))

    with pytest.raises(CancelledError):
        check_for_a_while(pipes, task)
    pipes.check(Task(2, 1))


def check_for_a_while(pipes: Pipes, task: Task) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        pipes.check(task)
