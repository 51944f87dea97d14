"""altlens installed into a profile by its own command, and taken out again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.installer import Home, tree

from altlens_installer.demo import firefox, judge, marionette, site
from altlens_installer.install import extension_path

PICTURES = judge.load()[:3]
IDS = [one.id for one in PICTURES]
SECONDS = 60.0


@pytest.fixture
def machine(tmp_path: Path) -> Home:
    """A home of its own."""
    return Home(tmp_path)


@pytest.fixture
def profile(machine: Home) -> Path:
    """A profile whose user.js keeps Firefox on this machine; its last line has no end."""
    lines = [
        f"user_pref({json.dumps(name)}, {json.dumps(value)});"
        for name, value in firefox.PREFERENCES.items()
    ]
    return machine.profile("Süße Profile", user_js="\n".join(lines).encode())


def heard(binary: Path, machine: Home, profile: Path, seconds: float = SECONDS) -> judge.Heard:
    """Start Firefox on a profile and return what is heard of three photographs."""
    place = firefox.Home(machine.path, profile, machine.environment())
    with (
        site.serve(PICTURES) as address,
        marionette.driven(str(binary), place) as session,
    ):
        return marionette.listen(session, f"{address}/", IDS, seconds)


@pytest.mark.parametrize("used", [False, True], ids=["new", "used"])
def test_an_installed_profile_gets_captions_and_uninstalling_leaves_no_trace(
    binary: Path, machine: Home, profile: Path, used: bool
) -> None:
    """In a new profile and in one that Firefox has used before."""
    user_js = (profile / "user.js").read_bytes()
    if used:
        assert heard(binary, machine, profile, seconds=0) == {}

    installed = machine.run("install", "--profile", str(profile), "--allow-unsigned")
    captions = heard(binary, machine, profile)
    before = tree(machine.path)
    back = machine.run("uninstall", "--profile", str(profile))
    after = tree(machine.path)

    assert installed.returncode == back.returncode == 0, installed.stderr + back.stderr
    assert set(captions) == set(IDS)
    assert (profile / "user.js").read_bytes() == user_js
    gone = {name for name in before if name not in after}
    changed = {name for name in after if after[name] != before.get(name, b"new")}
    ours = {machine.places.manifest, machine.places.launcher, extension_path(profile)}
    assert ours <= {machine.path / name for name in gone}
    assert all(
        machine.path / name in ours or "altlens" in name or before[name] is None for name in gone
    )
    assert changed == {str((profile / "user.js").relative_to(machine.path))}
    assert "about:config" in back.stdout
