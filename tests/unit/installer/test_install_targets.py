"""Which profiles are meant, where several browsers are there."""

from dataclasses import replace
from pathlib import Path

import pytest

from altlens_installer import everyone, targets
from altlens_installer.errors import (
    BrowserNotFoundError,
    BrowserRefusedError,
    ProfileNotFoundError,
    ProfileUnclearError,
)
from altlens_installer.finding.browser import Browser
from altlens_installer.finding.found import Finding
from altlens_installer.finding.machine import Machine
from altlens_installer.finding.profiles import known


def browser(home: Path, key: str, place: str, **change: object) -> Browser:
    """Return a browser whose profiles are in a place of the home."""
    made = Browser(
        key, key.title(), "package", Path("/usr/bin") / key, None, "140.0", "esr", True, False,
        (f"/home/{key}/altlens.json",), (f"/usr/lib/{key}/altlens.json",), None, (home / place,),
    )  # fmt: skip
    return replace(made, **change)  # type: ignore[arg-type]


@pytest.fixture
def finding(tmp_path: Path) -> Finding:
    """Firefox with two profiles, LibreWolf with one of the same name, and Tor Browser."""
    for place, names in ((".mozilla/firefox", ("default", "work")), (".librewolf", ("default",))):
        root = tmp_path / place
        lines = ["[InstallA0A0]", f"Default={names[-1]}"]
        for number, name in enumerate(names):
            (root / name).mkdir(parents=True)
            (root / name / "times.json").write_bytes(b"{}")
            lines += [f"[Profile{number}]", f"Name={name}", "IsRelative=1", f"Path={name}"]
        (root / "profiles.ini").write_text("\n".join(lines))
    there = (
        browser(tmp_path, "firefox-esr", ".mozilla/firefox"),
        browser(tmp_path, "librewolf", ".librewolf", unsigned=False),
        browser(tmp_path, "tor", ".tor", refusal="Its users are safe by being alike."),
    )
    roots = [folder for one in there for folder in one.lists]
    return Finding(Machine("linux", tmp_path), there, tuple(known(roots)), ())


def test_a_profile_brings_what_its_browser_needs(finding: Finding) -> None:
    """Where the manifest goes, and whether it can take an unsigned extension."""
    (one,) = targets.named(["work"], None, finding, system=False)
    (all_users,) = targets.named(["work"], None, finding, system=True)

    assert (one.name, one.browser, one.unsigned) == ("work", "Firefox-Esr", True)
    assert one.manifests == ("/home/firefox-esr/altlens.json",)
    assert all_users.manifests == ("/usr/lib/firefox-esr/altlens.json",)


def test_a_name_that_two_browsers_have_is_settled_by_the_browser(finding: Finding) -> None:
    """Without it, nothing is guessed."""
    with pytest.raises(ProfileUnclearError):
        targets.named(["default"], None, finding, system=False)

    (one,) = targets.named(["default"], "librewolf", finding, system=False)

    assert (one.browser, one.unsigned) == ("Librewolf", False)
    assert one.profile.parent.name == ".librewolf"


def test_a_profile_of_another_browser_is_not_taken(finding: Finding) -> None:
    """The manifest would be where its browser does not look."""
    with pytest.raises(ProfileNotFoundError, match="librewolf"):
        targets.named(["work"], "librewolf", finding, system=False)


def test_a_folder_that_no_browser_lists_goes_with_the_browser_that_is_named(
    finding: Finding, tmp_path: Path
) -> None:
    """A profile that is started with --profile; without a browser it is taken for Firefox's."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()

    (one,) = targets.named([str(folder)], "librewolf", finding, system=False)
    (usual,) = targets.named([str(folder)], None, finding, system=False)

    assert one.manifests == ("/home/librewolf/altlens.json",)
    assert usual.manifests == (str(tmp_path / ".mozilla/native-messaging-hosts/altlens.json"),)


def test_all_are_listed_those_first_that_a_browser_starts_with(finding: Finding) -> None:
    """None twice; a profile whose folder has gone is none."""
    listed = targets.listed(None, finding, system=False)
    (finding.machine.home / ".librewolf/default/times.json").unlink()
    (finding.machine.home / ".librewolf/default").rmdir()

    assert [one.name for one in listed] == ["work", "default", "default"]
    assert [one.name for one in targets.listed(None, finding, system=False)] == ["work", "default"]
    twice = targets.named(["work", "work"], None, finding, system=False)
    assert len(twice) == 1


def test_a_browser_that_is_refused_or_not_there_is_said(finding: Finding) -> None:
    """For a user and for an administrator."""
    for ask in (
        lambda key: targets.listed(key, finding, system=False),
        lambda key: everyone.browsers(finding, key),
    ):
        with pytest.raises(BrowserRefusedError, match="alike"):
            ask("tor")
        with pytest.raises(BrowserNotFoundError, match="opera"):
            ask("opera")
    assert [one.key for one in everyone.browsers(finding, None)] == ["firefox-esr", "librewolf"]
    assert [one.key for one in everyone.browsers(finding, "firefox")] == ["firefox-esr"]
    assert targets.left_out(finding) == ["Tor is left out: Its users are safe by being alike."]
