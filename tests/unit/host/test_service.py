"""The service: each request is answered exactly once, and a fault concerns one request only."""

import base64
import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from altlens_host import settings
from altlens_host.errors import CacheLockedError, ImageTruncatedError
from altlens_host.framing import Frame, FrameDecoder, Oversized
from altlens_host.interfaces import Cache
from altlens_host.lane import Lane
from altlens_host.memory import Memory
from altlens_host.messages import Answer, Progress, Reply, Wish, serialise
from altlens_host.models import catalogue
from altlens_host.scheduler import Scheduler
from altlens_host.service import Service

HELLO = {"type": "hello", "id": 1, "versions": [1], "client": "test", "client_version": "1"}


class Slow:
    """A captioner that says what it was shown, when it is let."""

    def __init__(self) -> None:
        self.shown: list[bytes] = []
        self.go = threading.Semaphore(0)
        self.begun = threading.Semaphore(0)
        self.warmed = threading.Event()
        self.given_up = threading.Event()

    def loaded(self) -> bool:
        return bool(self.shown)

    def state(self) -> dict[str, Any]:
        return {"state": "absent"}

    def warm(self) -> None:
        self.warmed.set()

    def give_up(self) -> None:
        self.given_up.set()

    def caption(self, key: bytes, image: bytes, wanted: Callable[[], bool], wish: Wish) -> Answer:
        self.shown.append(image)
        self.begun.release()
        self.go.acquire()
        if image == b"bad":
            raise ImageTruncatedError("It breaks off.")
        if image == b"bug":
            raise ZeroDivisionError
        if image in (b"page", b"long page") and not wish.sharp:
            return Answer("more_pixels", "", 0.0, 0, "", "")
        if image in (b"long", b"long page"):
            read = "all of it" if wish.whole else "its beginning…"
            return Answer("text", "its", 0.0, 0, "", "", read=read, unread=not wish.whole)
        return Answer("described", image.decode(), -0.12345, 3, "lite", "1")


class Client:
    """A browser with a host whose parts are real, but for the model."""

    def __init__(self, waiting: int = 100, cache: Cache | None = None, **chosen: Any) -> None:
        self.replies: list[dict[str, Any]] = []
        self.failing = False
        self._changed = threading.Condition()
        self.captioners = {private: Slow() for private in (False, True)}
        lanes = {
            private: Lane(
                Scheduler(waiting, 1000, 16), Memory(10), captioner, None if private else cache
            )
            for private, captioner in self.captioners.items()
        }
        self.service = Service(settings.Settings(**chosen), lanes, self._took)
        for private in lanes:
            threading.Thread(target=self._work, args=(private,), daemon=True).start()
        threading.Thread(target=self._watch, daemon=True).start()

    def ask(self, **values: object) -> None:
        self.service.receive(Frame(json.dumps(values).encode()))

    def caption(self, number: int, image: bytes, **more: object) -> None:
        self.ask(type="caption", id=number, image=base64.b64encode(image).decode(), **more)

    def let(self, times: int = 1, private: bool = False) -> None:
        self.captioners[private].go.release(times)

    def wait_begun(self, private: bool = False) -> None:
        assert self.captioners[private].begun.acquire(timeout=10)

    def answers(self, number: int | None) -> list[dict[str, Any]]:
        return [one for one in self.replies if one["id"] == number and one["type"] != "progress"]

    def stages(self, number: int) -> list[str]:
        found = [one for one in self.replies if one["id"] == number and one["type"] == "progress"]
        return [one["stage"] for one in found]

    def wait(self, number: int | None) -> dict[str, Any]:
        with self._changed:
            assert self._changed.wait_for(lambda: self.answers(number), 10), self.replies
        return self.answers(number)[0]

    def _took(self, reply: Reply) -> None:
        if isinstance(reply, Progress) and self.failing:
            self.failing = False
            raise OSError
        with self._changed:
            self.replies.append(json.loads(serialise(reply)))
            self._changed.notify_all()

    def _work(self, private: bool) -> None:
        while True:
            self.service.work(private)

    def _watch(self) -> None:
        while True:
            self.service.watch()


@pytest.fixture
def client() -> Iterator[Client]:
    one = Client()
    one.ask(**HELLO)
    assert one.wait(1)["type"] == "welcome"
    yield one
    answered = [reply["id"] for reply in one.replies if reply["type"] != "progress"]
    numbers = [number for number in answered if number is not None]
    assert len(numbers) == len(set(numbers)), "a request was answered twice"


def test_hello_is_answered_with_versions_limits_and_models() -> None:
    """The client learns what it may send and who will answer."""
    client = Client()

    client.ask(**HELLO, unknown="field")

    welcome = client.wait(1)
    assert welcome["version"] == 1
    assert welcome["limits"] == {
        "max_frame_bytes": 1_048_576,
        "max_image_bytes": settings.MAX_IMAGE_BYTES,
        "max_image_pixels": settings.MAX_IMAGE_PIXELS,
        "max_waiting": settings.MAX_WAITING,
    }
    assert welcome["model"] == "lite"
    assert welcome["loaded"] is False
    assert [set(one) for one in welcome["models"]] == [{"id", "revision", "licence"}]


def test_before_hello_nothing_is_done() -> None:
    """Error 203; a hello without a common version gives 204 and opens nothing."""
    client = Client()

    client.caption(2, b"x")
    client.ask(**{**HELLO, "versions": [2, 3]})
    client.ask(type="status", id=3)

    assert client.wait(2)["code"] == 203
    assert client.wait(1)["code"] == 204
    assert client.wait(3)["code"] == 203


def test_a_picture_is_captioned_and_its_stages_are_told(client: Client) -> None:
    """Queued, loading, then the result; the next one finds the model loaded."""
    client.let(2)

    client.caption(2, b"a dog")
    first = client.wait(2)
    client.caption(3, b"a cat")
    client.wait(3)

    assert first == {
        "type": "result",
        "id": 2,
        "kind": "described",
        "text": "a dog",
        "mean_logprob": -0.1235,
        "tokens": 3,
        "model": "lite",
        "revision": "1",
        "language": "en",
        "source": "model",
        "confidence": 0.0,
        "level": "hedged",
        "calibrated": False,
        "read": "",
        "read_confidence": 0.0,
        "barcode": "",
    }
    assert client.stages(2) == ["queued", "loading"]
    assert client.stages(3) == ["queued", "captioning"]


def test_the_same_bytes_are_answered_from_memory(client: Client) -> None:
    """The model looks once."""
    client.let(1)
    client.caption(2, b"a dog")
    client.wait(2)

    client.caption(3, b"a dog")

    assert client.wait(3)["source"] == "memory"
    assert client.wait(3)["text"] == "a dog"
    assert client.stages(3) == []
    assert client.captioners[False].shown == [b"a dog"]


def test_private_and_normal_windows_share_nothing(client: Client) -> None:
    """What one has seen, the other does not know: neither answers nor work in progress."""
    client.let(1)
    client.caption(2, b"a dog")
    client.wait(2)

    client.caption(3, b"a dog", private=True)
    client.wait_begun(private=True)
    client.let(1, private=True)

    assert client.wait(3)["source"] == "model"
    assert client.captioners[True].shown == [b"a dog"]


def test_equal_pictures_in_flight_are_looked_at_once(client: Client) -> None:
    """Both who ask are answered."""
    client.caption(2, b"a dog")
    client.wait_begun()
    client.caption(3, b"a dog")

    client.let(1)

    assert client.wait(2)["text"] == client.wait(3)["text"] == "a dog"
    assert client.captioners[False].shown == [b"a dog"]


@pytest.mark.parametrize(("image", "code"), [(b"bad", 302), (b"bug", 500)])
def test_a_picture_that_fails_is_answered_and_the_others_too(
    client: Client, image: bytes, code: int
) -> None:
    """An error of the picture, and even a fault of ours, ends nothing else."""
    client.let(3)

    client.caption(2, image)
    failed = client.wait(2)
    client.caption(3, b"a dog")

    assert failed["code"] == code
    assert failed["hint"]
    assert client.wait(3)["text"] == "a dog"


def test_a_failure_is_not_remembered(client: Client) -> None:
    """The picture may be asked for again."""
    client.let(2)
    client.caption(2, b"bad")
    client.wait(2)

    client.caption(3, b"bad")

    assert client.wait(3)["code"] == 302
    assert len(client.captioners[False].shown) == 2


def test_parts_are_put_together(client: Client) -> None:
    """A picture in three parts, with another request in between."""
    client.let(1)
    client.ask(type="caption", id=2, parts=3, size=5)
    for index, piece in enumerate([b"a ", b"d", b"og"]):
        data = base64.b64encode(piece).decode()
        client.ask(type="part", id=2, index=index, data=data)
        client.ask(type="status", id=10 + index)

    assert client.wait(2)["text"] == "a dog"
    assert client.wait(12)["type"] == "state"


def test_a_bad_part_ends_its_request_and_only_that(client: Client) -> None:
    """Error 206 under the request's id; what still arrives for it is answered without an id."""
    client.let(1)
    client.ask(type="caption", id=2, parts=2, size=2)

    client.ask(type="part", id=2, index=1, data="eA==")
    client.ask(type="part", id=2, index=0, data="eA==")
    client.caption(3, b"a dog")

    assert client.wait(2)["code"] == 206
    assert client.wait(None)["code"] == 206
    assert client.wait(3)["text"] == "a dog"


def test_a_malformed_part_ends_its_request(client: Client) -> None:
    """A part that is no valid message speaks for its request all the same."""
    client.ask(type="caption", id=2, parts=2, size=2)

    client.ask(type="part", id=2, index=0, data="not base64")
    client.ask(type="part", index=0, data="eA==")

    assert client.wait(2)["code"] == 202
    assert client.wait(None)["code"] == 202


def test_an_id_in_use_is_not_answered_for_another_message(client: Client) -> None:
    """The first request keeps its id; the second learns of it in an error without one."""
    client.caption(2, b"a dog")
    client.wait_begun()

    client.caption(2, b"a cat")
    client.ask(type="status", id=2, wrong="field")
    client.let(1)

    assert client.wait(2)["text"] == "a dog"
    assert [one["code"] for one in client.answers(None)] == [205, 202]


def test_an_id_may_be_used_again_once_answered(client: Client) -> None:
    """Only open requests hold their id."""
    client.ask(type="status", id=2)
    client.replies.clear()

    client.ask(type="status", id=2)

    assert client.wait(2)["type"] == "state"


def test_cancel_answers_the_request_at_once(client: Client) -> None:
    """Queued or begun: error 501 for the request, done for the cancel, and no late answer."""
    client.caption(2, b"begun")
    client.wait_begun()
    client.caption(3, b"queued")
    client.ask(type="caption", id=4, parts=2, size=2)

    for number, target in ((12, 2), (13, 3), (14, 4), (15, 5)):
        client.ask(type="cancel", id=number, target=target)
    client.let(2)
    client.caption(6, b"after")

    assert [client.wait(number)["code"] for number in (2, 3, 4)] == [501, 501, 501]
    assert [client.wait(number)["cancelled"] for number in (12, 13, 14, 15)] == [
        True,
        True,
        True,
        False,
    ]
    assert client.wait(6)["text"] == "after"
    assert client.captioners[False].shown == [b"begun", b"after"]


def test_the_answer_of_a_cancelled_picture_is_kept(client: Client) -> None:
    """The work was done; whoever asks next has it at once."""
    client.caption(2, b"a dog")
    client.wait_begun()
    client.ask(type="cancel", id=3, target=2)
    client.let(2)
    client.caption(4, b"a cat")
    client.wait(4)

    client.caption(5, b"a dog")

    assert client.wait(5)["source"] == "memory"


def test_a_picture_asked_for_again_while_it_is_given_up_is_looked_at_once(client: Client) -> None:
    """The worker was already done when it heard: its answer serves the one who came then."""
    client.caption(2, b"a dog")
    client.wait_begun()
    client.ask(type="cancel", id=3, target=2)
    client.caption(4, b"a dog")

    client.let(2)

    assert (client.wait(4)["text"], client.wait(4)["source"]) == ("a dog", "memory")
    assert client.captioners[False].shown == [b"a dog"]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"image": ""}, 303),
        ({"parts": 1, "size": 0}, 303),
        ({"parts": 1, "size": settings.MAX_IMAGE_BYTES + 1}, 305),
    ],
)
def test_pictures_without_bytes_or_with_too_many_are_refused(
    client: Client, values: dict[str, object], code: int
) -> None:
    """Before any worker is troubled."""
    client.ask(type="caption", id=2, **values)

    assert client.wait(2)["code"] == code
    assert client.captioners[False].shown == []


def test_the_largest_picture_is_expected(client: Client) -> None:
    """A size of exactly the limit is allowed; two such may be on their way, a third not."""
    for number in (2, 3, 4):
        client.ask(type="caption", id=number, parts=1, size=settings.MAX_IMAGE_BYTES)

    assert client.wait(4)["code"] == 502
    assert client.answers(2) == client.answers(3) == []


def test_beyond_its_bounds_the_host_says_that_it_is_busy() -> None:
    """Error 502; those who wait are answered."""
    client = Client(waiting=2)
    client.ask(**HELLO)
    client.caption(2, b"begun")
    client.wait_begun()
    client.caption(3, b"queued")

    client.caption(4, b"too many")
    client.let(2)

    assert client.wait(4)["code"] == 502
    assert client.wait(2)["text"] == "begun"
    assert client.wait(3)["text"] == "queued"


@pytest.mark.parametrize(
    ("body", "number", "code"),
    [
        (b"{", None, 103),
        (b"[]", None, 104),
        (b'{"type":"dance","id":9}', 9, 201),
        (b'{"type":"status","id":9,"x":1}', 9, 202),
        (b'{"type":"status","id":-9}', None, 202),
    ],
)
def test_nonsense_is_answered_and_the_host_goes_on(
    client: Client, body: bytes, number: int | None, code: int
) -> None:
    """Each fault has its code and goes to the one who asked, where that can be known."""
    client.service.receive(Frame(body))

    client.ask(type="status", id=10)

    assert client.wait(number)["code"] == code
    assert client.wait(10)["type"] == "state"


def test_an_oversized_frame_is_answered(client: Client) -> None:
    """Error 101, without an id: nothing of the frame was read."""
    (event,) = FrameDecoder(4).feed(b"\xff\xff\xff\x1f")
    assert isinstance(event, Oversized)

    client.service.receive(event)

    assert client.wait(None)["code"] == 101


def test_status_counts_what_waits_and_what_was_answered(client: Client) -> None:
    """The numbers are those of captions, in both kinds of window."""
    client.let(1)
    client.caption(2, b"a dog")
    client.wait(2)
    client.caption(3, b"a cat", private=True)
    client.wait_begun(private=True)

    client.ask(type="status", id=4)
    client.let(1, private=True)

    state = client.wait(4)
    assert (state["waiting"], state["answered"], state["remembered"]) == (1, 1, 1)
    assert [worker["private"] for worker in state["workers"]] == [False, True]
    assert state["uptime_seconds"] >= 0


def test_a_fault_in_sending_progress_does_not_lose_the_answer() -> None:
    """A reply that cannot be sent ends neither the request nor the thread."""
    client = Client()
    client.ask(**HELLO)
    client.failing = True

    client.caption(2, b"a dog")
    client.let(1)

    assert client.wait(2)["code"] == 500


class Shelf:
    """A cache for one profile: a dict, with what was asked of it."""

    def __init__(self) -> None:
        self.kept: dict[tuple[bytes, tuple[str, ...]], Answer] = {}
        self.key: bytes | None = None
        self.days: int | None = None
        self.broken = False
        self.slow = threading.Semaphore(0)
        self.looking: Callable[[], object] = lambda: None

    def unlock(self, profile_key: bytes, keep_days: int | None) -> None:
        self.key = profile_key
        self.days = keep_days

    def get(self, picture: bytes, options: tuple[str, ...]) -> Answer | None:
        self.looking()
        return self.kept.get((picture, options))

    def put(self, picture: bytes, options: tuple[str, ...], answer: Answer) -> None:
        self.kept[picture, options] = answer

    def state(self) -> dict[str, Any]:
        return {"state": "open"}

    def stats(self) -> dict[str, Any]:
        if self.broken:
            raise CacheLockedError("Somebody has it.")
        return {"entries": len(self.kept)}

    def clear(self) -> dict[str, Any]:
        self.kept.clear()
        return {"entries": 0}

    def forget(self, picture: bytes, options: tuple[str, ...]) -> dict[str, Any]:
        return {"removed": int(self.kept.pop((picture, options), None) is not None)}

    def rotate(self, profile_key: bytes) -> dict[str, Any]:
        self.key = profile_key
        return {"entries": len(self.kept)}

    def verify(self) -> dict[str, Any]:
        assert self.slow.acquire(timeout=10)
        return {"broken": 0}


KEY = {"profile_key": base64.b64encode(b"k" * 32).decode()}


def test_every_open_request_of_a_tab_or_a_page_is_cancelled() -> None:
    """The tab was closed, the user went elsewhere: begun, queued and arriving ones alike."""
    client = Client()
    client.ask(**HELLO)
    client.caption(2, b"begun", tab=7, page=70)
    client.wait_begun()
    client.caption(3, b"queued", tab=7, page=71)
    client.ask(type="caption", id=4, parts=2, size=2, tab=7)
    client.caption(5, b"elsewhere", tab=8, page=70)
    client.caption(6, b"nowhere")

    client.ask(type="cancel", id=10, page=71)
    client.ask(type="cancel", id=11, tab=7)
    client.ask(type="cancel", id=12, tab=7)
    client.let(3)

    assert [client.wait(number)["code"] for number in (3, 2, 4)] == [501, 501, 501]
    assert [client.wait(number)["cancelled"] for number in (10, 11, 12)] == [True, True, False]
    assert client.wait(5)["text"] == "elsewhere"
    assert client.wait(6)["text"] == "nowhere"
    assert b"queued" not in client.captioners[False].shown


def test_the_worker_hears_that_nobody_waits_for_what_it_does(client: Client) -> None:
    """Not while one of two still waits."""
    client.caption(2, b"begun")
    client.wait_begun()
    client.caption(3, b"begun")

    client.ask(type="cancel", id=10, target=2)
    while_one_waits = client.captioners[False].given_up.is_set()
    client.ask(type="cancel", id=11, target=3)

    assert not while_one_waits
    assert client.captioners[False].given_up.is_set()
    client.let()


def test_a_request_past_its_deadline_is_answered_and_the_others_too() -> None:
    """Error 504 for begun, queued and arriving ones; the worker that hangs is told to stop."""
    client = Client(deadline_seconds=1.5)
    client.ask(**HELLO)
    client.caption(2, b"hangs")
    client.wait_begun()
    client.caption(3, b"queued")
    client.ask(type="caption", id=4, parts=2, size=2)

    codes = [client.wait(number)["code"] for number in (2, 3, 4)]
    given_up = client.captioners[False].given_up.is_set()
    client.let(2)
    client.caption(5, b"a dog")

    assert codes == [504, 504, 504]
    assert given_up
    assert client.wait(5)["text"] == "a dog"
    assert client.captioners[False].shown == [b"hangs", b"a dog"]


def test_a_deadline_that_passes_on_the_way_to_the_queue_leaves_nothing_there() -> None:
    """A disk that takes its time: no worker looks at the picture afterwards, for nobody."""
    shelf = Shelf()
    client = Client(cache=shelf, deadline_seconds=1.5)
    client.ask(**HELLO)
    client.let(2)
    shelf.looking = lambda: client.wait(2)
    client.caption(2, b"late")

    shelf.looking = lambda: None
    client.caption(3, b"a cat")

    assert client.wait(2)["code"] == 504
    assert client.wait(3)["text"] == "a cat"
    assert client.captioners[False].shown == [b"a cat"]


def test_an_id_may_be_used_again_after_its_deadline() -> None:
    """Nothing of the first request touches the second."""
    client = Client(deadline_seconds=1.0)
    client.ask(**HELLO)
    client.ask(type="caption", id=2, parts=2, size=2)
    client.wait(2)
    client.replies.clear()
    client.let()

    client.caption(2, b"a dog")

    assert client.wait(2)["text"] == "a dog"


def test_a_picture_asked_for_by_hand_displaces_one_nearby() -> None:
    """The room is full of pictures that nobody looks at yet: the oldest of them gives way."""
    client = Client(waiting=3)
    client.ask(**HELLO)
    client.caption(2, b"begun", priority="near")
    client.wait_begun()
    client.caption(3, b"near", priority="near")
    client.caption(4, b"nearer", priority="near")

    client.caption(5, b"asked", priority="asked")
    client.let(3)

    assert client.wait(3)["code"] == 502
    assert [client.wait(number)["text"] for number in (2, 4, 5)] == ["begun", "nearer", "asked"]
    assert client.captioners[False].shown == [b"begun", b"asked", b"nearer"]


def test_a_key_that_is_held_down_costs_one_caption_and_keeps_nobody_out(client: Client) -> None:
    """A hundred questions about one picture: few wait, all are answered, the next gets its turn."""
    for number in range(100, 200):
        client.caption(number, b"a dog", priority="asked")
    client.wait_begun()
    client.caption(2, b"a cat")
    client.let(2)

    answers = [client.wait(number) for number in range(100, 200)]

    assert sum(one["type"] == "result" for one in answers) == 16
    assert {one["code"] for one in answers if one["type"] == "error"} == {502}
    assert client.wait(2)["text"] == "a cat"
    assert client.captioners[False].shown == [b"a dog", b"a cat"]


def test_the_worker_is_warmed_at_hello_when_the_user_wants_it() -> None:
    """That of normal windows; without the setting neither."""
    for warm in (False, True):
        client = Client(warm=warm)
        client.ask(**HELLO)
        client.let()
        client.caption(2, b"a dog")
        client.wait(2)

        assert client.captioners[False].warmed.is_set() is warm
        assert not client.captioners[True].warmed.is_set()


def test_what_an_earlier_host_answered_comes_from_the_cache() -> None:
    """Without the worker; from then on it is in memory."""
    shelf = Shelf()
    first = Client(cache=shelf)
    first.ask(**HELLO, **KEY)
    first.let()
    first.caption(2, b"a dog")
    first.wait(2)

    second = Client(cache=shelf)
    second.ask(**HELLO, **KEY)
    second.caption(2, b"a dog")
    second.caption(3, b"a dog")

    assert shelf.key == b"k" * 32
    assert (second.wait(2)["source"], second.wait(2)["text"]) == ("cache", "a dog")
    assert second.wait(3)["source"] == "memory"
    assert second.captioners[False].shown == []
    ((_, options),) = shelf.kept
    assert options[0] == "lite"
    assert options[2:4] == ("en", f"{settings.ANSWER_VERSION} read")


def test_an_answer_is_not_kept_for_another_calibration(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was said plainly before the model was measured anew may be hedged now."""
    shelf = Shelf()
    for digest in ("a" * 64, "b" * 64):
        lite = catalogue.find("lite")
        lite = lite._replace(files={**lite.files, "calibration.json": digest})
        monkeypatch.setattr(catalogue, "find", lambda name, found=lite: found)
        client = Client(cache=shelf)
        client.ask(**HELLO, **KEY)
        client.let()
        client.caption(2, b"a dog")
        client.wait(2)

    assert len({options for _, options in shelf.kept}) == 2


def test_other_words_are_not_taken_from_what_was_answered_before() -> None:
    """Who turns neutral words off must not hear the old ones, and the other way round."""
    shelf = Shelf()
    for neutral_words in (True, False):
        client = Client(cache=shelf, neutral_words=neutral_words)
        client.ask(**HELLO, **KEY)
        client.let()
        client.caption(2, b"a dog")
        client.wait(2)

    assert len({options for _, options in shelf.kept}) == 2


def test_the_fingerprint_is_another_whenever_answers_are() -> None:
    """Who keeps answers elsewhere knows by it which to ask for again."""
    told = []
    for chosen in ({}, {"threads": 3}, {"neutral_words": False}, {"adult_check": True}):
        client = Client(**chosen)
        client.ask(**HELLO)
        client.ask(type="status", id=2)
        told.append(client.wait(2)["fingerprint"])

    assert told[0] == told[1]
    assert len(set(told)) == 3


def test_what_was_answered_without_the_adult_check_is_not_taken_with_it() -> None:
    """Whoever turns it on is not told from memory what it would have kept back."""
    shelf = Shelf()
    sources = []
    for adult_check in (False, True, True):
        client = Client(cache=shelf, adult_check=adult_check)
        client.ask(**HELLO, **KEY)
        client.let()
        client.caption(2, b"a photograph")
        sources.append(client.wait(2)["source"])

    assert sources == ["model", "model", "cache"]


def test_a_page_of_text_is_asked_for_sharper_and_then_answered_for_good() -> None:
    """Too small is remembered too, but is never the answer to the sharpest that there is."""
    client = Client()
    client.ask(**HELLO)
    client.let(2)

    client.caption(2, b"page")
    first = client.wait(2)
    client.caption(3, b"page")
    again = client.wait(3)
    client.caption(4, b"page", sharp=True)
    sharp = client.wait(4)
    client.caption(5, b"page")
    later = client.wait(5)

    assert first == {"type": "more_pixels", "id": 2, "side": 2048}
    assert again == {"type": "more_pixels", "id": 3, "side": 2048}
    assert (sharp["kind"], sharp["text"], sharp["source"]) == ("described", "page", "model")
    assert (later["text"], later["source"]) == ("page", "memory")
    assert client.captioners[False].shown == [b"page", b"page"]


def test_a_long_text_is_read_to_its_end_for_who_asks_by_hand_alone() -> None:
    """Its beginning is remembered too, but is never the answer to them; all of it is to all."""
    client = Client()
    client.ask(**HELLO)
    client.let(2)

    priorities = ("near", "visible", "asked", "asked", "near")
    replies = []
    for number, priority in enumerate(priorities, 2):
        client.caption(number, b"long", priority=priority)
        replies.append(client.wait(number))

    assert [(one["read"], one["source"]) for one in replies] == [
        ("its beginning…", "model"),
        ("its beginning…", "memory"),
        ("all of it", "model"),
        ("all of it", "memory"),
        ("all of it", "memory"),
    ]
    assert "unread" not in replies[0]


def test_a_text_that_was_read_is_not_forgotten_for_the_wish_for_more_pixels() -> None:
    """Who cannot draw it larger sends the same bytes again, at first as if it could be."""
    client = Client()
    client.ask(**HELLO)
    client.let(2)

    client.caption(2, b"long page", sharp=True)
    client.wait(2)
    client.caption(3, b"long page", priority="asked")
    by_hand = client.wait(3)
    client.caption(4, b"long page")
    later = client.wait(4)

    assert by_hand["type"] == "more_pixels"
    assert (later["read"], later["source"]) == ("its beginning…", "memory")


def test_a_text_that_breaks_off_on_the_disk_is_no_answer_to_who_asks_by_hand() -> None:
    """Nor after Firefox was started again."""
    shelf = Shelf()
    for number, priority in ((2, "near"), (3, "asked")):
        client = Client(cache=shelf)
        client.ask(**HELLO, **KEY)
        client.let()
        client.caption(number, b"long", priority=priority)
        reply = client.wait(number)

    assert (reply["read"], reply["source"]) == ("all of it", "model")


@pytest.mark.parametrize(
    ("picture", "shown"), [(b"long", [b"long", b"long"]), (b"a dog", [b"a dog"])]
)
def test_who_asks_by_hand_for_a_picture_that_is_looked_at_waits_for_more_only_where_there_is(
    picture: bytes, shown: list[bytes]
) -> None:
    """A photograph is described once, though it cannot be known before that it is none of text."""
    client = Client()
    client.ask(**HELLO)
    client.caption(2, picture)
    client.wait_begun()
    client.caption(3, picture, priority="asked")
    client.let(2)

    first, by_hand = client.wait(2), client.wait(3)

    assert by_hand["read"] == ("all of it" if picture == b"long" else "")
    assert first["text"] == by_hand["text"]
    assert client.captioners[False].shown == shown


def test_answers_without_text_are_not_taken_once_text_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nor the other way round: who installs or turns off reading hears what is said now."""
    shelf = Shelf()
    for chosen, installed in ((True, False), (True, True), (False, True)):
        monkeypatch.setattr(settings, "can_read_text", lambda found=installed: found)
        client = Client(cache=shelf, read_text=chosen)
        client.ask(**HELLO, **KEY)
        client.let()
        client.caption(2, b"a dog")
        client.wait(2)

    assert len({options for _, options in shelf.kept}) == 2


def test_nothing_of_a_private_window_reaches_the_cache_or_comes_from_it() -> None:
    """Neither what it shows, nor what others have seen."""
    shelf = Shelf()
    client = Client(cache=shelf)
    client.ask(**HELLO, **KEY)
    client.let()
    client.let(2, private=True)
    client.caption(2, b"a dog")
    client.wait(2)

    client.caption(3, b"a dog", private=True)
    client.caption(4, b"a cat", private=True)

    assert client.wait(3)["source"] == "model"
    assert client.wait(4)["source"] == "model"
    assert len(shelf.kept) == 1


def test_a_failure_is_not_put_into_the_cache() -> None:
    """Only answers are worth keeping."""
    shelf = Shelf()
    client = Client(cache=shelf)
    client.ask(**HELLO, **KEY)
    client.let()

    client.caption(2, b"bad")

    assert client.wait(2)["code"] == 302
    assert shelf.kept == {}


def test_the_cache_is_counted_verified_and_cleared() -> None:
    """One such question at a time; captions go on meanwhile; its errors are answers."""
    shelf = Shelf()
    client = Client(cache=shelf)
    client.ask(**HELLO, **KEY)
    client.let(2)
    client.caption(2, b"a dog")
    client.wait(2)

    client.ask(type="cache_verify", id=10)
    client.ask(type="cache_stats", id=11)
    client.caption(3, b"a dog")
    client.wait(3)
    shelf.slow.release()
    client.wait(10)
    client.ask(type="cache_stats", id=12)
    client.wait(12)
    client.ask(type="cache_clear", id=13)
    client.wait(13)
    client.caption(4, b"a dog")
    client.wait(4)
    shelf.broken = True
    client.ask(type="cache_stats", id=14)

    assert client.wait(10)["report"] == {"broken": 0}
    assert client.wait(11)["code"] == 502
    assert client.wait(12)["report"] == {"entries": 1}
    assert client.wait(13)["report"] == {"entries": 0}
    assert client.wait(4)["source"] == "model"
    assert client.wait(14)["code"] == 701


def test_a_picture_that_was_described_wrongly_is_forgotten_and_no_other() -> None:
    """On the disk and in memory, also where there is no cache."""
    shelf = Shelf()
    for client in (Client(cache=shelf), Client()):
        client.ask(**HELLO, **KEY)
        client.let(3)
        client.caption(2, b"a dog")
        client.caption(3, b"a cat")
        client.wait(2)
        client.wait(3)

        wrong = base64.b64encode(hashlib.sha256(b"a dog").digest()).decode()
        client.ask(type="cache_forget", id=10, picture=wrong)
        client.wait(10)
        client.caption(4, b"a dog")
        client.caption(5, b"a cat")

        assert client.wait(4)["source"] == "model"
        assert client.wait(5)["source"] == "memory"


def test_hello_says_how_long_answers_are_kept_and_may_say_it_again() -> None:
    """The last one holds."""
    shelf = Shelf()
    client = Client(cache=shelf)
    client.ask(**HELLO, **KEY, keep_days=30)
    first = shelf.days
    client.ask(**{**HELLO, **KEY, "id": 2})

    assert (first, shelf.days) == (30, None)
    assert client.wait(2)["type"] == "welcome"


def test_the_model_is_loaded_at_hello_when_the_client_wishes_it() -> None:
    """That of normal windows."""
    client = Client()
    client.ask(**HELLO, warm=True)

    assert client.captioners[False].warmed.wait(10)
    assert not client.captioners[True].warmed.is_set()


def test_a_host_without_a_cache_says_so(client: Client) -> None:
    """Error 706; `state` says it too."""
    client.ask(type="cache_clear", id=10)
    client.ask(type="status", id=11)

    assert client.wait(10)["code"] == 706
    assert client.wait(11)["cache"] == {"state": "off"}


def test_status_shows_the_settings_in_force() -> None:
    """And what was wrong with their file."""
    client = Client(idle_seconds=5, problems=("settings.json: nonsense.",))
    client.ask(**HELLO)

    client.ask(type="status", id=2)

    assert client.wait(2)["settings"]["idle_seconds"] == 5
    assert client.wait(2)["problems"] == ["settings.json: nonsense."]


@pytest.mark.parametrize(
    ("wanted", "installed", "said"),
    [(True, True, "read"), (True, False, "not_installed"), (False, True, "off")],
)
def test_status_says_whether_text_is_read(
    monkeypatch: pytest.MonkeyPatch, wanted: bool, installed: bool, said: str
) -> None:
    """And if not, whether that was chosen."""
    monkeypatch.setattr(settings, "can_read_text", lambda: installed)
    client = Client(read_text=wanted)
    client.ask(**HELLO)

    client.ask(type="status", id=2)

    assert client.wait(2)["text"] == said
