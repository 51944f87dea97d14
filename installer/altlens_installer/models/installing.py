"""Puts a model in its place: whole, checked and tried, or not at all.

All is made in `REVISION.partial/`, beside the place. It becomes the model by one rename, and the
one in use by another, of the file `current`. Whenever this is killed, what was there before is
still there and still used; what was downloaded is gone on with the next time
(docs/decisions/0073).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock, Timeout

from altlens_host import __version__
from altlens_host.models import store
from altlens_host.models.golden import FILE
from altlens_host.settings import system_data_folders
from altlens_installer import files
from altlens_installer.errors import ModelBusyError, NotWritableError
from altlens_installer.models import collecting, layout, lock, preparing
from altlens_installer.models.collecting import Wish
from altlens_installer.models.preparing import Outcome
from altlens_installer.models.progress import Progress
from altlens_installer.models.source import refused

Trial = Callable[[Path], None]
"""Captions a picture with the model in a folder; raises what is wrong with it."""


class Done(NamedTuple):
    """What was done.

    Attributes:
        path: The folder of the model.
        already: Whether it was there, whole, before.
        prepared: What came of preparing it.
    """

    path: Path
    already: bool
    prepared: Outcome


def install(wish: Wish, progress: Progress, trial: Trial) -> Done:
    """Install a model and make it the one of its name that is used.

    Args:
        wish: Which.
        progress: Is told how far it is.
        trial: Tries the model before it takes its place.

    Raises:
        ModelIncompleteError: The source lacks files.
        ModelDiffersError: A file is not what it should be.
        DiskFullError: There is not enough room.
        NotWritableError: The system refuses to write.
        ModelBusyError: Another altlens is at it.
        AltlensError: What the source or the trial says.
    """
    layout.wanted(wish.source.files, wish.variant, torch=wish.torch)
    with alone(wish.home):
        settle(wish.home)
        place = wish.home / wish.revision
        torch = wish.torch or layout.WEIGHTS in lock.trusted(place)
        names = layout.wanted(wish.source.files, wish.variant, torch=torch)
        if wish.source.golden == f"{wish.name}@{wish.revision}":  # another's say other words
            names = (*names, FILE)
        before = _before(place, names)
        if before:
            _use(place)
            return Done(place, True, before)
        partial = wish.home / f"{wish.revision}{store.PARTIAL}"
        trusted = lock.trusted(place)
        collecting.collect(wish, names, partial, trusted, progress)
        wish, outcome = _prepare(wish, partial, progress)
        trial(partial)
        _last(partial)
        place = wish.home / wish.revision
        _take_place(partial, place)
        _use(place)
        for left in partials(wish.home):
            shutil.rmtree(left, ignore_errors=True)
        return Done(place, False, outcome)


def partials(home: Path) -> list[Path]:
    """Return the folders of a model's downloads that were begun and not ended."""
    with suppress(OSError):
        return sorted(one for one in home.iterdir() if one.name.endswith(store.PARTIAL))
    return []


def make_public(home: Path) -> None:
    """Make the folder of a model for all users, and those above it, so that all can look into it.

    Raises:
        NotWritableError: The system refuses.
    """
    missing = files.missing_folders([home / store.CURRENT])
    try:
        home.mkdir(parents=True, exist_ok=True)
        for folder in missing:
            folder.chmod(0o755)  # an administrator's umask often lets nobody in
    except OSError as error:
        raise refused(home, error) from None


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Keep other altlens commands from changing a model at the same time.

    Raises:
        ModelBusyError: One is at it.
        NotWritableError: The system refuses.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
        with FileLock(home / ".lock", timeout=0):
            yield
    except Timeout:
        raise ModelBusyError(f"Another altlens is changing {home}.") from None
    except OSError as error:
        raise refused(home, error) from None


def settle(home: Path) -> None:
    """End what an earlier installation or removal was killed in."""
    for left in list(home.iterdir()):
        if left.name.endswith(store.REMOVED):
            shutil.rmtree(left, ignore_errors=True)
        elif left.name.endswith(store.REPLACED):
            place = home / left.name.removesuffix(store.REPLACED)
            if place.exists():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.rename(place)


def _before(place: Path, names: Sequence[str]) -> Outcome | None:
    """Return what came of preparing a model that is there and whole; None to make it again.

    Another version of altlens may prepare other graphs, and where it failed, it is tried again.
    """
    if not place.is_dir() or lock.faults(place):
        return None
    card = lock.read(place)
    needed = {*names} - {*layout.dispensable(names)}
    if card.get("prepared_by") != __version__ or not needed <= lock.trusted(place).keys():
        return None
    if (place / "prepared").is_dir():
        return Outcome("prepared")
    refusal = str(card.get("refused", ""))
    return Outcome("refused", refusal) if refusal else None


def _prepare(wish: Wish, partial: Path, progress: Progress) -> tuple[Wish, Outcome]:
    """Prepare a model; where that cannot be as it was wished, then as it usually is."""
    outcome = preparing.prepare(partial, wish.variant, progress.step)
    if wish.variant != "q8":
        # Only preparing needs them, and they are four times as large as all the rest.
        lock.drop(partial, layout.dispensable(lock.trusted(partial)))
        if outcome.state != "prepared":
            progress.note(f"--{wish.variant} cannot be: {outcome.reason} It is made without.")
            wish = wish._replace(variant="q8")
            lock.note(partial, variant=wish.variant, revision=wish.revision)
            outcome = preparing.prepare(partial, wish.variant, progress.step)
    progress.end()
    refusal = {"refused": outcome.reason} if outcome.state == "refused" else {}
    lock.note(partial, prepared_by=__version__, **refusal)
    return wish, outcome


def _last(partial: Path) -> None:
    """Make a folder lasting, and everybody's to read and nobody's to change but its owner's."""
    try:
        for path in (*sorted(partial.rglob("*"), reverse=True), partial):
            path.chmod(0o755 if path.is_dir() else 0o644)
            if path.is_dir():
                files.sync_folder(path)
                continue
            with path.open("rb") as file, suppress(OSError):  # some cannot, and need not
                os.fsync(file.fileno())
    except OSError as error:
        raise NotWritableError(f"{error.filename}: {error.strerror}.") from None


def _take_place(partial: Path, place: Path) -> None:
    replaced = place.with_name(f"{place.name}{store.REPLACED}")
    if place.exists():
        place.rename(replaced)
    partial.rename(place)
    files.sync_folder(place.parent)
    shutil.rmtree(replaced, ignore_errors=True)


def _use(place: Path) -> None:
    """Make a revision the one of its model that is used."""
    wanted = f"{place.name}\n".encode()
    path = place.parent / store.CURRENT
    if files.read(path) != wanted:
        files.write(path, wanted, 0o644)


def root_of(system: bool) -> Path:
    """Return the folder of models to write to: the user's, or that for all users."""
    return system_data_folders()[0] / "models" if system else store.folders()[0]


def total(folder: Path) -> int:
    """Return how many bytes the files in a folder have."""
    return sum(one.stat().st_size for one in folder.rglob("*") if one.is_file())
