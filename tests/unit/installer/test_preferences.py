"""The block in user.js."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altlens_installer import preferences
from altlens_installer.errors import PreferenceConflictError

OWN = b'user_pref("browser.startup.page", 3);\n'
ALL = preferences.needed(unsigned=True, seen=False)
SIGNATURES = b'user_pref("xpinstall.signatures.required", '


@given(st.binary())
def test_what_was_added_can_be_taken_out_to_the_byte(before: bytes) -> None:
    """Whatever stood in user.js, with or without an end of line, stands there again."""
    after, block = preferences.add(before, ALL)

    assert preferences.take(after, block) == before
    assert preferences.complete(after, ALL) or b"/*" in before or b"'" in before or b'"' in before


def test_all_three_preferences_are_set() -> None:
    """Firefox ignores the extension if one is missing."""
    after, _ = preferences.add(OWN, ALL)

    assert preferences.complete(after, ALL)
    assert not preferences.complete(OWN, ALL)
    assert after.startswith(OWN)


def test_the_block_starts_a_line_of_its_own() -> None:
    """Also after a last line without an end: the user reads it there."""
    after, _ = preferences.add(OWN.rstrip(), ALL)

    assert OWN + b"// altlens begin" in after
    assert after.endswith(b"\n// altlens end\n")


def test_lines_that_the_user_adds_around_the_block_survive() -> None:
    """Only our own bytes go."""
    after, block = preferences.add(OWN, ALL)

    rest = preferences.take(b"// above\n" + after + b"// below\n", block)

    assert rest == b"// above\n" + OWN + b"// below\n"


def test_a_changed_block_is_not_taken() -> None:
    """Somebody wrote there: what is left is theirs to look at."""
    after, block = preferences.add(OWN, ALL)

    assert preferences.take(after.replace(b"Scopes", b"scopes"), block) is None


@pytest.mark.parametrize(
    "line",
    [
        SIGNATURES + b"true);",
        b"user_pref('xpinstall.signatures.required',true);",
        b'  user_pref ( "xpinstall.signatures.required" , true ) ;',
        b'user_pref("a", 1); ' + SIGNATURES + b"true);",
        b'user_pref("extensions.autoDisableScopes", 15);',
        b'user_pref("x", "/*");\n' + SIGNATURES + b'true);\nuser_pref("y", "*/");',
    ],
)
def test_a_line_of_the_users_own_that_says_something_else_is_a_conflict(line: bytes) -> None:
    """It is shown with its place, and nothing is written."""
    content = OWN + line + b"\n"

    with pytest.raises(PreferenceConflictError, match=r"line \d"):
        preferences.add(content, ALL)


@pytest.mark.parametrize(
    "line",
    [
        b"// " + SIGNATURES + b"true);",
        b"# " + SIGNATURES + b"true);",
        b"/*\n" + SIGNATURES + b"true);\n*/",
    ],
)
def test_a_line_in_a_comment_is_no_conflict(line: bytes) -> None:
    """Firefox does not read it either."""
    after, _ = preferences.add(line + b"\n", ALL)

    assert preferences.complete(after, ALL)


def test_a_line_of_the_users_own_that_says_the_same_is_enough() -> None:
    """It stays after uninstalling, because it is not ours."""
    own = SIGNATURES + b"false);\n"

    after, block = preferences.add(own, ALL)

    assert b"signatures" not in block
    assert preferences.complete(after, ALL)
    assert preferences.take(after, block) == own


def test_the_line_of_a_conflict_is_counted_from_one() -> None:
    """The user finds it with any editor."""
    content = b"/* a\nb */\n" + OWN + SIGNATURES + b"true);\n"

    with pytest.raises(PreferenceConflictError, match="line 4 sets"):
        preferences.add(content, ALL)


def test_a_refreshed_block_stays_where_it_is() -> None:
    """Installing again moves nothing."""
    after, block = preferences.add(OWN, ALL)
    content = after + b"// below\n"

    assert preferences.refresh(content, block, ALL) == (content, block)


def test_a_damaged_block_is_written_anew_and_only_once() -> None:
    """What doctor complains of, install mends."""
    after, block = preferences.add(OWN, ALL)
    damaged = after.replace(b"signatures", b"signs")

    mended, now = preferences.refresh(damaged, block, ALL)

    assert preferences.complete(mended, ALL)
    assert mended.count(b"altlens begin") == 1
    assert preferences.take(mended, now) == OWN


def test_what_firefox_remembers_by_itself_is_noticed() -> None:
    """prefs.js keeps the weakening after user.js is clean again."""
    assert preferences.left_behind(SIGNATURES + b"false);\n") == [preferences.SIGNATURES]
    assert preferences.left_behind(OWN) == []


BEFORE: dict[str, str] = {}
DEFAULTS = {"extensions.autoDisableScopes": "3", "extensions.startupScanScopes": "0"}
REMEMBERED = b"".join(
    f'user_pref("{name}", {value});\n'.encode() for name, value in preferences.SIDELOAD.items()
)


def test_what_was_needed_for_a_while_is_set_back_and_then_forgotten() -> None:
    """Once Firefox has the extension, only the signature preference stays."""
    first, block = preferences.add(OWN, ALL)
    needed = preferences.needed(unsigned=True, seen=True)

    back = preferences.restored(block, REMEMBERED, BEFORE, DEFAULTS)
    second, block = preferences.refresh(first, block, needed, back)
    assert preferences.complete(second, needed | DEFAULTS)

    back = preferences.restored(block, b"", BEFORE, DEFAULTS)
    third, block = preferences.refresh(second, block, needed, back)
    assert back == {}
    assert b"Scopes" not in third
    assert preferences.complete(third, needed)
    assert preferences.take(third, block) == OWN


def test_what_the_user_had_before_comes_back() -> None:
    """A preference that was the user's own is not set to Firefox's default."""
    _, block = preferences.add(OWN, ALL)
    before = {"extensions.autoDisableScopes": "15", "extensions.startupScanScopes": "1"}

    back = preferences.restored(block, REMEMBERED, before, DEFAULTS)

    assert back == {"extensions.autoDisableScopes": "15"}


def test_a_line_of_the_users_own_is_not_set_back() -> None:
    """It never was ours."""
    own = REMEMBERED.splitlines(keepends=True)[0]
    after, block = preferences.add(own, ALL)

    back = preferences.restored(block, REMEMBERED, BEFORE, DEFAULTS)
    after, _ = preferences.refresh(after, block, preferences.needed(True, True), back)

    assert after.count(b"autoDisableScopes") == 1
    assert b'startupScanScopes", 0' in after
