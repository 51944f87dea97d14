"""altlens demo: the photographs that ship, captioned by the model that ships."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from support.installer import Home

from altlens_installer.commands import sources
from altlens_installer.demo import firefox, marionette
from altlens_installer.demo.judge import load
from altlens_installer.errors import FirefoxError


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home of its own."""
    return Home(tmp_path)


def test_in_a_real_firefox_the_captions_make_sense(home: Home) -> None:
    """From the XPI to the accessibility tree, and nothing of it stays."""
    if firefox.find(None) is None:
        pytest.fail("Firefox is not there. Install it: apt-get install firefox-esr")
    work = home.path / "work"
    work.mkdir()

    ran = home.run("demo", "--headless", TMPDIR=str(work))

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "All well: read in Firefox's accessibility tree." in ran.stdout
    for one in load():
        assert f"| {one.id} " in ran.stdout
    assert list(work.iterdir()) == []
    assert not (home.path / ".mozilla").exists()


def test_without_firefox_the_host_is_driven_and_it_says_so(home: Home) -> None:
    """The same pictures, the same criteria."""
    nothing = home.path / "bin"
    nothing.mkdir()

    ran = home.run("demo", "--headless", PATH=str(nothing))

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.startswith("No Firefox was found on this machine.")
    assert "All well: read over stdio, without Firefox." in ran.stdout


def test_without_what_drives_firefox_the_extra_is_named(home: Home) -> None:
    """Not installed, or not made for this Python: the demonstration goes on without it."""
    if firefox.find(None) is None:
        pytest.fail("Firefox is not there. Install it: apt-get install firefox-esr")
    package = home.path / "hidden" / "marionette_driver"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise ImportError('No module named telnetlib')")

    ran = home.run("demo", "--headless", PYTHONPATH=str(package.parent))

    first = ran.stdout.splitlines()[0]
    assert "(No module named telnetlib): pip install 'altlens[demo]'." in first
    assert "read over stdio, without Firefox." in ran.stdout


def test_a_firefox_that_is_none_is_one_line(home: Home) -> None:
    """It ends at once, or is not there at all."""
    ended = home.run("demo", "--headless", "--firefox", "/bin/true")
    missing = home.run("demo", "--headless", "--firefox", "/nowhere/firefox")

    assert (ended.returncode, missing.returncode) == (1, 1)
    assert "ended at once" in ended.stderr
    assert "/nowhere/firefox is no program" in missing.stderr
    assert len(ended.stderr.splitlines()) == len(missing.stderr.splitlines()) == 1


def test_without_a_display_the_other_way_is_named(home: Home) -> None:
    """A person on a server is told what to type."""
    ran = home.run("demo", DISPLAY="", WAYLAND_DISPLAY="")

    assert ran.returncode == 1
    assert "altlens demo --headless" in ran.stderr


def test_a_firefox_that_leaves_the_extension_out_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Firefox older than the extension says nothing; the demo does, and does not wait long."""
    monkeypatch.setattr(marionette, "_EXTENSION_SECONDS", 3.0)
    newer = tmp_path / "extension"
    shutil.copytree(sources().extension, newer)
    manifest = json.loads((newer / "manifest.json").read_text(encoding="utf-8"))
    manifest["browser_specific_settings"]["gecko"]["strict_min_version"] = "999.0"
    (newer / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    program = firefox.find(None)
    assert program, "Firefox is not there. Install it: apt-get install firefox-esr"

    with (
        firefox.home(replace(sources(), extension=newer)) as home,
        marionette.driven(program, home) as session,
        pytest.raises(FirefoxError, match="did not start the extension"),
    ):
        marionette.require_extension(session)
