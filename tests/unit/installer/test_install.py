"""Installing and uninstalling, seen from the files."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from support.installer import Home, tree

from altlens_installer import files, receipt
from altlens_installer.errors import (
    ForeignFileError,
    NotWritableError,
    PreferenceConflictError,
    ReceiptBrokenError,
)
from altlens_installer.install import Sources

UNPRIVILEGED = """
import os, sys
from pathlib import Path
from altlens_installer import install
from altlens_installer.errors import NotWritableError
from support.installer import Home
if os.getuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
root = Path(sys.argv[1])
try:
    (root / "profile/probe").write_bytes(b"")
except PermissionError:
    print("denied")
parts = install.Sources(root / "extension", root / "manifests", ("/usr/bin/true",))
try:
    Home(root / "home").put(root / "profile", parts)
except NotWritableError as error:
    print(error.code, error.detail)
"""
USER_JS = b'// mine\r\nuser_pref("a", "\xe9");'


def test_everything_is_where_firefox_looks(home: Home, parts: Sources) -> None:
    """The manifest in the home, the extension and the preferences in the profile."""
    folder = home.profile()

    home.put(folder, parts)

    manifest = json.loads((home.path / ".mozilla/native-messaging-hosts/altlens.json").read_text())
    assert os.access(manifest["path"], os.X_OK)
    assert (folder / "extensions/altlens@altlens.xpi").read_bytes().startswith(b"PK")
    assert (
        b'user_pref("xpinstall.signatures.required", false);' in (folder / "user.js").read_bytes()
    )


@pytest.mark.parametrize("before", [None, b"", USER_JS, USER_JS + b"\n"])
def test_uninstalling_leaves_every_byte_as_it_was(
    home: Home, parts: Sources, before: bytes | None
) -> None:
    """Files, folders and a user.js of any ending."""
    folder = home.profile(**({} if before is None else {"user_js": before}))
    start = tree(home.path)

    home.put(folder, parts)
    outcome = home.take(None)

    assert tree(home.path) == start
    assert len(outcome.removed) == 4
    assert outcome.left == []


def test_twice_installed_is_once_installed(home: Home, parts: Sources) -> None:
    """The second time says so, and uninstalling still restores everything."""
    folder = home.profile(user_js=USER_JS)
    start = tree(home.path)
    home.put(folder, parts)
    once = tree(home.path)

    plan = home.put(folder, parts)

    assert {step.change for step in plan.steps} == {"unchanged"}
    assert tree(home.path) == once
    home.take(None)
    assert tree(home.path) == start


def test_a_newer_altlens_replaces_what_the_older_one_wrote(home: Home, parts: Sources) -> None:
    """The receipt says that the old files are ours."""
    folder = home.profile()
    start = tree(home.path)
    home.put(folder, parts)

    home.put(folder, replace(parts, host=("/usr/bin/env", "newer")))

    assert b"newer" in home.places.launcher.read_bytes()
    home.take(None)
    assert tree(home.path) == start


def test_the_host_stays_until_the_last_profile_goes(home: Home, parts: Sources) -> None:
    """One profile's end does not silence the other."""
    one, two = home.profile("one"), home.profile("two")
    start = tree(home.path)
    home.put(one, parts, "one")
    home.put(two, parts, "two")

    home.take("one")

    assert home.places.manifest.exists()
    assert not (one / "extensions").exists()
    assert (two / "extensions/altlens@altlens.xpi").exists()
    home.take(str(two))
    assert tree(home.path) == start


def test_uninstalling_an_unknown_profile_changes_nothing(home: Home, parts: Sources) -> None:
    """A typing error must not remove the host that others use."""
    home.put(home.profile(), parts)
    installed = tree(home.path)

    outcome = home.take("other")

    assert outcome.removed == []
    assert tree(home.path) == installed


@pytest.mark.parametrize(
    "place", [".mozilla/native-messaging-hosts/altlens.json", "{}/extensions/altlens@altlens.xpi"]
)
def test_a_foreign_file_is_refused_and_left(home: Home, parts: Sources, place: str) -> None:
    """Another program's manifest, or an add-on from elsewhere: nothing at all is written."""
    folder = home.profile()
    path = home.path / place.format(folder.relative_to(home.path))
    path.parent.mkdir(parents=True)
    path.write_bytes(b"theirs")
    start = tree(home.path)

    with pytest.raises(ForeignFileError, match=path.name):
        home.put(folder, parts)

    assert tree(home.path) == start


def test_a_conflict_in_user_js_writes_nothing(home: Home, parts: Sources) -> None:
    """The user decided otherwise; altlens shows the line and stops."""
    folder = home.profile(user_js=b'user_pref("xpinstall.signatures.required", true);\n')
    start = tree(home.path)

    with pytest.raises(PreferenceConflictError, match="line 1"):
        home.put(folder, parts)

    assert tree(home.path) == start


def test_what_others_changed_since_is_left(home: Home, parts: Sources) -> None:
    """It is named, the rest is taken back."""
    folder = home.profile()
    home.put(folder, parts)
    home.places.manifest.write_bytes(b"edited")

    outcome = home.take(None)

    assert home.places.manifest.read_bytes() == b"edited"
    assert [str(home.places.manifest) in reason for reason in outcome.left] == [True]
    assert not (folder / "user.js").exists()


def test_a_block_that_the_user_took_out_is_no_matter(home: Home, parts: Sources) -> None:
    """And one that was edited is left and named."""
    gone, edited = home.profile("gone"), home.profile("edited")
    for folder in (gone, edited):
        home.put(folder, parts)
    (gone / "user.js").write_bytes(USER_JS)
    changed = (edited / "user.js").read_bytes().replace(b"false", b"true")
    (edited / "user.js").write_bytes(changed)

    outcome = home.take(None)

    assert (gone / "user.js").read_bytes() == USER_JS
    assert (edited / "user.js").read_bytes() == changed
    assert [str(edited) in reason for reason in outcome.left] == [True]


def test_a_launcher_that_lost_its_permission_is_mended(home: Home, parts: Sources) -> None:
    """Same bytes, but Firefox could not start it."""
    folder = home.profile()
    home.put(folder, parts)
    home.places.launcher.chmod(0o644)

    home.put(folder, parts)

    assert os.access(home.places.launcher, os.X_OK)


@pytest.mark.parametrize("step", range(7))
def test_a_first_installation_that_is_refused_takes_itself_back(
    home: Home, parts: Sources, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """An error at any write: it is told, and everything is as it was."""
    folder = home.profile(user_js=USER_JS)
    start = tree(home.path)
    write, count = files.write, iter(range(100))

    def failing(path: Path, data: bytes, mode: int | None = None) -> None:
        if next(count) == step:
            raise NotWritableError("the disk is full")
        write(path, data, mode)

    monkeypatch.setattr(files, "write", failing)
    with pytest.raises(NotWritableError):
        home.put(folder, parts)

    assert tree(home.path) == start


def test_a_later_installation_that_is_refused_leaves_the_older_one(
    home: Home, parts: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk must not take away what worked."""
    folder = home.profile(user_js=USER_JS)
    older = replace(parts, host=("/usr/bin/env", "older"))
    home.put(folder, older)
    installed = tree(home.path)

    def failing(path: Path, _data: bytes, _mode: int | None = None) -> None:
        raise NotWritableError(f"{path}: the disk is full")

    monkeypatch.setattr(files, "write", failing)
    with pytest.raises(NotWritableError):
        home.put(folder, parts)

    assert tree(home.path) == installed


def test_a_profile_that_may_not_be_written_is_named_and_nothing_stays(
    parts: Sources, repository: Path
) -> None:
    """Somebody else's profile, tried by a user without privileges."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        root.chmod(0o755)
        for folder in ("extension", "manifests"):
            shutil.copytree(parts.extension.parent / folder, root / folder)
        own, foreign = root / "home", root / "profile"
        own.mkdir()
        foreign.mkdir()
        (foreign / "times.json").write_bytes(b"{}")
        if os.getuid() == 0:
            os.chown(own, 65534, 65534)
        foreign.chmod(0o555)

        ran = subprocess.run(
            [sys.executable, "-c", UNPRIVILEGED, str(root)],
            env=os.environ | {"PYTHONPATH": str(repository / "tests")},
            capture_output=True,
            text=True,
        )

        foreign.chmod(0o755)
        denied, error = ran.stdout.splitlines()
        assert denied == "denied", ran.stderr
        assert error.startswith("605 ")
        assert str(foreign) in error
        assert tree(own) == {}
        assert tree(foreign) == {"times.json": b"{}"}


def test_what_firefox_remembers_is_told(home: Home, parts: Sources) -> None:
    """prefs.js is Firefox's own file: the user is told, it is not touched."""
    folder = home.profile()
    home.put(folder, parts)
    (folder / "prefs.js").write_text('user_pref("xpinstall.signatures.required", false);\n')

    outcome = home.take(None)

    assert outcome.remembered == {folder: ["xpinstall.signatures.required"]}


def test_a_damaged_receipt_is_an_error_and_changes_nothing(home: Home, parts: Sources) -> None:
    """Guessing what was ours could delete what is not."""
    home.put(home.profile(), parts)
    for path in home.places.receipts.iterdir():
        path.write_bytes(b'{"profile": 1')
    start = tree(home.path)

    with pytest.raises(ReceiptBrokenError):
        home.take(None)

    assert tree(home.path) == start


def test_the_receipt_lists_what_was_written_with_its_digest(home: Home, parts: Sources) -> None:
    """Anybody can check it with sha256sum."""
    folder = home.profile()

    home.put(folder, parts)

    kept = [receipt.shared(home.places.receipts), *receipt.profiles(home.places.receipts)]
    written = {path: digests for one in kept for path, digests in one.written.items()}
    assert len(written) == 3
    for path, digests in written.items():
        assert digests == (files.digest(Path(path).read_bytes()),)
