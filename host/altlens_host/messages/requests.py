"""The requests of protocol version 1, and how they are read.

Fields that a message does not have are refused, so that nobody believes in an option that has no
effect; only hello is lenient, so that a newer client can learn which versions both sides speak.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple, get_args

from altlens_host.errors import BadFieldError, UnknownTypeError
from altlens_host.fields import MAX_ID, Fields
from altlens_host.messages.replies import Answer

PROFILE_KEY_BYTES = 32
PICTURE_BYTES = 32
MAX_PARTS = 256
MAX_DAYS = 3650
MAX_TYPE = 2000

Priority = Literal["asked", "visible", "near"]


class Hello(NamedTuple):
    """The client presents itself. Must come first; once more, it changes what it wishes.

    Attributes:
        id: The number of this request.
        versions: The protocol versions that it speaks.
        client: Who it is.
        client_version: Its own version.
        profile_key: Opens what was remembered on the disk for a profile.
        warm: Whether the model is to be loaded now.
        keep_days: For how many days answers are remembered on the disk; None for the usual.
    """

    id: int
    versions: tuple[int, ...]
    client: str
    client_version: str
    profile_key: bytes | None = None
    warm: bool = False
    keep_days: int | None = None


class Wish(NamedTuple):
    """What an answer may not stop short of.

    Attributes:
        sharp: There is no sharper picture, so `more_pixels` is no answer.
        whole: What is written is to be read to its end, so `unread` is none.
    """

    sharp: bool = False
    whole: bool = False

    def takes(self, answer: Answer) -> bool:
        """Say whether an answer is one to this."""
        return not ((self.sharp and answer.kind == "more_pixels") or (self.whole and answer.unread))

    def also(self, other: Wish) -> Wish:
        """Return what an answer to this and to another may not stop short of."""
        return Wish(self.sharp or other.sharp, self.whole or other.whole)


NO_WISH = Wish()


class CaptionRequest(NamedTuple):
    """The client asks what a picture shows: its bytes are here, or follow in parts.

    Exactly one of `image` and `parts` is set; `size` is the number of bytes in both cases.
    `sharp` says that the picture is as sharp as the client can make it.
    """

    id: int
    image: bytes | None
    parts: int
    size: int
    priority: Priority = "visible"
    private: bool = False
    language: str = ""
    tab: int | None = None
    page: int | None = None
    sharp: bool = False

    @property
    def wish(self) -> Wish:
        """What its answer may not stop short of: all is read to who asks by hand alone."""
        return Wish(self.sharp, self.priority == "asked")


class Part(NamedTuple):
    """The next bytes of the picture that the caption request `id` announced."""

    id: int
    index: int  # type: ignore[assignment]  # not the tuple's method: the protocol's name for it
    data: bytes


class Cancel(NamedTuple):
    """The client no longer wants some answers. Exactly one of the other fields is set.

    Attributes:
        id: The number of this request.
        target: One caption request.
        tab: All those of a tab.
        page: All those of a page.
    """

    id: int
    target: int | None = None
    tab: int | None = None
    page: int | None = None


class StatusRequest(NamedTuple):
    """The client asks how the host is."""

    id: int


class CacheStats(NamedTuple):
    """The client asks what its profile's cache holds."""

    id: int


class CacheClear(NamedTuple):
    """The client wants its profile's cache emptied."""

    id: int


class CacheVerify(NamedTuple):
    """The client wants every entry of its profile's cache checked."""

    id: int


class CacheForget(NamedTuple):
    """The client wants the answer for one picture, by its SHA-256, forgotten."""

    id: int
    picture: bytes


class CacheRotate(NamedTuple):
    """The client wants its profile's cache sealed with another key, used from then on."""

    id: int
    profile_key: bytes


CacheRequest = CacheStats | CacheClear | CacheVerify | CacheForget | CacheRotate
Request = Hello | CaptionRequest | Part | Cancel | StatusRequest | CacheRequest


def request_id(values: dict[str, Any]) -> int | None:
    """Find the id in an object that may be wrong otherwise, so that its sender gets the error."""
    found = values.get("id")
    return found if type(found) is int and 0 <= found <= MAX_ID else None


def parse(values: dict[str, Any]) -> Request:
    """Read a request.

    Args:
        values: The object of one frame.

    Raises:
        UnknownTypeError: Its type is not one of a request.
        BadFieldError: A field is missing, unknown, of the wrong type or out of range.
    """
    given = Fields(values)
    name = given.text("type", MAX_TYPE)
    reader = _READERS.get(name)
    if reader is None:
        raise UnknownTypeError(f"The type {name[:40]!r} is not known.")
    request = reader(given, given.integer("id", 0, MAX_ID))
    if not isinstance(request, Hello):
        given.done()
    return request


def _hello(given: Fields, number: int) -> Hello:
    key = _key(given) if given.has("profile_key") else None
    return Hello(
        number,
        given.integers("versions", 32),
        given.text("client", 64),
        given.text("client_version", 64),
        key,
        given.boolean("warm", False),
        given.integer("keep_days", 1, MAX_DAYS) if given.has("keep_days") else None,
    )


def _caption(given: Fields, number: int) -> CaptionRequest:
    priority: Any = given.choice("priority", get_args(Priority), "visible")
    private = given.boolean("private", False)
    language = given.text("language", 35, "")
    tab, page = _number(given, "tab"), _number(given, "page")
    image: bytes | None = None
    parts = 0
    if given.has("parts"):
        parts = given.integer("parts", 1, MAX_PARTS)
        size = given.integer("size", 0, MAX_ID)
    else:
        image = given.data("image") or b""
        size = len(image)
    sharp = given.boolean("sharp", False)
    return CaptionRequest(number, image, parts, size, priority, private, language, tab, page, sharp)


def _part(given: Fields, number: int) -> Part:
    index = given.integer("index", 0, MAX_PARTS - 1)
    return Part(number, index, given.data("data") or b"")


def _cancel(given: Fields, number: int) -> Cancel:
    targets = {name: _number(given, name) for name in ("target", "tab", "page")}
    if sum(value is not None for value in targets.values()) != 1:
        raise BadFieldError("target: exactly one of target, tab and page says what to cancel.")
    return Cancel(number, **targets)


def _forget(given: Fields, number: int) -> CacheForget:
    picture = given.data("picture") or b""
    if len(picture) != PICTURE_BYTES:
        raise BadFieldError(f"picture: not {PICTURE_BYTES} bytes.")
    return CacheForget(number, picture)


def _rotate(given: Fields, number: int) -> CacheRotate:
    return CacheRotate(number, _key(given))


def _key(given: Fields) -> bytes:
    key = given.data("profile_key") or b""
    if len(key) != PROFILE_KEY_BYTES:
        raise BadFieldError(f"profile_key: not {PROFILE_KEY_BYTES} bytes.")
    return key


def _number(given: Fields, name: str) -> int | None:
    return given.integer(name, 0, MAX_ID) if given.has(name) else None


def _alone(kind: Callable[[int], Request]) -> Callable[[Fields, int], Request]:
    """Return the reader of a message that has no fields but its id."""
    return lambda _given, number: kind(number)


_READERS: dict[str, Callable[[Fields, int], Request]] = {
    "hello": _hello,
    "caption": _caption,
    "part": _part,
    "cancel": _cancel,
    "status": _alone(StatusRequest),
    "cache_stats": _alone(CacheStats),
    "cache_clear": _alone(CacheClear),
    "cache_verify": _alone(CacheVerify),
    "cache_forget": _forget,
    "cache_rotate": _rotate,
}
