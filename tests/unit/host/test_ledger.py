"""The open requests: each is answered once, and by its deadline."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from altlens_host.errors import CancelledError, DuplicateIdError
from altlens_host.ledger import Ledger
from altlens_host.messages import (
    Cancel,
    CaptionRequest,
    ErrorReply,
    Progress,
    Reply,
    error_reply,
)


class Book(Ledger):
    """A ledger that keeps what it sends."""

    def __init__(self, seconds: float = 60) -> None:
        self.sent: list[Reply] = []
        super().__init__(self.sent.append, seconds)


def request(number: int, tab: int | None = None, page: int | None = None) -> CaptionRequest:
    return CaptionRequest(number, b"picture", 0, 7, tab=tab, page=page)


def refusal(number: int) -> ErrorReply:
    return error_reply(number, CancelledError("Gone."))


def test_a_request_is_answered_once_whoever_comes_first() -> None:
    """Many threads try at the same time: one of them may."""
    book = Book()
    for number in range(200):
        book.open(request(number))

    with ThreadPoolExecutor(8) as pool:
        tries = [number % 200 for number in range(1600)]
        won = list(pool.map(lambda number: book.answer(number, refusal(number)), tries))

    assert sum(won) == 200
    assert sorted(reply.id or 0 for reply in book.sent) == list(range(200))
    assert book.counts() == (0, 0)


def test_an_id_is_in_use_until_its_answer_is_sent() -> None:
    """Between claim and settle too: a new request of that id could not be told from the old."""
    book = Book()
    book.open(request(1))

    claimed = book.claim(1)
    in_between = (1 in book, book.is_open(1), book.counts()[0])
    with pytest.raises(DuplicateIdError):
        book.open(request(1))
    book.settle(1, refusal(1))
    book.open(request(1))

    assert claimed is not None
    assert claimed.image is None
    assert in_between == (True, False, 1)
    assert book.claim(2) is None


def test_no_progress_follows_the_answer() -> None:
    """Nor after it was claimed, nor for a stranger."""
    book = Book()
    book.open(request(1))

    book.progress(1, "queued")
    book.claim(1)
    book.progress(1, "captioning")
    book.progress(2, "captioning")

    assert book.sent == [Progress(1, "queued")]


def test_a_cancel_means_one_request_or_those_of_a_tab_or_of_a_page() -> None:
    """Requests that name no tab and no page are meant by their id alone."""
    book = Book()
    for number, tab, page in ((1, 7, 70), (2, 7, 71), (3, 8, 70), (4, None, None)):
        book.open(request(number, tab, page))

    meant = [
        book.meant(Cancel(9, target=4)),
        book.meant(Cancel(9, tab=7)),
        book.meant(Cancel(9, page=70)),
        book.meant(Cancel(9, target=5)),
    ]

    assert meant == [[4], [1, 2], [1, 3], []]


def test_the_oldest_request_is_overdue_first_and_not_before_its_time() -> None:
    """An empty book is waited at; one that was answered is never overdue."""
    book = Book(0.2)
    found: list[tuple[int, float]] = []

    def watch() -> None:
        for _ in range(2):
            number = book.overdue()
            found.append((number, time.monotonic()))
            book.answer(number, refusal(number))

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    begun = time.monotonic()
    for number in (1, 2, 3):
        book.open(request(number))
    book.answer(2, refusal(2))

    thread.join(10)
    assert [number for number, _ in found] == [1, 3]
    assert all(when - begun >= 0.2 for _, when in found)
