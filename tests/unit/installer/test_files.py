"""Files that are whole or not there."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from altlens_installer import files
from altlens_installer.errors import NotWritableError

UNPRIVILEGED = """
import os, sys
from pathlib import Path
from altlens_installer import files
from altlens_installer.errors import NotWritableError
if os.getuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
folder = Path(sys.argv[1])
try:
    (folder / "probe").write_bytes(b"")
except PermissionError:
    print("denied")
try:
    files.write(folder / "file", b"new")
except NotWritableError as error:
    print(error.code, error.detail)
"""


@pytest.fixture
def closed() -> Iterator[Path]:
    """A folder that an unprivileged user may read and not write."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o555)
        yield folder
        folder.chmod(0o755)


def test_a_file_is_replaced_whole_and_nothing_else_is_left(tmp_path: Path) -> None:
    """A reader sees the old or the new bytes, and no temporary file stays behind."""
    path = tmp_path / "sub" / "file"

    files.write(path, b"old")
    files.write(path, b"new")

    assert path.read_bytes() == b"new"
    assert list(path.parent.iterdir()) == [path]


def test_the_old_file_survives_a_write_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk must not cost the user's user.js."""
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NotWritableError, match="No space left"):
        files.write(path, b"new")

    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_permissions_and_links_of_a_replaced_file_stay(tmp_path: Path) -> None:
    """People link user.js to a file elsewhere, and some close it to others."""
    real = tmp_path / "real"
    real.write_bytes(b"old")
    real.chmod(0o600)
    link = tmp_path / "link"
    link.symlink_to(real)

    files.write(link, b"new")

    assert link.is_symlink()
    assert real.read_bytes() == b"new"
    assert real.stat().st_mode & 0o777 == 0o600


def test_a_folder_that_may_not_be_written_gives_an_error_with_its_code(closed: Path) -> None:
    """A profile of another user is named, not traced back."""
    ran = subprocess.run(
        [sys.executable, "-c", UNPRIVILEGED, str(closed)], capture_output=True, text=True
    )

    denied, error = ran.stdout.splitlines()
    assert denied == "denied", ran.stderr
    assert error.startswith("605 ")
    assert str(closed) in error
    assert list(closed.iterdir()) == []


def test_only_empty_folders_are_removed(tmp_path: Path) -> None:
    """Taking back what we made must not take what others put there."""
    path = tmp_path / "a" / "b" / "file"
    made = files.missing_folders([path])
    files.write(path, b"")
    (tmp_path / "a" / "other").write_bytes(b"")
    path.unlink()

    files.remove_empty(made)

    assert [one.name for one in made] == ["a", "b"]
    assert sorted(one.name for one in tmp_path.rglob("*")) == ["a", "other"]
