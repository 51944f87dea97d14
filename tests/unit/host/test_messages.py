"""Messages: what is read, what is refused, and that the document says the same."""

import base64
import json
import re
import typing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altlens_host import messages
from altlens_host.errors import (
    AltlensError,
    BadFieldError,
    FrameNotJsonError,
    FrameNotObjectError,
    UnknownTypeError,
    wire_errors,
)
from altlens_host.fields import MAX_ID, decode_object

DOCUMENT = (Path(__file__).parents[3] / "docs" / "PROTOCOL.md").read_text(encoding="utf-8")
KEY = base64.b64encode(b"k" * 32).decode()
HELLO = {"type": "hello", "id": 1, "versions": [1], "client": "c", "client_version": "2"}
CAPTION = {"type": "caption", "id": 2, "image": "aGk="}
PARTS = {"type": "caption", "id": 2, "parts": 2, "size": 9}
PART = {"type": "part", "id": 2, "index": 0, "data": "aGk="}

READ = [
    (HELLO, messages.Hello(1, (1,), "c", "2", None)),
    ({**HELLO, "profile_key": KEY}, messages.Hello(1, (1,), "c", "2", b"k" * 32)),
    ({**HELLO, "versions": [1] * 32}, messages.Hello(1, (1,) * 32, "c", "2", None)),
    (
        {**HELLO, "warm": True, "keep_days": 1},
        messages.Hello(1, (1,), "c", "2", None, True, 1),
    ),
    ({**HELLO, "keep_days": 3650}, messages.Hello(1, (1,), "c", "2", keep_days=3650)),
    ({"type": "cache_forget", "id": 3, "picture": KEY}, messages.CacheForget(3, b"k" * 32)),
    ({**HELLO, "later": 1}, messages.Hello(1, (1,), "c", "2", None)),
    (CAPTION, messages.CaptionRequest(2, b"hi", 0, 2, "visible", False, "")),
    (
        {**CAPTION, "priority": "near", "private": True, "language": "de-AT"},
        messages.CaptionRequest(2, b"hi", 0, 2, "near", True, "de-AT"),
    ),
    ({**CAPTION, "image": ""}, messages.CaptionRequest(2, b"", 0, 0)),
    (
        {**CAPTION, "tab": 4, "page": 0},
        messages.CaptionRequest(2, b"hi", 0, 2, tab=4, page=0),
    ),
    (PARTS, messages.CaptionRequest(2, None, 2, 9)),
    ({**PARTS, "language": "de"}, messages.CaptionRequest(2, None, 2, 9, "visible", False, "de")),
    ({**PARTS, "parts": 256, "size": 0}, messages.CaptionRequest(2, None, 256, 0)),
    (PART, messages.Part(2, 0, b"hi")),
    ({**PART, "index": 255, "data": ""}, messages.Part(2, 255, b"")),
    ({"type": "cancel", "id": 3, "target": 2}, messages.Cancel(3, 2)),
    ({"type": "cancel", "id": 3, "target": 0}, messages.Cancel(3, 0)),
    ({"type": "cancel", "id": 3, "tab": 0}, messages.Cancel(3, None, 0)),
    ({"type": "cancel", "id": 3, "page": 7}, messages.Cancel(3, None, None, 7)),
    ({"type": "cache_stats", "id": 3}, messages.CacheStats(3)),
    ({"type": "cache_clear", "id": 3}, messages.CacheClear(3)),
    ({"type": "cache_verify", "id": 3}, messages.CacheVerify(3)),
    ({"type": "status", "id": 0}, messages.StatusRequest(0)),
    ({"type": "status", "id": MAX_ID}, messages.StatusRequest(MAX_ID)),
]

REFUSED = [
    ({**HELLO, "versions": []}, "versions"),
    ({**HELLO, "versions": [True]}, "versions"),
    ({**HELLO, "versions": ["1"]}, "versions"),
    ({**HELLO, "versions": 1}, "versions"),
    ({**HELLO, "versions": [1] * 33}, "versions"),
    ({**HELLO, "client": 5}, "client"),
    ({**HELLO, "client": "c" * 65}, "client"),
    ({**HELLO, "client_version": "c" * 65}, "client_version"),
    ({**HELLO, "profile_key": "aGk="}, "profile_key"),
    ({**HELLO, "profile_key": "?"}, "profile_key"),
    ({**CAPTION, "id": -1}, "id"),
    ({**CAPTION, "id": MAX_ID + 1}, "id"),
    ({**CAPTION, "id": True}, "id"),
    ({**CAPTION, "id": 1.0}, "id"),
    ({**CAPTION, "id": None}, "id"),
    ({"type": "caption", "image": "aGk="}, "id"),
    ({"type": "caption", "id": 2}, "image"),
    ({**CAPTION, "image": None}, "image"),
    ({**CAPTION, "image": 7}, "image"),
    ({**CAPTION, "image": "aGk"}, "image"),
    ({**CAPTION, "image": "a Gk="}, "image"),
    ({**CAPTION, "image": "äGk="}, "image"),
    ({**CAPTION, "priority": "urgent"}, "priority"),
    ({**CAPTION, "priority": []}, "priority"),
    ({**CAPTION, "private": 1}, "private"),
    ({**CAPTION, "language": "x" * 36}, "language"),
    ({**HELLO, "warm": 1}, "warm"),
    ({**HELLO, "keep_days": 0}, "keep_days"),
    ({**HELLO, "keep_days": 3651}, "keep_days"),
    ({**HELLO, "keep_days": None}, "keep_days"),
    ({**HELLO, "keep_days": "30"}, "keep_days"),
    ({"type": "cache_forget", "id": 3}, "picture"),
    ({"type": "cache_forget", "id": 3, "picture": "aGk="}, "picture"),
    ({**CAPTION, "colour": "red"}, "colour"),
    ({**CAPTION, "size": 3}, "size"),
    ({**PARTS, "image": "aGk="}, "image"),
    ({**PARTS, "parts": 0}, "parts"),
    ({**PARTS, "parts": 257}, "parts"),
    ({**PARTS, "size": -1}, "size"),
    ({"type": "caption", "id": 2, "parts": 1}, "size"),
    ({**PART, "index": -1}, "index"),
    ({**PART, "index": 256}, "index"),
    ({**PART, "data": None}, "data"),
    ({"type": "part", "id": 2, "index": 0}, "data"),
    ({"type": "cancel", "id": 3}, "target"),
    ({"type": "cancel", "id": 3, "target": 2, "tab": 2}, "target"),
    ({"type": "cancel", "id": 3, "tab": -1}, "tab"),
    ({"type": "cancel", "id": 3, "page": None}, "page"),
    ({**CAPTION, "tab": "4"}, "tab"),
    ({**CAPTION, "page": 1.5}, "page"),
    ({"type": "cache_clear", "id": 3, "all": True}, "all"),
    ({"type": "cancel", "id": 3, "target": "2"}, "target"),
    ({"type": "status", "id": 3, "target": 2}, "target"),
    ({"id": 3}, "type"),
    ({"type": 5, "id": 3}, "type"),
]


@pytest.mark.parametrize(("values", "expected"), READ)
def test_a_valid_message_is_read(values: dict[str, object], expected: messages.Request) -> None:
    """Each field arrives where it belongs, and each default is the documented one."""
    before = dict(values)

    assert messages.parse(values) == expected
    assert values == before


@pytest.mark.parametrize(("values", "field"), REFUSED)
def test_a_wrong_field_is_refused_and_named(values: dict[str, object], field: str) -> None:
    """Missing, unknown, of the wrong type, out of range: error 202 that names the field."""
    with pytest.raises(BadFieldError) as caught:
        messages.parse(values)

    assert re.match(rf"'?{field}'?: ", caught.value.detail)
    assert caught.value.code == 202


@pytest.mark.parametrize("name", ["", "welcome", "HELLO", "x" * 200])
def test_an_unknown_type_is_refused(name: str) -> None:
    """Error 201, with no more of the name than helps."""
    with pytest.raises(UnknownTypeError) as caught:
        messages.parse({"type": name, "id": 1})

    assert caught.value.code == 201
    assert name[:40] in caught.value.detail
    assert len(caught.value.detail) < 80


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b'{"a":}', b"[" * 100_000, b"1" * 10_000, b'{"a":1} x']
)
def test_a_body_that_is_not_json_is_refused(body: bytes) -> None:
    """Error 103, also for what would exhaust the parser."""
    with pytest.raises(FrameNotJsonError):
        decode_object(body)


@pytest.mark.parametrize(
    ("body", "what"),
    [(b"null", "NoneType"), (b"[]", "list"), (b'"text"', "str"), (b"3", "int"), (b"true", "bool")],
)
def test_json_that_is_no_object_is_refused(body: bytes, what: str) -> None:
    """Error 104, and it says what it is instead."""
    with pytest.raises(FrameNotObjectError, match=f"JSON, but a {what}"):
        decode_object(body)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
names = st.sampled_from(
    [
        "id",
        "image",
        "parts",
        "size",
        "index",
        "data",
        "target",
        "tab",
        "page",
        "versions",
        "client",
        "private",
    ]
)


@given(
    st.sampled_from(["hello", "caption", "part", "cancel", "status", "cache_clear", "other"])
    | json_values,
    st.dictionaries(names, json_values, max_size=6),
)
def test_only_the_error_tree_escapes_from_arbitrary_fields(
    kind: object, values: dict[str, object]
) -> None:
    """Whatever stands in the fields: a request, or one of the message errors."""
    code, request = 0, None
    try:
        request = messages.parse({"type": kind, **values})
    except AltlensError as error:
        code = error.code

    assert code in (201, 202) if request is None else messages.NAMES[type(request)] == kind


@given(st.binary(max_size=200))
def test_only_the_error_tree_escapes_from_arbitrary_bodies(body: bytes) -> None:
    """Whatever a frame holds: an object, or one of the framing errors."""
    code, values = 0, None
    try:
        values = decode_object(body)
    except AltlensError as error:
        code = error.code

    assert code in (103, 104) if values is None else isinstance(values, dict)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"id": 7}, 7),
        ({"id": 0}, 0),
        ({"id": MAX_ID}, MAX_ID),
        ({"id": MAX_ID + 1}, None),
        ({"id": -1}, None),
        ({"id": "7"}, None),
        ({"id": True}, None),
        ({}, None),
    ],
)
def test_the_id_is_found_in_a_wrong_message(
    values: dict[str, object], expected: int | None
) -> None:
    """The error can go to the one who asked whenever the id itself is right."""
    assert messages.request_id(values) == expected


def test_a_reply_is_written_with_its_type_and_every_field() -> None:
    """What is written is one compact JSON object in UTF-8, umlauts as they are."""
    result = messages.Result(
        7,
        "described",
        "Ein Hund über Schnee",
        -0.5,
        9,
        "lite",
        "1",
        "en",
        "memory",
        0.7,
        "plain",
        True,
    )

    body = messages.serialise(result)

    assert json.loads(body) == {
        "type": "result",
        "id": 7,
        "kind": "described",
        "text": "Ein Hund über Schnee",
        "mean_logprob": -0.5,
        "tokens": 9,
        "model": "lite",
        "revision": "1",
        "language": "en",
        "source": "memory",
        "confidence": 0.7,
        "level": "plain",
        "calibrated": True,
        "read": "",
        "read_confidence": 0.0,
        "barcode": "",
    }
    assert "über".encode() in body
    assert b": " not in body
    assert b", " not in body


def test_an_error_is_written_with_code_name_message_and_hint() -> None:
    """The one who asked learns what happened and what to do."""
    reply = messages.error_reply(4, BadFieldError("id: missing."))

    assert json.loads(messages.serialise(reply)) == {
        "type": "error",
        "id": 4,
        "code": 202,
        "name": "bad_field",
        "message": "id: missing.",
        "hint": BadFieldError.hint,
    }


def documented(section: str) -> list[list[str]]:
    """Return the rows of the first table after a heading, without head and rule."""
    after = DOCUMENT.split(f"{section}\n", 1)[1]
    block = re.search(r"(?:^\|.*\n)+", after, re.M)
    assert block
    rows = block.group().strip().splitlines()[2:]
    return [[cell.strip().strip("`") for cell in row.strip("|").split("|")] for row in rows]


def every_message() -> list[type]:
    kinds = (*typing.get_args(messages.Request), *typing.get_args(messages.Reply))
    return sorted(kinds, key=messages.NAMES.__getitem__)


@pytest.mark.parametrize("kind", every_message(), ids=messages.NAMES.get)
def test_the_document_lists_exactly_the_fields_of_each_message(kind: typing.Any) -> None:
    """docs/PROTOCOL.md is the contract: it and the code name the same fields, in order."""
    listed = [row[0] for row in documented(f"### `{messages.NAMES[kind]}`")]

    assert tuple(listed) == kind._fields


def test_the_document_names_no_message_that_the_code_lacks() -> None:
    """Every heading that looks like a message is one."""
    headings = re.findall(r"^### `(\w+)`$", DOCUMENT, re.M)

    assert sorted(headings) == [messages.NAMES[kind] for kind in every_message()]


def test_the_document_lists_exactly_the_error_codes() -> None:
    """Code and name of each error agree with the document."""
    listed = [(int(row[0]), row[1]) for row in documented("## Error codes")]

    assert listed == [(code, kind.name) for code, kind in wire_errors().items()]


def test_error_codes_are_append_only() -> None:
    """A code that was once published keeps its name for good; new ones are added below."""
    published = {
        101: "frame_too_large",
        102: "frame_truncated",
        103: "frame_not_json",
        104: "frame_not_object",
        201: "unknown_type",
        202: "bad_field",
        203: "hello_required",
        204: "version_unsupported",
        205: "duplicate_id",
        206: "bad_part",
        301: "image_not_recognised",
        302: "image_truncated",
        303: "image_empty",
        304: "image_too_many_pixels",
        305: "image_too_many_bytes",
        401: "worker_not_started",
        402: "worker_died",
        403: "worker_timeout",
        404: "model_missing",
        405: "model_broken",
        500: "internal",
        501: "cancelled",
        502: "busy",
        503: "shutting_down",
        406: "picture_refused",
        407: "worker_resting",
        408: "worker_memory",
        504: "deadline_exceeded",
    }

    now = {code: kind.name for code, kind in wire_errors().items()}

    assert published.items() <= now.items()
    assert all(kind.hint for kind in wire_errors().values())
