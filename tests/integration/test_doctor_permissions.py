"""altlens doctor, run by a user whom permissions bind. Root may do all, so it steps down."""

import json
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from support.bed import Bed, bed

from altlens_host.cache.places import prepare
from altlens_host.cache.sealed_file import SealedFile
from altlens_host.cache.store import Limits
from altlens_installer.doctor import registry

CHECKS = {
    name: registry.CHECKS[name]
    for name in ("permissions", "guarded", "receipts", "manifest", "shadowed", "extension", "cache")
}
Found = dict[str, tuple[str, str, str]]


class Fault(NamedTuple):
    """A permission that is missing: of what, and what may then not be done."""

    place: Callable[[Bed], Path]
    mode: int
    denied: Callable[[Path], object]
    check: str = "permissions"
    status: str = "fail"


def _write_into(folder: Path) -> None:
    (folder / "probe").write_text("")


def _append(path: Path) -> None:
    path.open("ab")


def _cached(bed: Bed) -> Path:
    (found,) = (bed.data / "cache").glob("*.sqlite3")
    return found


def _never_remembered(bed: Bed) -> Path:
    shutil.rmtree(bed.data / "cache")
    return bed.data


FAULTS = {
    "data": Fault(lambda bed: bed.data, 0o555, _write_into),
    "data without cache": Fault(_never_remembered, 0o555, _write_into),
    "receipts": Fault(lambda bed: bed.data / "receipts", 0o555, _write_into),
    "profile": Fault(lambda bed: bed.profile, 0o555, _write_into),
    "manifests": Fault(lambda bed: bed.manifest.parent, 0o000, _write_into),
    "manifest": Fault(lambda bed: bed.manifest, 0o000, Path.read_bytes),
    "launcher": Fault(lambda bed: bed.launcher, 0o311, Path.read_bytes),
    "cache": Fault(lambda bed: bed.data / "cache", 0o555, _write_into, "cache", "warn"),
    "cache file": Fault(_cached, 0o444, _append, "cache", "warn"),
}


@pytest.fixture
def owned(repository: Path) -> Iterator[Bed]:
    """A machine whose home belongs to a user without privileges, where that user can reach it."""
    folder = Path(tempfile.mkdtemp())
    made = bed(folder, repository)
    SealedFile(prepare(made.data / "cache"), bytes(32), Limits()).close()
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        for path in (folder, *folder.rglob("*")):
            os.chown(path, nobody.pw_uid, nobody.pw_gid, follow_symlinks=False)
    yield made
    shutil.rmtree(folder)


def as_user(told: Callable[[], object]) -> object:
    """Return what a function returns in a process that has no privileges."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            if os.geteuid() == 0:
                nobody = pwd.getpwnam("nobody")
                os.setgroups([])
                os.setresgid(nobody.pw_gid, nobody.pw_gid, nobody.pw_gid)
                os.setresuid(nobody.pw_uid, nobody.pw_uid, nobody.pw_uid)
            os.write(writing, json.dumps(told()).encode())
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    assert os.waitpid(child, 0)[1] == 0
    return json.loads(said)


def wrong(machine: Bed) -> Found:
    """Return what is not well."""
    found = machine.examined(CHECKS)
    return {
        name: (one.status, one.reason, one.mend)
        for name, one in found.items()
        if one.status != "pass"
    }


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_missing_permission_is_named_and_mended(fault: Fault, owned: Bed) -> None:
    """By one check alone, with the command that gives it back."""
    place = fault.place(owned)
    assert wrong(owned) == {}  # this also imports all that is needed, while that may be read
    place.chmod(fault.mode)

    def examine() -> Found:
        with pytest.raises(PermissionError):
            fault.denied(place)
        return wrong(owned)

    found = as_user(examine)

    assert isinstance(found, dict)
    assert list(found) == [fault.check], found
    status, reason, mend = found[fault.check]
    assert (status, str(place) in reason) == (fault.status, True)

    def mended() -> Found:
        subprocess.run(["sh", "-c", mend], check=True)
        return wrong(owned)

    assert as_user(mended) == {}
