"""What Firefox needs only until it has seen the extension."""

import json
import os
import zipfile
from pathlib import Path

import pytest
from support import text_recognizer
from support.installer import Home, tree

from altlens_installer import preferences, sideload, xpi
from altlens_installer.install import Sources, extension_path
from altlens_installer.settle import settle
from altlens_installer.store import Store

REMEMBERED = b"".join(
    f'user_pref("{name}", {value});\n'.encode() for name, value in preferences.SIDELOAD.items()
)


def firefox_ran(folder: Path, *, later: int = 1, **change: object) -> None:
    """Leave what Firefox leaves when it has started the extension."""
    packed = extension_path(folder)
    found = {"id": "altlens@altlens", "active": True, "version": xpi.version(packed.read_bytes())}
    listing = folder / "extensions.json"
    listing.write_text(json.dumps({"addons": [{"id": "x@y"}, {**found, **change}]}))
    times = packed.stat().st_mtime_ns + later * 1_000_000_000
    os.utime(listing, ns=(times, times))
    (folder / "prefs.js").write_bytes(REMEMBERED)


def test_they_are_set_back_then_left_out_and_nothing_of_it_stays(
    home: Home, parts: Sources
) -> None:
    """Two starts of Firefox later only the signature preference is there."""
    folder = home.profile(user_js=b"// mine\n")
    start = tree(home.path)
    home.put(folder, parts)
    user_js = folder / "user.js"

    assert settle(home.host, Store()) == []
    firefox_ran(folder)
    assert settle(home.host, Store()) == [folder]
    assert b'"extensions.autoDisableScopes", 15' in user_js.read_bytes()
    assert b'"extensions.startupScanScopes", 0' in user_js.read_bytes()
    assert settle(home.host, Store()) == []
    (folder / "prefs.js").write_bytes(b"")
    assert settle(home.host, Store()) == [folder]

    assert b"Scopes" not in user_js.read_bytes()
    assert preferences.SIGNATURES.encode() in user_js.read_bytes()
    assert settle(home.host, Store()) == []
    home.take()
    for name in ("extensions.json", "prefs.js"):
        (folder / name).unlink()
    assert tree(home.path) == start


@pytest.mark.parametrize(
    "left",
    [{"active": False}, {"version": "0.0"}, {"id": "other@one"}, {"later": -1}],
    ids=["not started", "another version", "another add-on", "written before"],
)
def test_as_long_as_firefox_has_not_started_it_nothing_goes_back(
    home: Home, parts: Sources, left: dict[str, int]
) -> None:
    """Taking them back too early would leave the extension out for good."""
    folder = home.profile()
    home.put(folder, parts)
    firefox_ran(folder, **left)

    assert settle(home.host, Store()) == []


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{", b'{"addons": 5}', b'{"addons": [5]}', b"\xff"]
)
def test_a_list_that_is_not_understood_says_nothing(
    home: Home, parts: Sources, content: bytes
) -> None:
    """It is Firefox's own file."""
    folder = home.profile()
    home.put(folder, parts)
    firefox_ran(folder)
    stat = (folder / "extensions.json").stat()
    (folder / "extensions.json").write_bytes(content)
    os.utime(folder / "extensions.json", ns=(stat.st_mtime_ns, stat.st_mtime_ns))

    assert settle(home.host, Store()) == []


def test_a_newer_extension_needs_them_again(home: Home, parts: Sources) -> None:
    """Firefox looks for a changed file only where it is told to."""
    folder = home.profile()
    home.put(folder, parts)
    firefox_ran(folder)
    settle(home.host, Store())
    (folder / "prefs.js").write_bytes(b"")
    settle(home.host, Store())
    extension_path(folder).unlink()

    home.put(folder, parts)

    needed = preferences.needed(unsigned=True, seen=False)
    assert preferences.complete((folder / "user.js").read_bytes(), needed)


@pytest.mark.parametrize("command", ["install", "doctor"])
def test_they_go_back_when_altlens_is_run_for_something_else(
    home: Home, parts: Sources, command: str
) -> None:
    """Nobody has to know of them."""
    one, two = home.profile("one"), home.profile("two")
    home.put(one, parts)
    firefox_ran(one)

    if command == "install":
        shared = str(text_recognizer.made())
        ran = home.run("install", "--profile", str(two), "--allow-unsigned", XDG_DATA_DIRS=shared)
        assert ran.returncode == 0, ran.stderr
    else:
        home.run("doctor", "--json")

    assert b'"extensions.startupScanScopes", 0' in (one / "user.js").read_bytes()


def test_the_defaults_are_those_of_the_firefox_that_opened_the_profile(tmp_path: Path) -> None:
    """Debian's differ from Mozilla's; a later file wins."""
    program = tmp_path / "firefox"
    (program / "browser").mkdir(parents=True)
    (program / "defaults/pref").mkdir(parents=True)
    with zipfile.ZipFile(program / "browser/omni.ja", "w") as packed:
        packed.writestr(
            "defaults/preferences/firefox.js", 'pref("extensions.autoDisableScopes", 3);'
        )
        packed.writestr("chrome/other.js", 'pref("extensions.startupScanScopes", 7);')
    (tmp_path / "compatibility.ini").write_text(f"[Compatibility]\nLastPlatformDir={program}\n")

    first = sideload.defaults(tmp_path)
    (program / "defaults/pref/a.js").write_text('pref("extensions.startupScanScopes", 5);')

    assert first == {"extensions.autoDisableScopes": "3", "extensions.startupScanScopes": "0"}
    assert sideload.defaults(tmp_path)["extensions.startupScanScopes"] == "5"
    assert sideload.defaults(program)["extensions.autoDisableScopes"] == "15"
