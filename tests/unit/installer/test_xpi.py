"""The packed extension."""

import io
import os
import shutil
import zipfile
from pathlib import Path

import pytest

from altlens_installer import resources, xpi
from altlens_installer.errors import ResourceMissingError


def test_two_builds_are_the_same_bytes(repository: Path, tmp_path: Path) -> None:
    """Whatever the times, the permissions and the order in which files were made."""
    copy = tmp_path / "copy"
    shutil.copytree(repository / "extension", copy)
    for path in sorted(copy.rglob("*"), reverse=True):
        os.utime(path, (1, 1))
        if path.is_file():
            path.chmod(0o600)

    assert xpi.build(copy) == xpi.build(repository / "extension")


def test_it_holds_every_file_and_nothing_else(repository: Path) -> None:
    """A file that is missing is a broken extension; a foreign one is a leak."""
    archive = zipfile.ZipFile(io.BytesIO(xpi.build(repository / "extension")))

    names = archive.namelist()

    assert archive.testzip() is None
    assert names == sorted(names)
    assert {"manifest.json", "background/main.js", "content/main.js"} <= set(names)
    for name in names:
        assert archive.read(name) == (repository / "extension" / name).read_bytes()
    assert len(names) == sum(path.is_file() for path in (repository / "extension").rglob("*"))


def test_a_folder_without_an_extension_is_refused(tmp_path: Path) -> None:
    """An empty add-on would be ignored by Firefox without a word."""
    with pytest.raises(ResourceMissingError):
        xpi.build(tmp_path)


def test_resources_are_found_in_a_wheel_and_in_a_checkout(tmp_path: Path) -> None:
    """The wheel has them inside the package, a checkout beside it."""
    package = tmp_path / "installer" / "altlens_installer"
    checkout = tmp_path / "extension"
    for folder in (package, checkout):
        folder.mkdir(parents=True)

    assert resources.folder("extension", package) == checkout
    wheel = package / "_data" / "extension"
    wheel.mkdir(parents=True)
    assert resources.folder("extension", package) == wheel
    with pytest.raises(ResourceMissingError):
        resources.folder("manifests", package)
