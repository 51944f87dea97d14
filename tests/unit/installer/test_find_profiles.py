"""Which profiles there are, which browser uses them, and what could not be read."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from support import machines

from altlens_installer.errors import (
    ProfileListBrokenError,
    ProfileNotFoundError,
    ProfileUnclearError,
)
from altlens_installer.finding import profiles

TRAP = """\
[Install4F96D1932A9F858E]
Default=two.used
Locked=1

[Profile1]
Name=old
IsRelative=1
Path=one.default
Default=1

[Profile0]
Name=Süß & schnell
IsRelative=1
Path=two.used

[General]
StartWithLastProfile=1
Version=2
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder for a profiles.ini."""
    folder = tmp_path / "firefox"
    folder.mkdir()
    return folder


def ini(root: Path, text: str, name: str = "profiles.ini") -> None:
    """Write a list."""
    (root / name).write_text(text, encoding="utf-8")


def test_the_profile_that_firefox_starts_with_is_the_one_of_its_installation(root: Path) -> None:
    """Default=1 marks a profile that today's Firefox may never open."""
    ini(root, TRAP)

    used = {one.name: one.used for one in profiles.known([root])}

    assert used == {"old": False, "Süß & schnell": True}


def test_the_copy_of_the_installations_counts_where_the_list_lost_them(root: Path) -> None:
    """An older Firefox rewrites profiles.ini without them; Firefox brings them back from there."""
    ini(
        root, "[Profile0]\nName=a\nIsRelative=1\nPath=a\n[Profile1]\nName=b\nIsRelative=1\nPath=b\n"
    )
    ini(root, "[4F96D1932A9F858E]\nDefault=b\nLocked=1\n", "installs.ini")

    assert {one.name: one.used for one in profiles.known([root])} == {"a": False, "b": True}


def test_the_list_counts_more_than_the_copy(root: Path) -> None:
    """The copy may be older."""
    ini(
        root,
        "[Install4F96D1932A9F858E]\nDefault=a\n[Profile0]\nName=a\nIsRelative=1\nPath=a\n"
        "[Profile1]\nName=b\nIsRelative=1\nPath=b\n",
    )
    ini(root, "[4F96D1932A9F858E]\nDefault=b\n", "installs.ini")

    assert {one.name: one.used for one in profiles.known([root])} == {"a": True, "b": False}


def test_several_installations_each_start_with_their_own(root: Path) -> None:
    """Release and Nightly side by side."""
    ini(
        root,
        "[InstallAAAA]\nDefault=a\n[InstallBBBB]\nDefault=b\n"
        + "".join(f"[Profile{n}]\nName={x}\nIsRelative=1\nPath={x}\n" for n, x in enumerate("abc")),
    )

    assert [one.name for one in profiles.known([root]) if one.used] == ["a", "b"]


@pytest.mark.parametrize("name", ["plain", "a b", "Ünï 日本", "50%", "it's", "a=b", "[x]"])
def test_any_folder_is_found_relative_and_absolute(root: Path, name: str) -> None:
    """Spaces, letters of any script, and characters that mean something to some parsers."""
    far = root.parent / "elsewhere" / name
    ini(
        root,
        f"[Profile0]\nName=near\nIsRelative=1\nPath=Profiles/{name}\n"
        f"[Profile1]\nName=far\nIsRelative=0\nPath={far}\n",
    )

    found = {one.name: one.path for one in profiles.known([root])}

    assert found == {"near": root / "Profiles" / name, "far": far}
    assert profiles.broken([root]) == []


def test_an_absolute_path_of_windows_is_looked_for_on_its_disk(root: Path) -> None:
    """In its own notation."""
    other = machines.machine(root.parent / "disks", "win32")
    ini(root, "[Profile0]\nName=d\nIsRelative=0\nPath=D:\\Firefox\\my profile\n")

    (found,) = profiles.known([root], other.at)

    assert found.path == root.parent / "disks/D/Firefox/my profile"


def test_one_profile_in_two_lists_is_one(root: Path) -> None:
    """A link from the newer place to the older is common."""
    link = root.parent / "link"
    link.symlink_to(root)
    ini(root, "[Profile0]\nName=a\nIsRelative=1\nPath=a\n")

    assert len(profiles.known([root, link])) == 1


def test_two_profiles_of_one_name_are_not_guessed_between(root: Path, tmp_path: Path) -> None:
    """Both folders are named, so that the user can choose."""
    other = tmp_path / "other"
    for one in (root, other):
        machines.profiles(one, "x.default")

    with pytest.raises(ProfileUnclearError, match=r"other/x\.default"):
        profiles.find("default", [root, other])


def test_a_broken_line_is_named_when_the_profile_is_not_found(root: Path) -> None:
    """It may be the very one; the others are still found, and the file is left alone."""
    machines.profiles(root, "a.good")
    listing = root / "profiles.ini"
    listing.write_text(listing.read_text() + "\n[Profile7\nName=bad\nIsRelative=1\nPath=bad\n")
    before = listing.read_bytes()

    assert profiles.find("good", [root]).path == root / "a.good"
    with pytest.raises(ProfileListBrokenError, match=r"profiles\.ini: line 10: '\[Profile7'"):
        profiles.find("bad", [root])
    assert listing.read_bytes() == before


@pytest.mark.parametrize(
    "entry",
    [
        "Name=x",
        "Name=x\nIsRelative=1",
        "Name=x\nIsRelative=2\nPath=x",
        "Name=x\nIsRelative=0\nPath=AAAAAAFuAAIAAAxNYWNpbnRvc2ggSEQ",
    ],
)
def test_a_profile_whose_folder_is_not_understood_is_named(root: Path, entry: str) -> None:
    """Also the form that an old Firefox on a Mac used, which only the system can resolve."""
    ini(root, f"[Profile3]\n{entry}\n[Profile4]\nName=y\nIsRelative=1\nPath=y\n")

    assert [one.name for one in profiles.known([root])] == ["y"]
    (fault,) = profiles.broken([root])
    assert "[Profile3] does not say where its folder is" in fault.detail


def test_folders_that_link_in_a_circle_are_no_crash(root: Path) -> None:
    """They are told of like any other that leads nowhere."""
    (root / "a").symlink_to(root / "b")
    (root / "b").symlink_to(root / "a")
    ini(root, "[Profile0]\nName=a\nIsRelative=1\nPath=a\n")

    with pytest.raises(ProfileListBrokenError, match=r"\[Profile0\]"):
        profiles.find("a", [root])


def group(path: Path, *rows: tuple[str, str]) -> None:
    """Make the database of a group with the folders and names of its profiles."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE Profiles (id INTEGER PRIMARY KEY, path TEXT, name TEXT)")
        database.executemany("INSERT INTO Profiles (path, name) VALUES (?, ?)", rows)
        database.commit()


def test_what_the_newer_profile_manager_made_is_found(root: Path) -> None:
    """profiles.ini names only one of each of its groups."""
    machines.profiles(root, "a.work")
    listing = root / "profiles.ini"
    listing.write_text(listing.read_text() + "StoreID=3cab5f7d\n")
    (root / "Profile Groups").mkdir()
    group(root / "Profile Groups/3cab5f7d.sqlite", ("a.work", "Work"), ("b.home", "Zu Hause"))
    before = sorted(root.rglob("*"))

    assert [(one.name, one.path.name) for one in profiles.known([root])] == [
        ("work", "a.work"),
        ("Zu Hause", "b.home"),
    ]
    assert sorted(root.rglob("*")) == before


@pytest.mark.parametrize("store", ["../outside", "missing", "broken"])
def test_a_group_that_cannot_be_read_is_an_empty_one(root: Path, store: str) -> None:
    """The profile that profiles.ini names is still there."""
    machines.profiles(root, "a.work")
    listing = root / "profiles.ini"
    listing.write_text(listing.read_text() + f"StoreID={store}\n")
    (root / "Profile Groups").mkdir()
    (root / "Profile Groups/broken.sqlite").write_bytes(b"SQLite format 3\0" + b"x" * 99)
    group(root / "outside.sqlite", ("x", "Not of this group"))

    assert [one.name for one in profiles.known([root])] == ["work"]


def test_a_folder_is_enough_and_takes_its_name_from_the_list(root: Path, tmp_path: Path) -> None:
    """PATH works for a listed profile and for one that no list names."""
    (listed,) = machines.profiles(root, "x.default")
    other = tmp_path / "other"
    other.mkdir()

    found = [profiles.find(str(folder), [root]) for folder in (listed, other)]

    assert [(one.name, one.path) for one in found] == [("default", listed), ("", other)]


def test_an_unknown_name_is_answered_with_the_known_ones(root: Path) -> None:
    """And says which one Firefox starts with."""
    ini(root, TRAP)

    with pytest.raises(ProfileNotFoundError, match=r"old, Süß & schnell \(Firefox starts"):
        profiles.find("nope", [root])


def test_a_folder_that_is_no_profile_is_refused(root: Path) -> None:
    """A slip like --profile ~ must not put files there."""
    (root / "letter.txt").write_bytes(b"")

    with pytest.raises(ProfileNotFoundError, match="does not look like"):
        profiles.find(str(root), [])


def test_a_listed_profile_whose_folder_is_gone_is_refused(root: Path) -> None:
    """Nothing is made where Firefox will not look."""
    ini(root, "[Profile0]\nName=gone\nIsRelative=1\nPath=gone\n")

    with pytest.raises(ProfileNotFoundError, match="is not there"):
        profiles.find("gone", [root])
