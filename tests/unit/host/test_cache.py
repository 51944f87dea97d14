"""The cache as the service uses it: it remembers, and never costs a caption."""

import os
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from altlens_host.cache import cache as cache_module
from altlens_host.cache import entries, sealed_file
from altlens_host.cache.cache import SealedCache
from altlens_host.cache.places import prepare
from altlens_host.cache.sealing import Sealer
from altlens_host.cache.store import Limits
from altlens_host.errors import CacheError, CacheOffError
from altlens_host.messages import Answer

KEY = bytes(range(32))
OTHER = bytes(32)
PICTURE = b"p" * 32
MODEL = ("lite", "1", "en", "1")
CAT = Answer("described", "A cat on a sofa", -0.25, 7, "lite", "1")


class Profile:
    """A folder, and the caches that hosts open in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.warned: list[int] = []

    def cache(self, key: bytes | None = KEY, limits: Limits | None = None) -> SealedCache:
        """Return what a new host would have."""
        made = SealedCache(
            lambda: prepare(self.folder), lambda error: self.warned.append(error.code), limits
        )
        if key is not None:
            made.unlock(key)
            with suppress(CacheError):
                made.stats()  # waits until the file is open
        return made

    @property
    def file(self) -> Path:
        return self.folder / f"{Sealer(KEY).name}.sqlite3"

    def names(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    return Profile(tmp_path / "altlens" / "cache")


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """A clock that passes the time in which a failed cache stays off, when called."""
    now = [1000.0]
    monkeypatch.setattr(cache_module.time, "monotonic", lambda: now[0])
    return lambda: now.__setitem__(0, now[0] + 61)


def test_what_one_host_put_the_next_one_finds(profile: Profile) -> None:
    """The first was killed: nothing was closed."""
    profile.cache().put(PICTURE, MODEL, CAT)

    assert profile.cache().get(PICTURE, MODEL) == CAT


@pytest.mark.parametrize(
    ("key", "picture", "options"),
    [
        (OTHER, PICTURE, MODEL),
        (KEY, b"q" * 32, MODEL),
        (KEY, PICTURE, ("lite", "2", "en", "1")),
        (KEY, PICTURE, ("lite", "1", "en", "2")),
    ],
    ids=["profile", "picture", "revision", "words"],
)
def test_another_question_has_no_answer(
    profile: Profile, key: bytes, picture: bytes, options: tuple[str, ...]
) -> None:
    """Not for another profile, picture, model or way to put it into words."""
    profile.cache().put(PICTURE, MODEL, CAT)

    assert profile.cache(key).get(picture, options) is None


def test_the_files_tell_nothing(profile: Profile) -> None:
    """Neither the caption, nor the model, nor the picture's digest, nor the key stands there."""
    profile.cache().put(PICTURE, MODEL, CAT)

    written = b"".join(path.read_bytes() for path in profile.folder.iterdir())

    for secret in (b"cat", b"described", b"lite", PICTURE, KEY, KEY.hex().encode()):
        assert secret not in written
    assert KEY.hex() not in " ".join(profile.names())


def test_without_a_key_nothing_is_written(profile: Profile) -> None:
    """There is not even a folder."""
    cache = profile.cache(None)

    cache.put(PICTURE, MODEL, CAT)

    assert cache.get(PICTURE, MODEL) is None
    assert not profile.folder.exists()
    assert cache.state() == {"state": "off", "error": None}
    assert profile.warned == []


@pytest.mark.parametrize("ask", ["stats", "clear", "verify"])
def test_without_a_key_questions_about_the_cache_are_errors(profile: Profile, ask: str) -> None:
    """So that nobody believes that something was cleared."""
    with pytest.raises(CacheOffError):
        getattr(profile.cache(None), ask)()


def test_the_folder_is_for_its_owner_alone(profile: Profile) -> None:
    """Whatever the umask of the session is."""
    before = os.umask(0)
    try:
        profile.cache().put(PICTURE, MODEL, CAT)
    finally:
        os.umask(before)

    assert profile.folder.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_others_may_read_is_closed_to_them(profile: Profile) -> None:
    """An older version, or a copy, may have left it so."""
    profile.folder.mkdir(parents=True, mode=0o755)

    profile.cache().put(PICTURE, MODEL, CAT)

    assert profile.folder.stat().st_mode & 0o777 == 0o700
    assert profile.cache().get(PICTURE, MODEL) == CAT


def test_a_folder_that_everybody_may_write_to_is_refused(profile: Profile) -> None:
    """What lies there may be anybody's; nothing is added, and captions go on."""
    profile.folder.mkdir(parents=True)
    profile.folder.chmod(0o777)
    cache = profile.cache()

    cache.put(PICTURE, MODEL, CAT)

    assert cache.get(PICTURE, MODEL) is None
    assert profile.names() == []
    assert profile.warned == [714]
    assert cache.state() == {"state": "failed", "error": 714}


def test_counting_and_clearing(profile: Profile) -> None:
    """Clearing is for one profile."""
    profile.cache(OTHER).put(PICTURE, MODEL, CAT)
    cache = profile.cache()
    for number in range(3):
        cache.put(bytes([number]) * 32, MODEL, CAT)

    counted = cache.stats()
    cleared = cache.clear()

    assert counted["entries"] == 3
    assert 3 * 200 < counted["bytes"] < counted["most_bytes"]
    assert cleared == {"removed": 3}
    assert cache.stats()["entries"] == 0
    assert cache.get(bytes(32), MODEL) is None
    assert profile.cache(OTHER).get(PICTURE, MODEL) == CAT


def test_every_entry_is_verified(profile: Profile) -> None:
    """Also where they are more than are read in one go; one that was changed is found."""
    cache = profile.cache()
    for number in range(502):
        cache.put(number.to_bytes(32, "big"), MODEL, CAT)
    whole = cache.verify()
    with sqlite3.connect(profile.file) as forger:
        forger.execute(
            "UPDATE entry SET sealed = (SELECT sealed FROM entry ORDER BY look_up LIMIT 1)"
            " WHERE look_up IN (SELECT look_up FROM entry ORDER BY look_up DESC LIMIT 2)"
        )
    forger.close()

    assert whole == {"entries": 502, "broken": 0}
    assert cache.verify() == {"entries": 502, "broken": 2}


def test_a_broken_entry_is_no_answer_and_goes(profile: Profile) -> None:
    """It is warned of once; the cache works on."""
    cache = profile.cache()
    cache.put(PICTURE, MODEL, CAT)
    cache.put(b"q" * 32, MODEL, CAT)
    with sqlite3.connect(profile.file) as forger:
        forger.execute("UPDATE entry SET sealed = CAST(substr(sealed, 1, 40) || x'00' AS BLOB)")
    forger.close()

    assert cache.get(PICTURE, MODEL) is None
    assert cache.get(b"q" * 32, MODEL) is None
    assert cache.stats()["entries"] == 0
    cache.put(PICTURE, MODEL, CAT)
    assert cache.get(PICTURE, MODEL) == CAT
    assert profile.warned == [707]
    assert cache.state()["state"] == "open"


def test_an_entry_of_a_newer_version_is_no_answer_and_stays(profile: Profile) -> None:
    """The newer altlens can still open it."""
    cache = profile.cache()
    cache.put(PICTURE, MODEL, CAT)
    with sqlite3.connect(profile.file) as newer:
        newer.execute("UPDATE entry SET sealed = CAST(x'02' || substr(sealed, 2) AS BLOB)")
    newer.close()

    assert cache.get(PICTURE, MODEL) is None
    assert cache.stats()["entries"] == 1


def test_a_row_moved_to_another_picture_is_no_answer(profile: Profile) -> None:
    """Whoever can write the file cannot make a cat out of a dog."""
    cache = profile.cache()
    cache.put(PICTURE, MODEL, CAT)
    cache.put(b"q" * 32, MODEL, CAT._replace(text="A dog"))
    with sqlite3.connect(profile.file) as forger:
        (first, second) = forger.execute("SELECT look_up, sealed FROM entry").fetchall()
        forger.execute("UPDATE entry SET sealed = ? WHERE look_up = ?", (second[1], first[0]))
        forger.execute("UPDATE entry SET sealed = ? WHERE look_up = ?", (first[1], second[0]))
    forger.close()

    assert cache.get(PICTURE, MODEL) is None
    assert cache.get(b"q" * 32, MODEL) is None


def test_an_entry_under_another_ones_key_is_no_answer(profile: Profile) -> None:
    """Not even one that was sealed for that row, by a program that has the key."""
    cache = profile.cache()
    cache.put(PICTURE, MODEL, CAT)
    sealer = Sealer(KEY)
    row = sealer.look_up(entries.identity(PICTURE, MODEL))
    other = entries.write(entries.identity(b"q" * 32, MODEL), CAT._replace(text="A dog"))
    with sqlite3.connect(profile.file) as forger:
        forger.execute("UPDATE entry SET sealed = ?", (sealer.seal(row, other),))
    forger.close()

    assert cache.verify() == {"entries": 1, "broken": 1}
    assert cache.get(PICTURE, MODEL) is None


def test_a_damaged_file_is_set_aside_and_a_new_one_made_later(
    profile: Profile, patient: Callable[[], None]
) -> None:
    """One warning, no cache for a while, nothing deleted."""
    profile.folder.mkdir(parents=True)
    profile.file.write_bytes(b"this is no database" * 200)
    cache = profile.cache()

    cache.put(PICTURE, MODEL, CAT)
    missed = cache.get(PICTURE, MODEL)
    failed = cache.state()
    patient()
    cache.put(PICTURE, MODEL, CAT)

    assert missed is None
    assert failed == {"state": "failed", "error": 704}
    assert profile.warned == [704]
    assert cache.get(PICTURE, MODEL) == CAT
    assert cache.state() == {"state": "open", "error": None}
    (aside,) = profile.folder.glob("*.corrupt-*")
    assert aside.read_bytes().startswith(b"this is no database")


def test_a_file_damaged_while_it_is_open_is_set_aside_too(profile: Profile) -> None:
    """A disk can go bad at any time."""
    cache = profile.cache(limits=Limits(busy_seconds=0))
    for number in range(200):
        cache.put(bytes([number]) * 32, MODEL, CAT)
    with sqlite3.connect(profile.file) as forger:
        forger.execute("DROP TABLE entry")
    forger.close()

    assert cache.get(bytes(32), MODEL) is None
    assert profile.warned == [704]
    assert len(list(profile.folder.glob("*.corrupt-*"))) >= 1
    assert not profile.file.exists()


def test_two_hosts_that_find_the_same_damage_set_one_file_aside(
    profile: Profile, patient: Callable[[], None]
) -> None:
    """The second leaves alone the new file that the first one made meanwhile."""
    first, second = profile.cache(), profile.cache()
    first.put(PICTURE, MODEL, CAT)
    second.put(PICTURE, MODEL, CAT)
    with sqlite3.connect(profile.file) as forger:
        forger.execute("DROP TABLE entry")
    forger.close()
    first.get(PICTURE, MODEL)
    patient()
    first.put(PICTURE, MODEL, CAT)

    second.get(PICTURE, MODEL)

    assert profile.cache().get(PICTURE, MODEL) == CAT


def test_a_newer_file_is_left_alone(profile: Profile) -> None:
    """Neither used, nor changed, nor set aside."""
    profile.cache().put(PICTURE, MODEL, CAT)
    with sqlite3.connect(profile.file) as newer:
        newer.execute("PRAGMA user_version = 9")
    newer.close()
    cache = profile.cache()

    cache.put(PICTURE, MODEL, CAT)

    assert cache.state() == {"state": "failed", "error": 705}
    assert profile.warned == [705]
    assert not list(profile.folder.glob("*.corrupt-*"))


def test_a_locked_file_costs_no_caption_and_is_tried_again_later(
    profile: Profile, patient: Callable[[], None]
) -> None:
    """Whoever holds it."""
    cache = profile.cache(limits=Limits(busy_seconds=0))
    cache.put(PICTURE, MODEL, CAT)
    holder = sqlite3.connect(profile.file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    cache.put(b"q" * 32, MODEL, CAT)
    cache.put(b"r" * 32, MODEL, CAT)
    while_held = cache.state()
    holder.execute("ROLLBACK")
    holder.close()
    patient()
    cache.put(b"s" * 32, MODEL, CAT)

    assert while_held == {"state": "failed", "error": 701}
    assert profile.warned == [701]
    assert cache.stats()["entries"] == 2


def test_a_fault_of_our_own_costs_no_caption(profile: Profile) -> None:
    """Whatever breaks inside, what comes out is no answer."""

    def broken() -> Path:
        raise RuntimeError("surprise")

    cache = SealedCache(broken, lambda error: profile.warned.append(error.code))
    cache.unlock(KEY)

    assert cache.get(PICTURE, MODEL) is None
    cache.put(PICTURE, MODEL, CAT)
    assert profile.warned == [706]


def test_a_caption_waits_for_the_cache_a_short_while_only(profile: Profile) -> None:
    """Another thread may be busy with all of the file."""
    cache = profile.cache()
    cache.put(PICTURE, MODEL, CAT)
    busy, done = threading.Event(), threading.Event()

    def hold() -> None:
        with cache._held(-1):
            busy.set()
            done.wait(60)

    thread = threading.Thread(target=hold)
    thread.start()
    busy.wait(60)

    missed = cache.get(PICTURE, MODEL)
    done.set()
    thread.join(60)

    assert missed is None
    assert cache.get(PICTURE, MODEL) == CAT
    assert cache.state() == {"state": "open", "error": None}


def test_the_key_can_be_changed(profile: Profile) -> None:
    """All entries come along; the old key opens nothing any more."""
    cache = profile.cache()
    for number in range(700):
        cache.put(number.to_bytes(32, "big"), MODEL, CAT._replace(tokens=number))

    moved = cache.rotate(OTHER)

    assert moved == {"entries": 700}
    assert cache.get((699).to_bytes(32, "big"), MODEL) == CAT._replace(tokens=699)
    assert not profile.file.exists()
    assert profile.cache(OTHER).verify() == {"entries": 700, "broken": 0}
    assert profile.cache(KEY).get(bytes(32), MODEL) is None


def test_changing_the_key_keeps_the_order_of_use(profile: Profile) -> None:
    """What goes first afterwards is what would have gone first before."""
    cache = profile.cache(limits=Limits(entries=20))
    for number in range(20):
        cache.put(bytes([number]) * 32, MODEL, CAT)

    cache.rotate(OTHER)
    for number in range(20, 30):
        cache.put(bytes([number]) * 32, MODEL, CAT)

    kept = [number for number in range(30) if cache.get(bytes([number]) * 32, MODEL)]
    assert kept == list(range(10, 30))


def test_a_change_of_the_key_that_broke_off_is_done_again(profile: Profile) -> None:
    """The client still has both keys, and asks once more: as often as it likes."""
    cache = profile.cache()
    for number in range(10):
        cache.put(bytes([number]) * 32, MODEL, CAT)
    half_done = profile.cache(OTHER)
    half_done.put(bytes([3]) * 32, MODEL, CAT)
    again = profile.cache(KEY)

    first, second = again.rotate(OTHER), again.rotate(OTHER)

    assert first == second == {"entries": 10}


def test_entries_that_do_not_open_stay_behind_when_the_key_changes(profile: Profile) -> None:
    """They are of no use to anybody."""
    cache = profile.cache()
    cache.put(PICTURE, MODEL, CAT)
    cache.put(b"q" * 32, MODEL, CAT)
    with sqlite3.connect(profile.file) as forger:
        forger.execute(
            "UPDATE entry SET sealed = CAST(x'01' || zeroblob(92) AS BLOB)"
            " WHERE look_up = (SELECT max(look_up) FROM entry)"
        )
    forger.close()

    assert cache.rotate(OTHER) == {"entries": 1}


def test_a_damaged_new_file_costs_nothing_of_the_old_one(
    profile: Profile, patient: Callable[[], None]
) -> None:
    """It is set aside; the change of the key can be asked for again."""
    cache = profile.cache()
    cache.put(PICTURE, MODEL, CAT)
    (profile.folder / f"{Sealer(OTHER).name}.sqlite3").write_bytes(b"no database" * 500)

    with pytest.raises(CacheOffError):
        cache.rotate(OTHER)
    patient()

    assert cache.get(PICTURE, MODEL) == CAT
    assert cache.rotate(OTHER) == {"entries": 1}


def test_a_new_file_that_is_damaged_on_the_way_costs_nothing_of_the_old_one(
    profile: Profile, patient: Callable[[], None]
) -> None:
    """Its tables are gone, which shows when the first entry is to be written."""
    cache = profile.cache()
    cache.put(PICTURE, MODEL, CAT)
    profile.cache(OTHER)
    with sqlite3.connect(profile.folder / f"{Sealer(OTHER).name}.sqlite3") as forger:
        forger.execute("DROP TABLE entry")
    forger.close()

    with pytest.raises(CacheOffError):
        cache.rotate(OTHER)
    patient()

    assert cache.get(PICTURE, MODEL) == CAT
    assert cache.rotate(OTHER) == {"entries": 1}


def test_a_new_file_that_cannot_be_written_costs_nothing_of_the_old_one(
    profile: Profile, patient: Callable[[], None]
) -> None:
    """Another program holds it, for example."""
    cache = profile.cache(limits=Limits(busy_seconds=0))
    cache.put(PICTURE, MODEL, CAT)
    profile.cache(OTHER)
    holder = sqlite3.connect(profile.folder / f"{Sealer(OTHER).name}.sqlite3", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    with pytest.raises(CacheError) as raised:
        cache.rotate(OTHER)
    holder.close()
    patient()

    assert raised.value.code == 701
    assert cache.get(PICTURE, MODEL) == CAT
    assert cache.rotate(OTHER) == {"entries": 1}


def test_the_same_key_again_changes_nothing(profile: Profile) -> None:
    """A client may greet twice."""
    cache = profile.cache()
    cache.put(PICTURE, MODEL, CAT)

    cache.unlock(KEY)

    assert cache.get(PICTURE, MODEL) == CAT
    assert cache.rotate(KEY) == {"entries": 1}


def test_a_second_hello_with_another_key_opens_the_other_profiles_file(profile: Profile) -> None:
    """And only that one."""
    cache = profile.cache()
    cache.put(PICTURE, MODEL, CAT)

    cache.unlock(OTHER)

    assert cache.get(PICTURE, MODEL) is None
    cache.unlock(KEY)
    assert cache.get(PICTURE, MODEL) == CAT


def test_nothing_but_errors_of_the_cache_come_out_of_questions(profile: Profile) -> None:
    """A file in the folder's place, for one."""
    profile.folder.parent.mkdir(parents=True)
    profile.folder.write_bytes(b"")
    cache = profile.cache()

    for ask in (cache.stats, cache.clear, cache.verify, lambda: cache.rotate(OTHER)):
        with pytest.raises(CacheError) as raised:
            ask()
        assert raised.value.code == 702


def test_an_answer_older_than_the_user_wants_is_not_given_and_is_removed(
    profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As soon as the user says so, without waiting for the next write."""
    cache = profile.cache()
    cache.put(PICTURE, MODEL, CAT)
    later = time.time() + 8 * 86_400
    monkeypatch.setattr(sealed_file.time, "time", lambda: later)
    assert cache.get(PICTURE, MODEL) == CAT

    cache.unlock(KEY, keep_days=7)

    assert cache.get(PICTURE, MODEL) is None
    deadline = time.monotonic() + 10
    while cache.stats()["entries"] and time.monotonic() < deadline:
        time.sleep(0.01)
    assert cache.stats()["entries"] == 0


def test_one_answer_is_forgotten_and_the_others_stay(profile: Profile) -> None:
    """Also for the next host; a second time there is nothing to forget."""
    cache = profile.cache()
    cache.put(PICTURE, MODEL, CAT)
    cache.put(b"q" * 32, MODEL, CAT)

    removed = [cache.forget(PICTURE, MODEL)["removed"] for _ in range(2)]

    assert removed == [1, 0]
    assert profile.cache().get(PICTURE, MODEL) is None
    assert profile.cache().get(b"q" * 32, MODEL) == CAT
