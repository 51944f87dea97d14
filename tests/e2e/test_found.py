"""The real Firefox of this machine is found, and its profiles are understood."""

import os
import subprocess
from pathlib import Path

import pytest

from altlens_installer.finding.found import look
from altlens_installer.finding.machine import this_machine


@pytest.mark.parametrize("place", [".mozilla/firefox", ".config/mozilla/firefox"])
def test_what_a_real_firefox_made_is_found(tmp_path: Path, place: str) -> None:
    """It made several profiles, and used one; a folder for manifests did not mislead it."""
    home = tmp_path / "Jörg B"
    (home / ".mozilla" / "native-messaging-hosts").mkdir(parents=True)
    if place.startswith(".mozilla"):
        (home / place).mkdir()
    here = this_machine({"HOME": str(home)})
    (esr,) = (one for one in look(here).browsers if one.key == "firefox-esr")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    page = ["--headless", "--screenshot", str(tmp_path / "page.png"), "about:blank"]
    subprocess.run(
        [esr.program, *page], env=kept | {"HOME": str(home)}, capture_output=True, timeout=90
    )

    found = look(here)
    (used,) = (one for one in found.profiles if one.used)

    assert (esr.channel, esr.unsigned, esr.packing) == ("esr", True, "package")
    assert int(esr.version.partition(".")[0]) >= 140
    assert len(found.profiles) > 1
    assert used.path.parent == (home / place).resolve()
    assert (used.path / "prefs.js").is_file()
    assert esr.folder is not None
    assert used.opened_by == str(esr.folder.resolve())
    assert found.browser_of(used) == esr
    assert found.faults == ()
