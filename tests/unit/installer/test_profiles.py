"""Finding a profile by name or folder."""

from pathlib import Path

import pytest
from support.installer import Home

from altlens_installer import profiles
from altlens_installer.errors import ProfileNotFoundError, ProfileUnclearError

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


def ini(root: Path, text: str | bytes) -> Path:
    """Write a profiles.ini."""
    root.mkdir(parents=True, exist_ok=True)
    path = root / "profiles.ini"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_a_profile_is_found_by_its_name_in_either_place(home: Home) -> None:
    """Firefox keeps profiles in ~/.mozilla, or in the XDG place when that is not there."""
    old, new = home.places.profiles
    ini(old, "[Profile0]\nName=old one\nIsRelative=1\nPath=a b\n")
    ini(new, "[Profile0]\nName=new\nIsRelative=1\nPath=x\n")
    (old / "a b").mkdir()
    (new / "x").mkdir()

    found = [profiles.find(name, home.places.profiles).path for name in ("old one", "new")]

    assert found == [old / "a b", new / "x"]


def test_the_profile_that_firefox_starts_with_is_the_one_of_its_installation(home: Home) -> None:
    """Default=1 marks a profile that today's Firefox may never open."""
    ini(home.places.profiles[0], TRAP)

    used = {one.name: one.used for one in profiles.known(home.places.profiles)}

    assert used == {"old": False, "Süß & schnell": True}


def test_without_an_installation_section_the_older_mark_counts(home: Home) -> None:
    """A Firefox that wrote no [Install…] starts with Default=1."""
    ini(home.places.profiles[0], "[Profile0]\nName=a\nPath=a\nDefault=1\n")

    (found,) = profiles.known(home.places.profiles)

    assert found.used


def test_an_absolute_path_is_taken_as_it_is(home: Home, tmp_path: Path) -> None:
    """A profile may lie on another disk."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    ini(home.places.profiles[0], f"[Profile0]\nName=far\nIsRelative=0\nPath={elsewhere}\n")

    assert profiles.find("far", home.places.profiles).path == elsewhere


def test_a_folder_is_enough_and_takes_its_name_from_the_list(home: Home) -> None:
    """PATH works for a listed profile and for one that no list names."""
    folder = home.profile()
    ini(home.places.profiles[0], "[Profile0]\nName=one\nIsRelative=1\nPath=one.default\n")
    other = home.path / "other"
    other.mkdir()

    listed = profiles.find(str(folder), home.places.profiles)
    unlisted = profiles.find(str(other), home.places.profiles)

    assert listed == profiles.Profile("one", folder)
    assert unlisted == profiles.Profile("", other)


def test_two_profiles_of_one_name_are_not_guessed_between(home: Home) -> None:
    """Both folders are named, so that the user can choose."""
    for root in home.places.profiles:
        ini(root, "[Profile0]\nName=default\nIsRelative=1\nPath=d\n")

    with pytest.raises(ProfileUnclearError, match=r"\.config.*/d"):
        profiles.find("default", home.places.profiles)


def test_an_unknown_name_is_answered_with_the_known_ones(home: Home) -> None:
    """And says which one Firefox starts with."""
    ini(home.places.profiles[0], TRAP)

    with pytest.raises(ProfileNotFoundError, match=r"old, Süß & schnell \(Firefox starts"):
        profiles.find("nope", home.places.profiles)


def test_a_folder_that_is_no_profile_is_refused(home: Home) -> None:
    """A slip like --profile ~ must not put files there."""
    (home.path / "letter.txt").write_bytes(b"")

    with pytest.raises(ProfileNotFoundError, match="does not look like"):
        profiles.find(str(home.path), home.places.profiles)


def test_a_listed_profile_whose_folder_is_gone_is_refused(home: Home) -> None:
    """Nothing is made where Firefox will not look."""
    ini(home.places.profiles[0], "[Profile0]\nName=gone\nIsRelative=1\nPath=gone\n")

    with pytest.raises(ProfileNotFoundError, match="is not there"):
        profiles.find("gone", home.places.profiles)


@pytest.mark.parametrize(
    "broken",
    [b"", b"\xff\xfe\x00", b"no section", b"[Profile0]\nName=x\n", b"[Profile0\n", b"[A]\na=%(b)s"],
)
def test_a_broken_list_counts_as_an_empty_one(home: Home, broken: bytes) -> None:
    """Firefox makes a new one then, too; a folder still works."""
    folder = home.profile()
    ini(home.places.profiles[0], broken)

    assert profiles.known(home.places.profiles) == []
    assert profiles.find(str(folder), home.places.profiles).path == folder
