"""altlens cache, as a process, over files that a host has left."""

import json
import sqlite3
from pathlib import Path

import pytest
from support.installer import Home

from altlens_host.cache.cache import SealedCache
from altlens_host.cache.places import prepare
from altlens_host.messages import Answer

CAT = Answer("described", "A cat on a sofa", -0.25, 7, "lite", "1")
MODEL = ("lite", "1", "en", "1")


class Remembering:
    """A home in which two profiles have something remembered."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.folder = home.path / ".local/share/altlens/cache"
        # Kept, or SQLite would tidy up the files whenever the garbage is collected.
        self.caches = []
        for key, count in ((bytes(32), 3), (bytes(range(32)), 2)):
            cache = SealedCache(lambda: prepare(self.folder))
            self.caches.append(cache)
            cache.unlock(key)
            for number in range(count):
                cache.put(bytes([number]) * 32, MODEL, CAT)

    @property
    def files(self) -> list[Path]:
        return sorted(self.folder.glob("*.sqlite3"))

    def json(self, action: str) -> list[dict[str, object]]:
        found: list[dict[str, object]] = json.loads(self.home.run("cache", action, "--json").stdout)
        return found

    def forge(self, statement: str) -> None:
        """Change the first file."""
        with sqlite3.connect(self.files[0]) as forger:
            forger.execute(statement)
        forger.close()


@pytest.fixture
def used(tmp_path: Path) -> Remembering:
    return Remembering(Home(tmp_path))


def test_what_is_kept_is_counted(used: Remembering) -> None:
    """For each profile's file, in words and for programs."""
    ran = used.home.run("cache", "stats")
    counted = used.json("stats")

    assert ran.returncode == 0
    assert all(path.name in ran.stdout for path in used.files)
    assert sorted(one["entries"] for one in counted) == [2, 3]
    assert all(one["size"] > 4096 and not one["aside"] for one in counted)


def test_where_nothing_is_kept_it_is_said(tmp_path: Path) -> None:
    """And nothing is made."""
    ran = Home(tmp_path).run("cache", "stats")

    assert ran.returncode == 0
    assert "Nothing is remembered" in ran.stdout
    assert list(tmp_path.iterdir()) == []


def test_looking_changes_nothing(used: Remembering) -> None:
    """A host may be using the files."""
    before = {path: path.read_bytes() for path in used.files}

    used.home.run("cache", "stats")
    used.home.run("cache", "verify")

    assert {path: path.read_bytes() for path in used.files} == before


def test_sound_files_are_said_to_be_sound(used: Remembering) -> None:
    """With exit status 0, and with what could not be examined."""
    ran = used.home.run("cache", "verify")

    assert ran.returncode == 0
    assert ran.stdout.count("sound") == 2
    assert "only the extension" in ran.stdout


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE entry SET sealed = CAST(substr(sealed, 2) AS BLOB)", "no envelopes"),
        ("UPDATE entry SET sealed = CAST(sealed || x'00' AS BLOB)", "no envelopes"),
        ("UPDATE entry SET sealed = 'text'", "no envelopes"),
        ("UPDATE entry SET look_up = x'00' || look_up", "no envelopes"),
        ("UPDATE total SET entries = 77", "77 are noted down"),
        ("PRAGMA user_version = 2", "A newer altlens made it."),
        ("DROP TABLE entry", "SQLite says"),
    ],
)
def test_a_file_that_was_changed_is_found(used: Remembering, statement: str, said: str) -> None:
    """In whatever way; exit status 1."""
    used.forge(statement)

    ran = used.home.run("cache", "verify")

    assert ran.returncode == 1
    assert said in ran.stdout
    assert ran.stdout.count("sound") == 1


def test_a_damaged_page_is_found(used: Remembering) -> None:
    """By SQLite's own examination."""
    path = used.files[0]
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    data = bytearray(path.read_bytes())
    data[4096 : 4096 + 200] = bytes(200)
    path.write_bytes(data)

    ran = used.home.run("cache", "verify")

    assert ran.returncode == 1


def test_clearing_removes_every_answer(used: Remembering) -> None:
    """Of all profiles, also what was set aside and what a newer altlens made."""
    used.forge("PRAGMA user_version = 9")
    (used.folder / "x.sqlite3.corrupt-1").write_bytes(b"damaged")

    ran = used.home.run("cache", "clear")

    assert ran.returncode == 0
    assert ran.stdout.startswith("Removed 5 answers from 3 files")
    assert sum(int(str(one["entries"])) for one in used.json("stats")) == 0
    assert not list(used.folder.glob("*.corrupt-*"))


def test_clearing_a_file_that_is_open_harms_nobody(used: Remembering) -> None:
    """A host that runs goes on, with nothing remembered."""
    cache = SealedCache(lambda: prepare(used.folder))
    cache.unlock(bytes(32))
    assert cache.get(bytes(32), MODEL) == CAT

    used.home.run("cache", "clear")

    assert cache.get(bytes(32), MODEL) is None
    cache.put(bytes(32), MODEL, CAT)
    assert cache.get(bytes(32), MODEL) == CAT


def test_a_file_that_another_program_holds_is_not_cleared(used: Remembering) -> None:
    """And that is said, with what to do."""
    holder = sqlite3.connect(used.files[0], isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    ran = used.home.run("cache", "clear")

    assert ran.returncode == 1
    assert "End other programs" in ran.stderr
    holder.close()
