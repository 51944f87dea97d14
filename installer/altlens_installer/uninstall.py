"""Takes back exactly what the receipts name, and leaves what was changed since."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from altlens_installer import files, preferences, receipt
from altlens_installer.errors import ForeignFileError
from altlens_installer.places import Places


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an uninstallation did.

    Attributes:
        removed: The files that were taken away or put back.
        left: Those that someone else changed since, and why each was left.
        remembered: The profiles whose prefs.js still takes unsigned extensions.
    """

    removed: tuple[Path, ...]
    left: tuple[str, ...]
    remembered: tuple[Path, ...]


def uninstall(places: Places, wanted: str | None) -> Outcome:
    """Take altlens out of a profile, or of all; with the last, the host's files go too.

    Args:
        places: The folders of the user.
        wanted: The name or folder of a profile, as it was installed; None for all.

    Raises:
        ReceiptBrokenError: A receipt cannot be read; nothing was changed.
        NotWritableError: The system refuses; run again, it goes on where it stopped.
    """
    installed = receipt.profiles(places.receipts)
    chosen = [one for one in installed if wanted is None or _is(one, wanted)]
    shared = receipt.shared(places.receipts)
    remembered = tuple(
        Path(one.profile)
        for one in chosen
        if preferences.left_behind(files.read(Path(one.profile) / "prefs.js") or b"")
    )
    leaving = [*chosen, *([shared] if len(chosen) == len(installed) else [])]
    removed: list[Path] = []
    left: list[str] = []
    for one in leaving:
        _take_back(one, removed, left)
    return Outcome(tuple(removed), tuple(left), remembered)


def _is(one: receipt.Receipt, wanted: str) -> bool:
    return bool(wanted) and (
        one.name == wanted or one.profile == str(Path(wanted).expanduser().resolve())
    )


def _take_back(one: receipt.Receipt, removed: list[Path], left: list[str]) -> None:
    for name in one.written:
        path = Path(name)
        try:
            if one.check(path) is not None:
                files.remove(path)
                removed.append(path)
        except ForeignFileError as error:
            left.append(error.detail)
    if one.block:
        _restore_preferences(one, removed, left)
    files.remove(one.path)
    files.remove_empty(Path(folder) for folder in one.folders)


def _restore_preferences(one: receipt.Receipt, removed: list[Path], left: list[str]) -> None:
    path = Path(one.profile) / "user.js"
    content = files.read(path)
    if content is None:
        return
    rest = preferences.take(content, one.block.encode())
    if rest is None:
        if preferences.marked(content):
            left.append(f"{path}: the lines of altlens were changed; take them out by hand.")
        return
    if rest or not one.created:
        files.write(path, rest)
    else:
        files.remove(path)
    removed.append(path)
