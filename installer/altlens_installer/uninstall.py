"""Takes back exactly what the receipts name, and leaves what was changed since."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from altlens_installer import enterprise, files, preferences, receipt
from altlens_installer.errors import PoliciesBrokenError
from altlens_installer.platforms.policies import NAME as POLICIES
from altlens_installer.receipt import Receipt
from altlens_installer.store import Store


@dataclass(slots=True)
class Outcome:
    """What an uninstallation did.

    Attributes:
        removed: The places that were emptied or put back.
        left: Those that someone else changed since, and why each was left.
        remembered: The profiles whose prefs.js still has preferences of ours, and which.
    """

    removed: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    remembered: dict[Path, list[str]] = field(default_factory=dict)


def uninstall(receipts: Path, wanted: str | None, store: Store) -> Outcome:
    """Take altlens out of a profile, or of all; what no other needs of the host goes too.

    Args:
        receipts: The folder of the receipts.
        wanted: The name or folder of a profile, as it was installed; None for all.
        store: Where things were written.

    Raises:
        ReceiptBrokenError: A receipt cannot be read; nothing was changed.
        NotWritableError: The system refuses; run again, it goes on where it stopped.
    """
    installed = receipt.owners(receipts)
    chosen = [one for one in installed if wanted is None or _is(one, wanted)]
    shared = receipt.shared(receipts)
    outcome = Outcome()
    for one in chosen:
        prefs = files.read(Path(one.profile) / "prefs.js") if one.profile else None
        left = preferences.left_behind(prefs or b"")
        if left:
            outcome.remembered[Path(one.profile)] = left
        _take_back(one, store, outcome)
    _take_back_unused(shared, [one for one in installed if one not in chosen], store, outcome)
    # What was killed before it had a receipt could leave these.
    files.remove_empty((receipts, receipts.parent))
    return outcome


def _is(one: Receipt, wanted: str) -> bool:
    return bool(wanted) and (
        one.name == wanted or one.profile == str(Path(wanted).expanduser().resolve())
    )


def _take_back_unused(
    shared: Receipt, staying: list[Receipt], store: Store, outcome: Outcome
) -> None:
    used = {place for one in staying for place in one.uses}
    unused = [place for place in shared.written if place not in used]
    if len(unused) == len(shared.written):
        _take_back(shared, store, outcome)
        return
    for place in unused:
        _empty(shared, place, store, outcome)
    kept = {place: shared.written[place] for place in shared.written if place in used}
    if unused:
        replace(shared, written=kept).save()
        files.remove_empty(Path(folder) for folder in shared.folders)


def _take_back(one: Receipt, store: Store, outcome: Outcome) -> None:
    for place in one.written:
        _empty(one, place, store, outcome)
    if one.block or one.coming:
        _restore_preferences(one, outcome)
    holding = {str(folder) for folder in one.path.parents}
    files.remove_empty(Path(folder) for folder in one.folders if folder not in holding)
    files.sweep_folder(one.path.parent)
    files.remove(one.path)
    files.remove_empty(Path(folder) for folder in one.folders)


def _empty(one: Receipt, place: str, store: Store, outcome: Outcome) -> None:
    data = store.read(place).data
    store.sweep(place)
    if data is None or data == one.originals.get(place):
        return
    if not one.owns(place, data):
        if place.endswith(POLICIES):
            _take_out(one, place, data, store, outcome)
            return
        outcome.left.append(f"{place} was not written by altlens, or changed since.")
        return
    if place in one.originals:
        store.write(place, one.originals[place])
    else:
        store.remove(place)
    outcome.removed.append(place)


def _take_out(one: Receipt, place: str, data: bytes, store: Store, outcome: Outcome) -> None:
    """Take out of a policies.json what is ours; its owner has changed it since."""
    try:
        rest = enterprise.taken_out(data, one.originals.get(place))
    except PoliciesBrokenError as error:
        outcome.left.append(f"{place}: {error.detail}")
        return
    if rest is None:
        store.remove(place)
    else:
        store.write(place, rest)
    outcome.removed.append(place)


def _restore_preferences(one: Receipt, outcome: Outcome) -> None:
    path = Path(one.profile) / "user.js"
    files.sweep(path)
    content = files.read(path)
    if content is None:
        return
    block = one.added(content)
    rest = preferences.take(content, block) if block else None
    if rest is None:
        if preferences.marked(content):
            outcome.left.append(
                f"{path}: the lines of altlens were changed; take them out by hand."
            )
        return
    if rest or not one.created:
        files.write(path, rest)
    else:
        files.remove(path)
    outcome.removed.append(str(path))
