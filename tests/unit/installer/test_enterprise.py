"""What an administrator's policies.json gains, and that it loses nothing."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altlens_installer.enterprise import policies, taken_out
from altlens_installer.errors import PoliciesBrokenError, PoliciesConflictError

XPI = "file:///usr/local/lib/altlens/altlens%40altlens.xpi"
ID = "altlens@altlens"
FORCED = {"installation_mode": "force_installed", "install_url": XPI}

_WORDS = st.sampled_from(["", "a", "ExtensionSettings", "*", "é", "\u2028", "Extensions", "u@b"])
_LEAVES = st.sampled_from([None, True, False, 0, -5, 2**70, 1.5, "", "é", "😀", [], {}])
_VALUES = _LEAVES | st.lists(_LEAVES, max_size=2) | st.dictionaries(_WORDS, _LEAVES, max_size=2)
_OBJECTS = st.dictionaries(_WORDS, _VALUES, max_size=3)
_FILES = st.fixed_dictionaries(
    {
        "policies": st.fixed_dictionaries(
            {},
            optional={
                "ExtensionSettings": _OBJECTS,
                "3rdparty": st.fixed_dictionaries({}, optional={"Extensions": _OBJECTS}),
                "Preferences": _OBJECTS,
                "DisableTelemetry": st.booleans(),
            },
        )
    },
    optional={"_comment": _VALUES},
)


def test_a_new_file_says_all_that_firefox_needs() -> None:
    """The extension, its settings, and that it has no signature."""
    made = json.loads(policies(None, XPI, {"language": "de"}, unsigned=True))

    assert made == {
        "policies": {
            "ExtensionSettings": {ID: FORCED},
            "3rdparty": {"Extensions": {ID: {"language": "de"}}},
            "Preferences": {"xpinstall.signatures.required": {"Value": False, "Status": "locked"}},
        }
    }


def test_a_signed_extension_weakens_nothing() -> None:
    """The preference is not touched."""
    made = json.loads(policies(None, XPI, {}, unsigned=False))

    assert made == {"policies": {"ExtensionSettings": {ID: FORCED}}}


def kept(one: Any, other: Any) -> bool:
    """Say whether everything of one is in the other, in the same order."""
    if not (isinstance(one, dict) and isinstance(other, dict)):
        return bool(one == other)
    same = [key for key in other if key in one]
    return same == list(one) and all(kept(one[key], other[key]) for key in one)


@given(_FILES, _OBJECTS, st.booleans())
def test_nothing_is_lost(before: dict[str, Any], managed: dict[str, Any], unsigned: bool) -> None:
    """Every entry of the administrator's is there, beside ours."""
    after = json.loads(policies(json.dumps(before).encode(), XPI, managed, unsigned))

    assert kept(before, after)
    assert after["policies"]["ExtensionSettings"][ID] == FORCED
    if managed:
        assert after["policies"]["3rdparty"]["Extensions"][ID] == managed


@given(_FILES, _OBJECTS, st.booleans())
def test_all_of_ours_goes_and_nothing_else(
    before: dict[str, Any], managed: dict[str, Any], unsigned: bool
) -> None:
    """Also where the administrator has added something since, and has said some of it before."""
    content = json.dumps(before).encode()
    after = json.loads(policies(content, XPI, managed, unsigned))
    after["policies"]["Since"] = True

    left = json.loads(taken_out(json.dumps(after).encode(), content) or b"")

    assert left["policies"].pop("Since")
    assert full(left) == full(before)


def full(one: Any) -> Any:
    """Leave out the objects that hold nothing: they say nothing to Firefox."""
    if not isinstance(one, dict):
        return one
    return {key: value for key, inner in one.items() if (value := full(inner)) != {}}


def test_what_the_administrator_had_said_the_same_stays() -> None:
    """Others may need it."""
    weak = {"Preferences": {"xpinstall.signatures.required": {"Value": False, "Status": "locked"}}}
    before = json.dumps({"policies": weak}).encode()
    after = policies(before, XPI, {}, unsigned=True)

    assert json.loads(taken_out(after, before) or b"") == {"policies": weak}
    assert taken_out(after) is None


def test_what_the_administrator_made_of_ours_stays() -> None:
    """An extension that is blocked now is to stay blocked."""
    blocked = {"policies": {"ExtensionSettings": {ID: {"installation_mode": "blocked"}}}}

    assert json.loads(taken_out(json.dumps(blocked).encode()) or b"") == blocked


@given(_FILES, st.booleans())
def test_done_twice_is_done_once(before: dict[str, Any], unsigned: bool) -> None:
    """The same bytes."""
    once = policies(json.dumps(before).encode(), XPI, {"a": 1}, unsigned)

    assert policies(once, XPI, {"a": 1}, unsigned) == once


def test_the_order_and_the_tabs_of_the_file_stay() -> None:
    """An administrator keeps it under version control."""
    content = b'{\n\t"policies": {\n\t\t"Zebra": 1,\n\t\t"Ant": 2\n\t}\n}\n'

    after = policies(content, XPI, {}, unsigned=False).decode()

    assert after.startswith('{\n\t"policies": {\n\t\t"Zebra": 1,\n\t\t"Ant": 2,\n\t\t"ExtensionS')


@pytest.mark.parametrize(
    "entry",
    [
        {"ExtensionSettings": {ID: {"installation_mode": "blocked"}}},
        {"ExtensionSettings": {ID: {**FORCED, "install_url": "https://example.org/a.xpi"}}},
        {"ExtensionSettings": {ID: {**FORCED, "private_browsing": True}}},
        {"ExtensionSettings": []},
        {"3rdparty": {"Extensions": {ID: {"language": "fr"}}}},
        {"3rdparty": {"Extensions": 5}},
        {"Preferences": {"xpinstall.signatures.required": {"Value": True, "Status": "locked"}}},
    ],
)
def test_what_the_administrator_says_about_altlens_is_left(entry: dict[str, Any]) -> None:
    """It is a conflict, and is shown."""
    with pytest.raises(PoliciesConflictError, match=r"altlens@altlens|signatures|Extension"):
        policies(json.dumps({"policies": entry}).encode(), XPI, {"language": "de"}, unsigned=True)


def test_an_older_place_of_ours_is_replaced() -> None:
    """The folder may have been another one then."""
    old = policies(None, "file:///opt/altlens.xpi", {}, unsigned=False)

    assert policies(old, XPI, {}, unsigned=False) == policies(None, XPI, {}, unsigned=False)


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"[]",
        b"5",
        b"\xff",
        b'{"policies": []}',
        b'{"policies": {"a": 1, "a": 2}}',
        b'{"policies": {"a": NaN}}',
        b'{"policies": {"a": 1e999}}',
        b'{"policies": {}} // comment',
        b"[" * 100_000,
    ],
)
def test_what_is_no_policies_json_is_told_and_left(content: bytes) -> None:
    """One of two values of a key would be lost in writing it again."""
    with pytest.raises(PoliciesBrokenError):
        policies(content, XPI, {}, unsigned=True)
    with pytest.raises(PoliciesBrokenError):
        taken_out(content)


def test_half_a_pair_of_surrogates_stays_what_it_is() -> None:
    """Only an escape can say it."""
    after = policies(b'{"policies": {"a": "\\ud800"}}', XPI, {}, unsigned=False)

    assert json.loads(after)["policies"]["a"] == "\ud800"


@pytest.mark.parametrize("empty", [b"", b" \n"])
def test_an_empty_file_is_as_good_as_none(empty: bytes) -> None:
    """Somebody has made it and not filled it in."""
    assert policies(empty, XPI, {}, unsigned=False) == policies(None, XPI, {}, unsigned=False)


def test_a_file_of_ours_alone_is_not_left_empty() -> None:
    """It goes as a whole; with a word of somebody's own it stays."""
    ours = json.loads(policies(None, XPI, {"a": 1}, unsigned=True))

    assert taken_out(json.dumps(ours).encode()) is None
    assert json.loads(taken_out(json.dumps(ours | {"_": 0}).encode()) or b"") == {"_": 0}
