"""altlens installed by an administrator's policies.json, in a real Firefox."""

from __future__ import annotations

import contextlib
import json
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from support.installer import Home, tree

from altlens_installer import everyone
from altlens_installer.apply import apply
from altlens_installer.commands import sources
from altlens_installer.demo import firefox, judge, marionette, site
from altlens_installer.finding import found
from altlens_installer.finding.machine import Machine
from altlens_installer.install import Host, Sources
from altlens_installer.store import Store
from altlens_installer.uninstall import uninstall

PICTURES = judge.load()[:3]
IDS = [one.id for one in PICTURES]
SECONDS = 60.0
SETTINGS = {
    "consent": True,
    "verbosity": "short",
    "sites": {"example.org": "off"},
    "warmStart": True,
}
POLICIES = b'{"policies": {"DisableTelemetry": true}}\n'

_PAGE = """
const [id, done] = arguments;
done(`moz-extension://${WebExtensionPolicy.getByID(id).mozExtensionHostname}/managed.html`);
"""


_LOCKED = """
const by = (id) => document.getElementById(id);
return document.querySelector("[data-setting=verbosity]").disabled && by("warmStart").disabled
  && by("verbosity-short").checked && !by("hedge").disabled && !by("locked").hidden;
"""


def _workers(home: Path) -> list[int]:
    """Return the processes of altlens's workers that belong to a home."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if "altlens_host.worker" in process.cmdline() and process.environ()["HOME"] == str(
                home
            ):
                found.append(process.pid)
    return found


def _until(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"not in time: {what}"
        time.sleep(0.1)


@pytest.fixture
def program(binary: Path, tmp_path: Path) -> Path:
    """A Firefox of this test's own, whose administrator has set a policy already."""
    real, copy = binary.parent, tmp_path / "firefox"
    copy.mkdir()
    for path in real.iterdir():
        # Firefox looks for its files beside what it really is, not beside a link to it.
        if path.name.startswith("firefox"):
            shutil.copy2(path, copy)
        elif path.name != "distribution":
            (copy / path.name).symlink_to(path)
    (copy / "distribution").mkdir()
    (copy / "distribution/policies.json").write_bytes(POLICIES)
    return copy / binary.name


@pytest.fixture
def parts(tmp_path: Path) -> Sources:
    """What ships, with a page that shows the managed settings."""
    usual = sources()
    extension = tmp_path / "extension"
    shutil.copytree(usual.extension, extension)
    told = json.loads((extension / "manifest.json").read_text(encoding="utf-8"))
    told["permissions"] = sorted({*told["permissions"], "storage"})
    (extension / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    page = '<!doctype html><html lang="en"><title></title><script src="managed.js"></script>'
    (extension / "managed.html").write_text(page)
    script = "document.title = JSON.stringify(await browser.storage.managed.get());"
    (extension / "managed.js").write_text(f"(async () => {{ {script} }})();")
    return replace(usual, extension=extension)


@pytest.mark.timeout(300)
def test_policies_bring_the_extension_and_its_settings_and_go_again(
    program: Path, parts: Sources, tmp_path: Path
) -> None:
    """Into a profile that altlens has not touched; what the administrator had set stays."""
    home = Home(tmp_path / "home")
    profile = home.profile()
    lines = (
        f"user_pref({json.dumps(name)}, {json.dumps(value)});\n"
        for name, value in firefox.PREFERENCES.items()
    )
    (profile / "user.js").write_text("".join(lines))
    distribution = program.parent / "distribution"
    start = tree(distribution)
    machine = Machine("linux", home.path, {"PATH": str(program.parent)})
    (here,) = (one for one in found.look(machine).browsers if one.program.parent == program.parent)
    # Where a user's Firefox looks stands for the system's places, which are not a test's to touch.
    here = replace(here, system_manifests=here.user_manifests)
    assert here.policies == distribution / "policies.json"
    store, host = Store(), Host(home.path / "lib")

    plan = everyone.by_policy([here], host, parts, store, SETTINGS, unsigned=True)
    plan.require()
    apply(plan, store)
    again = everyone.by_policy([here], host, parts, store, SETTINGS, unsigned=True)
    assert not again.changes
    place = firefox.Home(home.path, profile, home.environment())
    with site.serve(PICTURES) as address, marionette.driven(str(program), place) as session:
        marionette.require_extension(session)
        captions = marionette.listen(session, f"{address}/", IDS, SECONDS)
        with session.using_context("chrome"):
            page = session.execute_async_script(_PAGE, script_args=[marionette.EXTENSION_ID])
        session.navigate(page)
        settings = json.loads(session.title)
        tabs = len(session.window_handles)
        session.navigate(page.replace("managed.html", "options/options.html"))
        _until(lambda: session.execute_script(_LOCKED), "the options that are locked")
    # A start of Firefox, and not of a page: the model is loaded all the same.
    with marionette.driven(str(program), place) as session:
        _until(lambda: _workers(home.path), "a worker that nobody has asked anything")

    assert set(captions) == set(IDS)
    assert settings == SETTINGS
    assert tabs == 1, "nobody is asked for consent"
    uninstall(host.receipts, None, store)
    assert tree(distribution) == start
    assert not host.folder.exists()
    assert not Path(here.user_manifests[0]).exists()
