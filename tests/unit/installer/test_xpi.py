"""The packed extension."""

import io
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from altlens_installer import resources, xpi
from altlens_installer.errors import ExtensionUnusableError, ResourceMissingError


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


def damaged(packed: bytearray) -> None:
    """Change the packed bytes of the manifest, which begin after its name."""
    start = packed.index(b"manifest.json") + len(b"manifest.json")
    packed[start : start + 20] = b"\xff" * 20


def cut(packed: bytearray) -> None:
    """Say that the manifest's packed bytes go on after the end of the file."""
    entry = packed.rindex(b"PK\x01\x02")
    packed[entry + 20 : entry + 24] = (1 << 30).to_bytes(4, "little")
    packed[entry + 24 : entry + 28] = (1 << 30).to_bytes(4, "little")


def encrypted(packed: bytearray) -> None:
    """Say that the manifest is encrypted, in both places (APPNOTE.TXT, section 4.4.4)."""
    packed[packed.index(b"PK\x03\x04") + 6] |= 1
    packed[packed.rindex(b"PK\x01\x02") + 8] |= 1


@pytest.mark.parametrize("spoil", [damaged, cut, encrypted])
def test_an_archive_that_cannot_be_read_is_no_extension(
    spoil: Callable[[bytearray], None], tmp_path: Path
) -> None:
    """It is refused with the error of such files, and has no version."""
    path = tmp_path / "one.xpi"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", '{"version": "1", "name": "altlens"}' * 3)
    packed = bytearray(path.read_bytes())
    spoil(packed)
    path.write_bytes(packed)

    assert not xpi.version(bytes(packed))
    with pytest.raises(ExtensionUnusableError):
        xpi.signed(path)
