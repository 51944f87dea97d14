"""What is found in the caches' files without any key."""

import sqlite3
from pathlib import Path

import pytest

from altlens_host.cache import inspection
from altlens_host.cache.inspection import Found
from altlens_host.cache.sealed_file import SealedFile
from altlens_host.cache.store import Limits
from altlens_host.errors import CacheLockedError
from altlens_host.messages import Answer

CAT = Answer("described", "A cat on a sofa", -0.25, 7, "lite", "1")


def fill(folder: Path, key: int, count: int) -> Path:
    """Make a profile's file; return it."""
    file = SealedFile(folder, bytes([key]) * 32, Limits())
    for number in range(count):
        file.put(bytes([number]) * 32, ("lite",), CAT)
    file.close()
    return file.path


def forge(path: Path, statement: str) -> None:
    with sqlite3.connect(path) as forger:
        forger.execute(statement)
    forger.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """One file with three answers."""
    return fill(tmp_path, 1, 3)


def test_every_file_is_found_those_set_aside_last(tmp_path: Path) -> None:
    """With what belongs to it counted in its size, and nothing else found."""
    first, second = sorted((fill(tmp_path, 1, 3), fill(tmp_path, 2, 0)))
    aside = tmp_path / f"{first.name}.corrupt-17"
    for end in ("", "-wal", "-shm"):
        aside.with_name(aside.name + end).write_bytes(b"x" * 100)
    (tmp_path / "notes.txt").write_bytes(b"")

    found = inspection.every(tmp_path)

    assert [one.path for one in found] == [first, second, aside]
    assert [one.aside for one in found] == [False, False, True]
    assert sorted(one.entries or 0 for one in found) == [0, 0, 3]
    assert found[2].entries is None
    assert found[2].size == 300
    assert found[0].size == first.stat().st_size


def test_a_folder_that_is_not_there_has_no_files(tmp_path: Path) -> None:
    """Nor is it made."""
    assert inspection.every(tmp_path / "none") == []
    assert not (tmp_path / "none").exists()


def test_a_file_that_cannot_be_read_is_found_without_a_count(tmp_path: Path) -> None:
    """The others are counted."""
    fill(tmp_path, 1, 3)
    (tmp_path / "z.sqlite3").write_bytes(b"no database" * 100)

    assert [one.entries for one in inspection.every(tmp_path)] == [3, None]


def test_a_sound_file_has_no_faults(path: Path) -> None:
    """Empty or not, in use or not."""
    user = SealedFile(path.parent, bytes([1]) * 32, Limits())
    user.put(b"p" * 32, (), CAT._replace(text="A long caption " * 40))

    assert inspection.faults(path) == []
    assert inspection.faults(fill(path.parent, 2, 0)) == []
    user.close()


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        (
            "UPDATE entry SET sealed = CAST(substr(sealed, 2) AS BLOB)",
            "3 entries are no envelopes of this version.",
        ),
        (
            "UPDATE entry SET sealed = CAST(x'02' || substr(sealed, 2) AS BLOB)",
            "3 entries are no envelopes of this version.",
        ),
        (
            "UPDATE entry SET sealed = CAST(sealed || x'00' AS BLOB)"
            " WHERE look_up = (SELECT min(look_up) FROM entry)",
            "1 entries are no envelopes of this version.",
        ),
        (
            "UPDATE entry SET sealed = CAST(substr(sealed, 1, 29) AS BLOB)",
            "3 entries are no envelopes of this version.",
        ),
        ("UPDATE entry SET sealed = 'text'", "3 entries are no envelopes of this version."),
        (
            "UPDATE entry SET look_up = CAST(substr(look_up, 2) AS BLOB)",
            "3 entries are no envelopes of this version.",
        ),
        (
            "UPDATE entry SET look_up = hex(substr(look_up, 1, 16))",
            "3 entries are no envelopes of this version.",
        ),
        ("UPDATE total SET entries = 77", "It has 3 entries, and 77 are noted down."),
        ("DELETE FROM total", "It has 3 entries, and None are noted down."),
        ("PRAGMA user_version = 2", "A newer altlens made it."),
        ("PRAGMA application_id = 5", "It is no cache of this altlens (marks [5, 1])."),
        ("DROP TABLE entry", "SQLite says SQLITE_ERROR."),
    ],
)
def test_each_change_of_the_structure_is_a_fault(path: Path, statement: str, fault: str) -> None:
    """And is said in one sentence."""
    forge(path, statement)

    assert inspection.faults(path) == [fault]


def test_what_sqlite_finds_is_passed_on(path: Path) -> None:
    """An index that lacks a row, for example."""
    forge(path, "PRAGMA writable_schema = ON")
    with sqlite3.connect(path) as forger:
        forger.execute("PRAGMA writable_schema = ON")
        forger.execute(
            "UPDATE sqlite_master SET rootpage ="
            " (SELECT rootpage FROM sqlite_master WHERE name = 'entry_day')"
            " WHERE name = 'entry_used'"
        )
    forger.close()

    found = inspection.faults(path)

    assert found
    assert all(fault.startswith("SQLite says") for fault in found)


def test_what_is_no_database_is_a_fault(tmp_path: Path) -> None:
    """Said in SQLite's own word."""
    path = tmp_path / "a.sqlite3"
    path.write_bytes(b"no database" * 100)

    assert inspection.faults(path) == ["SQLite says SQLITE_NOTADB."]


def test_clearing_empties_a_sound_file_and_keeps_it(path: Path) -> None:
    """A host that has it open must not write into nothing."""
    inspection.clear(Found(path, 3, 0, False))

    assert [one.entries for one in inspection.every(path.parent)] == [0]
    assert inspection.faults(path) == []


@pytest.mark.parametrize("what", ["newer", "damaged", "aside"])
def test_clearing_removes_what_cannot_be_emptied(path: Path, what: str) -> None:
    """With its log: the user wants it away."""
    if what == "newer":
        forge(path, "PRAGMA user_version = 9")
    elif what == "damaged":
        path.write_bytes(b"no database" * 100)
    path.with_name(path.name + "-wal").write_bytes(b"")

    inspection.clear(Found(path, None, 0, what == "aside"))

    assert list(path.parent.iterdir()) == []


def test_a_file_that_is_held_is_not_cleared(path: Path) -> None:
    """Nor removed under the feet of the program that holds it."""
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    with pytest.raises(CacheLockedError):
        inspection.clear(Found(path, 3, 0, False))
    holder.close()

    assert inspection.every(path.parent)[0].entries == 3
