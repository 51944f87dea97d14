"""The rows in SQLite: which are kept, which go, and what is said when the file cannot be used."""

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from altlens_host.cache.files import set_aside
from altlens_host.cache.store import Limits, Row, Store
from altlens_host.errors import (
    CacheCorruptError,
    CacheError,
    CacheLockedError,
    CacheNewerError,
)

TODAY = 20_000
SEALED = bytes(93)


def key(number: int) -> bytes:
    return number.to_bytes(32, "big")


def row(number: int, sealed: bytes = SEALED, day: int = TODAY) -> Row:
    return Row(key(number), sealed, day)


def kept(store: Store) -> list[int]:
    """Return the numbers of the rows that are there, by the way that counts no use."""
    return [int.from_bytes(one.look_up, "big") for one in store.rows(b"", 10_000)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.sqlite3"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    made = Store(path, Limits(entries=4, bytes=10_000, days=30, busy_seconds=0.1))
    yield made
    made.close()


def test_what_is_put_is_got(store: Store) -> None:
    """And nothing else is."""
    store.put(row(1, b"one"))

    assert store.get(key(1), TODAY) == b"one"
    assert store.get(key(2), TODAY) is None


def test_a_second_answer_takes_the_place_of_the_first(store: Store) -> None:
    """It is still one row."""
    store.put(row(1, b"one"))
    store.put(row(1, b"two"))

    assert store.get(key(1), TODAY) == b"two"
    assert store.totals()[0] == 1


def test_the_least_recently_used_goes_first(store: Store) -> None:
    """Writing and reading are both use."""
    for number in (1, 2, 3, 4):
        store.put(row(number))
    store.get(key(1), TODAY)
    store.get(key(2), TODAY)

    store.put(row(5))
    store.put(row(6))

    assert kept(store) == [1, 2, 5, 6]


def test_the_order_of_use_outlives_the_process(path: Path) -> None:
    """When it is closed, and also every so many hits when it is killed."""
    limits = Limits(entries=2)
    first = Store(path, limits)
    first.put(row(1))
    first.put(row(2))
    for _ in range(300):
        first.get(key(1), TODAY)
        first.get(key(2), TODAY)
    first.get(key(1), TODAY)
    first.close()

    again = Store(path, limits)
    again.put(row(3))

    assert kept(again) == [1, 3]


def test_hits_are_written_down_now_and_then(path: Path) -> None:
    """A host that is killed loses the order of the last few hits only."""
    first = Store(path, Limits(entries=256))
    for number in range(256):
        first.put(row(number))
    for number in range(256):
        first.get(key(255 - number), TODAY)

    other = Store(path, Limits(entries=256))
    other.put(row(1000))

    assert 255 not in kept(other)
    assert 0 in kept(other)


def test_the_bytes_are_bounded(store: Store) -> None:
    """Large answers push more of the others out."""
    store.put(row(1, bytes(3000)))
    store.put(row(2, bytes(3000)))
    store.put(row(3, bytes(3000)))
    store.put(row(4, bytes(3000)))

    assert kept(store) == [2, 3, 4]
    assert store.totals() == (3, 3 * (3000 + 130))


def test_the_bounds_themselves_may_be_reached(path: Path) -> None:
    """As many answers and as many bytes as are allowed, and not one less."""
    store = Store(path, Limits(entries=2, bytes=2 * (3000 + 130)))
    store.put(row(1, bytes(3000)))
    store.put(row(2, bytes(3000)))

    assert kept(store) == [1, 2]


def test_the_totals_are_those_of_the_rows(store: Store) -> None:
    """After every kind of change."""
    for number in range(9):
        store.put(row(number, bytes(number)))
    store.put(row(8, bytes(50)))
    store.remove(key(7))
    store.add([row(1, bytes(7)), row(8, bytes(7))])

    rows = store.rows(b"", 100)

    assert store.totals() == (len(rows), sum(len(one.sealed) + 130 for one in rows))


def test_what_is_copied_takes_nothings_place(store: Store) -> None:
    """What is there already is newer than what comes from another file."""
    store.put(row(1, b"new"))

    store.add([row(1, b"old", day=TODAY - 29), Row(key(2), b"old", TODAY - 29, 7)])

    assert [(one.sealed, one.day, one.used) for one in store.rows(b"", 10)] == [
        (b"new", TODAY, 1),
        (b"old", TODAY - 29, 7),
    ]


def test_an_answer_that_is_too_old_is_not_found_and_goes(store: Store) -> None:
    """Models get better, and nothing is kept for ever."""
    store.put(row(1, day=TODAY))

    assert store.get(key(1), TODAY + 30) == SEALED
    assert store.get(key(1), TODAY + 31) is None
    store.put(row(2, day=TODAY + 31))
    assert kept(store) == [2]


def test_a_sweep_removes_all_that_is_too_old_and_nothing_else(path: Path) -> None:
    """However many they are."""
    store = Store(path, Limits(days=30))
    store.add([row(number, day=TODAY - 31) for number in range(200)])
    store.add([row(number, day=TODAY - 30) for number in range(1000, 1003)])

    store.sweep(TODAY)

    assert kept(store) == [1000, 1001, 1002]


def test_no_write_removes_many_rows_at_once(path: Path) -> None:
    """After a long holiday the first caption does not wait for all that is too old."""
    store = Store(path, Limits())
    store.add([row(number, day=TODAY) for number in range(1000)])

    store.put(row(5000, day=TODAY + 1000))

    assert len(kept(store)) == 1001 - 64


def test_limits_that_became_smaller_are_reached_step_by_step(path: Path) -> None:
    """Each write takes some away, until they hold."""
    Store(path, Limits()).add([row(number) for number in range(200)])
    store = Store(path, Limits(entries=10))

    for number in range(200, 204):
        store.put(row(number))

    assert store.totals()[0] == 10


def test_clearing_leaves_nothing_in_the_file(path: Path) -> None:
    """Not even in the pages that are free, nor in the log beside it."""
    mark = b"an envelope that must go" * 40
    store = Store(path, Limits())
    for number in range(200):
        store.put(row(number, mark))

    store.clear()

    assert store.totals() == (0, 0)
    assert sum(file.stat().st_size for file in path.parent.iterdir()) < 80_000
    assert all(mark[:24] not in file.read_bytes() for file in path.parent.iterdir())


def test_a_row_that_is_removed_leaves_nothing_behind(path: Path) -> None:
    """What the limits push out is gone from the file once the log is written back."""
    mark = b"an envelope that must go" * 4
    store = Store(path, Limits())
    store.put(row(1, mark))
    store.put(row(2))
    store.close()
    assert mark in path.read_bytes()

    store = Store(path, Limits())
    store.remove(key(1))
    store.close()

    assert mark not in path.read_bytes()


def test_a_write_that_returned_survives_a_kill(path: Path) -> None:
    """The process ends without a word, in the way nothing can catch."""
    program = (
        "import os, signal, sys; from pathlib import Path\n"
        "from altlens_host.cache.store import *\n"
        "store = Store(Path(sys.argv[1]), Limits())\n"
        "for n in range(20): store.put(Row(n.to_bytes(32, 'big'), b'x', 20000))\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    ran = subprocess.run([sys.executable, "-c", program, str(path)])

    assert ran.returncode != 0
    assert kept(Store(path, Limits())) == list(range(20))


def test_two_processes_write_at_the_same_time(path: Path) -> None:
    """Two hosts on one profile: nothing that either wrote is lost, and both see all."""
    program = (
        "import sys; from pathlib import Path\n"
        "from altlens_host.cache.store import *\n"
        "store = Store(Path(sys.argv[1]), Limits(busy_seconds=30))\n"
        "first = int(sys.argv[2])\n"
        "for n in range(first, first + 150): store.put(Row(n.to_bytes(32, 'big'), b'x', 20000))\n"
        "assert store.get(first.to_bytes(32, 'big'), 20000) == b'x'\n"
        "store.close()"
    )
    both = [
        subprocess.Popen([sys.executable, "-c", program, str(path), str(first)])
        for first in (0, 1000)
    ]

    assert [one.wait(60) for one in both] == [0, 0]
    assert kept(Store(path, Limits())) == [*range(150), *range(1000, 1150)]


def test_many_open_a_new_file_at_the_same_time(path: Path) -> None:
    """Firefox starts two hosts within a millisecond when it restores its windows."""
    errors: list[CacheError] = []
    start = threading.Barrier(8)

    def open_it() -> None:
        start.wait()
        try:
            Store(path, Limits(busy_seconds=30)).put(row(threading.get_native_id()))
        except CacheError as error:
            errors.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert errors == []
    assert Store(path, Limits()).totals()[0] == 8


def test_a_new_file_that_another_host_is_setting_up_is_waited_for(path: Path) -> None:
    """SQLite says at once that it is busy while another is about to write the first page."""
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    done = threading.Timer(0.3, other.execute, ["COMMIT"])
    done.start()

    store = Store(path, Limits(busy_seconds=30))

    done.join()
    store.put(row(1))
    assert store.totals()[0] == 1


def test_a_file_that_another_program_holds_is_said_to_be_locked(store: Store, path: Path) -> None:
    """Reading goes on; writing gives up after a short while."""
    store.put(row(1))
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    with pytest.raises(CacheLockedError):
        store.put(row(2))
    assert store.get(key(1), TODAY) == SEALED
    holder.execute("ROLLBACK")
    store.put(row(2))
    holder.close()


def test_a_hit_does_not_fail_for_the_order_of_use(path: Path) -> None:
    """It cannot be written down while another program holds the file; the answer is there."""
    store = Store(path, Limits(busy_seconds=60))
    store.add([row(number) for number in range(300)])
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    assert all(store.get(key(number), TODAY) for number in range(300))
    holder.close()


def test_a_newer_file_is_left_as_it_is(path: Path) -> None:
    """An older altlens neither reads nor changes it."""
    Store(path, Limits()).close()
    with sqlite3.connect(path) as newer:
        newer.execute("PRAGMA user_version = 2")
    newer.close()
    before = path.read_bytes()

    with pytest.raises(CacheNewerError):
        Store(path, Limits())
    assert path.read_bytes() == before


@pytest.mark.parametrize("marks", ["CREATE TABLE t (x)", "PRAGMA user_version = 1"])
def test_another_programs_database_is_left_as_it_is(path: Path, marks: str) -> None:
    """It is not ours to write to."""
    with sqlite3.connect(path) as foreign:
        foreign.execute(marks)
    foreign.close()
    before = path.read_bytes()

    with pytest.raises(CacheCorruptError):
        Store(path, Limits())
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"not a database at all" * 100,
        lambda data: data[:100] + bytes(len(data) - 100),
        lambda data: data[: len(data) // 2],
    ],
    ids=["no database", "zeros", "half"],
)
def test_a_damaged_file_is_said_to_be_damaged(path: Path, damage) -> None:  # type: ignore[no-untyped-def]
    """At the latest when it is used."""
    store = Store(path, Limits())
    store.add([row(number, bytes(500)) for number in range(500)])
    store.close()
    path.write_bytes(damage(path.read_bytes()))

    with pytest.raises(CacheCorruptError):  # noqa: PT012
        opened = Store(path, Limits())
        opened.rows(b"", 1000)
        opened.put(row(1))


def test_a_column_that_holds_no_bytes_is_damage(store: Store, path: Path) -> None:
    """SQLite keeps anything anywhere: the number 10**12 must not become as many zeros."""
    store.put(row(1))
    with sqlite3.connect(path) as forger:
        forger.execute("UPDATE entry SET sealed = 1000000000000")
    forger.close()

    with pytest.raises(CacheCorruptError):
        store.get(key(1), TODAY)


def test_a_table_that_is_gone_is_damage(store: Store, path: Path) -> None:
    """Whoever dropped it."""
    with sqlite3.connect(path) as forger:
        forger.execute("DROP TABLE entry")
    forger.close()

    with pytest.raises(CacheCorruptError):
        store.get(key(1), TODAY)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's /dev/full")
def test_a_full_disk_is_said_to_be_full(path: Path, tmp_path: Path) -> None:
    """A file that may not grow stands for it: the limit is the process's, the denial real."""
    program = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from altlens_host.cache.store import *\n"
        "from altlens_host.errors import CacheFullError\n"
        "store = Store(Path(sys.argv[1]), Limits())\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))\n"
        "try:\n"
        "    for n in range(500): store.put(Row(n.to_bytes(32, 'big'), bytes(500), 20000))\n"
        "except CacheFullError: print(n)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True
    )
    written = int(ran.stdout)

    assert 0 < written < 500
    assert kept(Store(path, Limits())) == list(range(written))


def test_a_file_is_set_aside_with_its_log(store: Store, path: Path) -> None:
    """The log of the old file must not be taken for the new one's."""
    store.put(row(1))

    set_aside(path, "a.old")

    assert sorted(one.name for one in path.parent.iterdir()) == ["a.old", "a.old-shm", "a.old-wal"]
    assert Store(path, Limits()).totals() == (0, 0)
