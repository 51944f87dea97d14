"""Which browsers are found on a machine, and what is said of each."""

from pathlib import Path

import pytest
from support import machines
from support.machines import browser, machine

from altlens_installer.errors import BrowserNotFoundError, BrowserRefusedError
from altlens_installer.finding import build
from altlens_installer.finding.browsers import browsers
from altlens_installer.finding.found import look
from altlens_installer.finding.machine import Machine


@pytest.fixture
def linux(tmp_path: Path) -> Machine:
    """A Linux machine without any browser."""
    return machine(tmp_path / "root", "linux")


def seen(here: Machine) -> list[tuple[str, str, str]]:
    """Return the key, the name and the packing of each browser."""
    return [(one.key, one.name, one.packing) for one in browsers(here)]


def test_a_machine_without_browsers_has_none(tmp_path: Path) -> None:
    """On any system."""
    for number, system in enumerate(("linux", "darwin", "win32")):
        assert browsers(machine(tmp_path / str(number), system)) == []


@pytest.mark.parametrize(
    ("place", "said", "key", "name"),
    [
        ("/usr/lib/firefox", ("release", True), "firefox", "Firefox"),
        ("/usr/lib64/firefox", ("release", False), "firefox", "Firefox"),
        ("/usr/lib/firefox-esr", ("esr", False), "firefox-esr", "Firefox ESR"),
        ("/usr/lib/firefox-beta", ("beta", True), "firefox-beta", "Firefox Beta"),
        (
            "/usr/lib/firefox-devedition",
            ("aurora", False),
            "firefox-developer",
            "Firefox Developer Edition",
        ),
        ("/usr/lib/firefox-nightly", ("nightly", False), "firefox-nightly", "Firefox Nightly"),
    ],
)
def test_each_firefox_that_a_package_brings(
    linux: Machine, place: str, said: tuple[str, bool], key: str, name: str
) -> None:
    """What the build says about signatures counts, not its channel."""
    channel, signing = said
    folder = browser(linux.at(place), channel=channel, signing=signing)

    (found,) = browsers(linux)

    assert (found.key, found.name, found.packing) == (key, name, "package")
    assert (found.folder, found.program) == (folder, folder / "firefox")
    assert (found.version, found.unsigned, found.refusal) == ("150.0", not signing, "")


@pytest.mark.parametrize("name", ["LibreWolf", "Waterfox", "Zen", "Floorp"])
def test_each_browser_made_from_firefox(linux: Machine, name: str) -> None:
    """By what it says of itself."""
    browser(linux.at(f"/opt/{name.lower()}"), name=name, program=name.lower())

    assert seen(linux) == [(name.lower(), f"{name} (archive)", "archive")]


def test_what_a_browser_says_of_itself_counts_more_than_where_it_is(linux: Machine) -> None:
    """Somebody may call any folder firefox."""
    browser(linux.home / "firefox", name="LibreWolf")

    assert seen(linux) == [("librewolf", "LibreWolf (archive)", "archive")]


def test_one_browser_in_several_ways_is_found_once(linux: Machine) -> None:
    """Its folder, a link to that, and the command on PATH."""
    folder = browser(linux.at("/usr/lib/firefox"))
    linux.at("/usr/bin").mkdir()
    (linux.at("/usr/bin") / "firefox").symlink_to("../lib/firefox/firefox")
    linux.at("/opt").mkdir()
    (linux.at("/opt") / "firefox").symlink_to("../usr/lib/firefox")

    assert [one.folder for one in browsers(linux)] == [folder]


def test_an_unpacked_archive_anywhere_is_found_by_path_menu_or_profile(tmp_path: Path) -> None:
    """Three ways to a folder that no list of ours has."""
    here = machine(tmp_path / "root", "linux", PATH="/home/Jörg B/bin:relative")
    by_path, by_menu, by_profile = (here.home / "stuff" / name for name in ("a b", "c", "d"))
    for folder in (by_path, by_menu, by_profile):
        browser(folder, channel="nightly")
    (here.home / "bin").mkdir()
    (here.home / "bin/firefox-nightly").symlink_to("../stuff/a b/firefox")
    menu = here.home / ".local/share/applications"
    menu.mkdir(parents=True)
    (menu / "x.desktop").write_text('[Desktop Entry]\nExec="/home/Jörg B/stuff/c/firefox" %u\n')
    machines.profiles(here.home / ".mozilla/firefox", "x.default", opened="/home/Jörg B/stuff/d")

    assert {one.folder for one in browsers(here)} == {by_path, by_menu, by_profile}


def test_a_menu_entry_without_a_whole_path_leads_nowhere(linux: Machine) -> None:
    """It would depend on the folder that altlens was started in."""
    assert linux.root is not None
    browser(linux.root / "stuff")
    menu = linux.home / ".local/share/applications"
    menu.mkdir(parents=True)
    (menu / "x.desktop").write_text("[Desktop Entry]\nExec=stuff/firefox %u\n")

    assert browsers(linux) == []


def test_a_snap_is_found_with_its_own_profiles(linux: Machine) -> None:
    """Its program is what snap put there; it starts hosts through the portal."""
    browser(linux.at("/snap/firefox/4848/usr/lib/firefox"))
    linux.at("/snap/firefox/current").symlink_to("4848")
    own = linux.home / "snap/firefox/common/.mozilla/firefox"
    machines.profiles(own, "x.default", opened="/snap/firefox/4001/usr/lib/firefox")
    browser(linux.at("/usr/lib/firefox-esr"), channel="esr")

    found = look(linux)
    (profile,) = found.profiles
    snap = found.browser_of(profile)

    assert snap is not None
    assert (snap.name, snap.program) == ("Firefox (snap)", linux.at("/snap/bin/firefox"))
    assert snap.portal
    assert snap.user_manifests == (
        str(linux.home / ".mozilla/native-messaging-hosts/altlens.json"),
    )
    assert snap.policies == linux.at("/etc/firefox/policies/policies.json")


@pytest.mark.parametrize(
    ("app", "name", "own"),
    [
        ("org.mozilla.firefox", "Firefox", "config/mozilla/firefox"),
        ("io.gitlab.librewolf-community", "LibreWolf", ".librewolf"),
        ("app.zen_browser.zen", "Zen", ".zen"),
    ],
)
@pytest.mark.parametrize("base", ["/var/lib/flatpak", "/home/Jörg B/.local/share/flatpak"])
def test_a_flatpak_is_found_with_its_own_profiles(
    linux: Machine, app: str, name: str, own: str, base: str
) -> None:
    """For one user or for all; a service outside looks for manifests in Mozilla's place."""
    installed = linux.at(base) / "app" / app
    browser(installed / "x86_64/stable/abc123/files/lib" / name.lower(), name=name)
    (installed / "x86_64/stable/active").symlink_to("abc123")
    (installed / "current").symlink_to("x86_64/stable")
    machines.profiles(linux.home / ".var/app" / app / own, "x.default", opened="/app/lib/firefox")

    found = look(linux)
    (profile,) = found.profiles
    one = found.browser_of(profile)

    assert one is not None
    assert (one.name, one.portal, one.refusal) == (f"{name} (flatpak)", True, "")
    assert one.user_manifests == (str(linux.home / ".mozilla/native-messaging-hosts/altlens.json"),)
    extension = f"extension/{app}.systemconfig/x86_64/stable/policies/policies.json"
    assert one.policies == linux.at(base) / extension


def test_an_appimage_is_found_and_not_believed_to_take_unsigned_add_ons(linux: Machine) -> None:
    """It cannot be looked into."""
    for name in ("Applications/Zen-x86_64.AppImage", "bin/librewolf.x86_64.appimage", "bin/gimp"):
        path = linux.home / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"\x7fELF")

    found = browsers(linux)

    assert {(one.key, one.packing, one.folder, one.unsigned) for one in found} == {
        ("zen", "appimage", None, False),
        ("librewolf", "appimage", None, False),
    }


@pytest.mark.parametrize("place", ["Downloads/tor-browser/Browser", "firefox"])
@pytest.mark.parametrize("name", ["Firefox", "TorBrowser", ""])
def test_tor_browser_is_found_and_refused_whatever_it_is_called(
    linux: Machine, name: str, place: str
) -> None:
    """With the reason."""
    folder = browser(linux.home / place, name=name)
    (folder / "TorBrowser").mkdir()
    found = look(linux)

    assert [one.key for one in found.browsers] == ["tor"]
    with pytest.raises(BrowserRefusedError, match="safe by being alike"):
        found.profiles_of("tor")


def test_mullvad_browser_is_found_and_its_profiles_are_not_offered(linux: Machine) -> None:
    """Not even by name."""
    browser(linux.at("/usr/lib/mullvad-browser"), name="MullvadBrowser")
    machines.profiles(linux.home / ".mullvad/mullvadbrowser", "x.secret")
    found = look(linux)

    assert (found.browsers[0].name, found.profiles) == ("Mullvad Browser", ())
    with pytest.raises(BrowserRefusedError, match="Mullvad"):
        found.profile("secret")


def test_firefox_means_each_firefox_where_none_is_called_just_so(linux: Machine) -> None:
    """Who has only the ESR calls it Firefox."""
    browser(linux.at("/usr/lib/firefox-esr"), channel="esr")
    listed = machines.profiles(linux.home / ".mozilla/firefox", "x.default")
    found = look(linux)

    assert [one.path for one in found.profiles_of("firefox")] == listed
    assert found.profiles_of("firefox-esr") == found.profiles_of("firefox")
    with pytest.raises(BrowserNotFoundError, match="There are: firefox-esr"):
        found.profiles_of("zen")


def test_a_profile_belongs_to_the_firefox_that_last_opened_it(linux: Machine) -> None:
    """Several share one list; only one of these takes unsigned add-ons."""
    browser(linux.at("/usr/lib/firefox"))
    browser(linux.at("/opt/firefox-nightly"), channel="nightly", signing=False)
    root = linux.home / ".mozilla/firefox"
    machines.profiles(root, "a.one", "b.two", opened="/opt/firefox-nightly")
    (root / "b.two/compatibility.ini").unlink()
    found = look(linux)

    used = {one.name: found.browser_of(one) for one in found.profiles}

    assert {name: one and one.key for name, one in used.items()} == {
        "one": "firefox-nightly",
        "two": "firefox",
    }


def test_a_profile_in_no_list_belongs_to_the_only_browser_there_is(linux: Machine) -> None:
    """Whether it takes unsigned add-ons is known then; with two browsers it is not."""
    folder = linux.home / "elsewhere"
    folder.mkdir()
    browser(linux.at("/usr/lib/firefox"))
    alone = look(linux)
    browser(linux.at("/usr/lib/librewolf"), name="LibreWolf")
    not_alone = look(linux)

    one = alone.browser_of(alone.profile(str(folder)))

    assert one is not None
    assert one.key == "firefox"
    assert not_alone.browser_of(not_alone.profile(str(folder))) is None


@pytest.mark.parametrize(
    ("legacy", "environment", "first"),
    [
        (False, {}, ".config/mozilla/firefox"),
        (True, {}, ".mozilla/firefox"),
        (False, {"MOZ_LEGACY_HOME": "1"}, ".mozilla/firefox"),
        (False, {"XDG_CONFIG_HOME": "/home/Jörg B/conf"}, "conf/mozilla/firefox"),
        (False, {"XDG_CONFIG_HOME": "not/absolute"}, ".config/mozilla/firefox"),
    ],
)
def test_both_places_of_profiles_are_looked_at_and_the_preferred_one_first(
    tmp_path: Path, legacy: bool, environment: dict[str, str], first: str
) -> None:
    """The older one counts as soon as it exists."""
    here = machine(tmp_path / "root", "linux", **environment)
    browser(here.at("/usr/lib/firefox"))
    if legacy:
        (here.home / ".mozilla/firefox").mkdir(parents=True)

    (found,) = browsers(here)

    assert found.lists[0] == here.home / first
    assert here.home / ".mozilla/firefox" in found.lists


def test_no_folder_is_made_that_would_make_a_browser_lose_its_profiles(linux: Machine) -> None:
    """A LibreWolf with its profiles in the newer place takes the older one once it exists."""
    browser(linux.at("/usr/lib/librewolf"), name="LibreWolf")
    (fresh,) = browsers(linux)
    machines.profiles(linux.config / "librewolf/librewolf", "x.default")
    (endangered,) = browsers(linux)
    (linux.home / ".librewolf").mkdir()
    (settled,) = browsers(linux)

    assert (fresh.refusal, settled.refusal) == ("", "")
    assert "may start without them" in endangered.refusal


def test_the_profiles_of_a_browser_in_that_danger_are_not_offered(linux: Machine) -> None:
    """Who asks for one is told why."""
    browser(linux.at("/usr/lib/librewolf"), name="LibreWolf")
    machines.profiles(linux.config / "librewolf/librewolf", "x.default")
    found = look(linux)

    assert found.profiles == ()
    with pytest.raises(BrowserRefusedError, match="may start without them"):
        found.profile("default")


@pytest.mark.parametrize(
    ("shared", "own", "place"),
    [
        (False, False, "/etc/firefox/policies/policies.json"),
        (True, True, "/etc/firefox/policies/policies.json"),
        (False, True, "/usr/lib/firefox/distribution/policies.json"),
    ],
)
def test_policies_go_where_they_hide_no_others(
    linux: Machine, shared: bool, own: bool, place: str
) -> None:
    """Firefox reads one file only."""
    browser(linux.at("/usr/lib/firefox"))
    for there, name in ((shared, "/etc/firefox/policies"), (own, "/usr/lib/firefox/distribution")):
        if there:
            linux.at(name).mkdir(parents=True)
            (linux.at(name) / "policies.json").write_text("{}")

    assert browsers(linux)[0].policies == linux.at(place)


def test_macos(tmp_path: Path) -> None:
    """Both folders of applications."""
    here = machine(tmp_path, "darwin")
    for folder, name, channel, program in (
        (here.at("/Applications/Firefox.app"), "Firefox", "release", "firefox"),
        (here.at("/Applications/LibreWolf.app"), "LibreWolf", "", "librewolf"),
        (here.home / "Applications/Firefox Nightly.app", "Firefox", "nightly", "firefox"),
        (here.at("/Applications/Tor Browser.app"), "TorBrowser", "release", "firefox"),
    ):
        browser(folder / "Contents/Resources", name=name, channel=channel, program="")
        (folder / "Contents/MacOS").mkdir()
        (folder / "Contents/MacOS" / program).write_bytes(b"")

    found = {one.key: one for one in browsers(here)}

    assert set(found) == {"firefox", "librewolf", "firefox-nightly", "tor"}
    assert found["firefox"].program == here.at("/Applications/Firefox.app/Contents/MacOS/firefox")
    assert found["librewolf"].program.name == "librewolf"
    assert found["tor"].refusal


def test_windows_by_its_folders_and_by_its_registry(tmp_path: Path) -> None:
    """What is installed on another disk is listed as a browser."""
    here = machine(tmp_path, "win32")
    for place, name in (
        ("C:\\Program Files\\Mozilla Firefox", "firefox"),
        ("C:\\Users\\Jörg B\\AppData\\Local\\LibreWolf", "librewolf"),
        ("D:\\Programs\\Zen Browser", "zen"),
    ):
        title = {"librewolf": "LibreWolf"}.get(name, name.title())
        browser(here.at(place), name=title, program=f"{name}.exe")
    registry = here.registry
    assert registry is not None
    for client, command in (
        ("Firefox-308046B0AF4A39CB", '"C:\\Program Files\\Mozilla Firefox\\firefox.exe"'),
        ("Zen", '"D:\\Programs\\Zen Browser\\zen.exe"'),
        ("IEXPLORE.EXE", '"C:\\Program Files\\Internet Explorer\\iexplore.exe"'),
        ("broken", "rundll32"),
    ):
        key = f"HKLM\\Software\\Clients\\StartMenuInternet\\{client}\\shell\\open\\command"
        registry.write(key, command)

    found = {one.key: one.program for one in browsers(here)}

    assert found == {
        "firefox": here.at("C:\\Program Files\\Mozilla Firefox\\firefox.exe"),
        "librewolf": here.at("C:\\Users\\Jörg B\\AppData\\Local\\LibreWolf\\librewolf.exe"),
        "zen": here.at("D:\\Programs\\Zen Browser\\zen.exe"),
    }


def test_a_firefox_from_the_store_of_windows_has_profiles_of_its_own(tmp_path: Path) -> None:
    """In the copy of the folder that the store makes for it."""
    here = machine(tmp_path, "win32")
    package = "AppData/Local/Packages/Mozilla.Firefox_n80bbvh6b1yt2/LocalCache/Roaming"
    listed = machines.profiles(here.home / package / "Mozilla/Firefox", "Profiles/x.default")

    assert [one.path for one in look(here).profiles] == listed


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("signing", [True, False])
def test_an_archive_is_read_as_mozilla_and_as_others_pack_it(
    tmp_path: Path, first: bool, signing: bool
) -> None:
    """Python's own module refuses the former."""
    folder = browser(tmp_path / "f", signing=None)
    (folder / "omni.ja").write_bytes(machines.omni(signing, first=first))

    found = build.read(folder)

    assert found is not None
    assert found.unsigned is not signing


@pytest.mark.parametrize("damage", [b"", b"PK\5\6", b"x" * 99, machines.omni(False)[:-9]])
def test_a_damaged_archive_is_answered_by_the_channel(tmp_path: Path, damage: bytes) -> None:
    """A release takes no unsigned add-ons, an ESR can be made to."""
    for channel, unsigned in (("release", False), ("esr", True), ("default", False)):
        folder = browser(tmp_path / channel, channel=channel, signing=None)
        (folder / "omni.ja").write_bytes(damage)
        found = build.read(folder)
        assert found is not None
        assert found.unsigned is unsigned


def test_without_a_channel_the_branch_it_was_built_from_tells(tmp_path: Path) -> None:
    """As in some distributions' builds."""
    repository = "https://hg.mozilla.org/releases/mozilla-esr153"
    folder = browser(tmp_path / "f", channel="", repository=repository, signing=None)

    found = build.read(folder)

    assert found is not None
    assert (found.channel, found.unsigned) == ("esr", True)
