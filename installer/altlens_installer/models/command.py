"""altlens model list, verify, remove, path and use: what they print and answer."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from altlens_host.errors import ModelMissingError
from altlens_host.models import catalogue, known, store
from altlens_host.models.catalogue import Model
from altlens_host.models.golden import golden_of
from altlens_installer.errors import ModelKeptError
from altlens_installer.models import choice, golden, installing, lock
from altlens_installer.models.golden import Outcome
from altlens_installer.models.hub import COMMIT
from altlens_installer.models.source import refused, told_size
from altlens_installer.terminal import plain, say, table


def listed() -> list[dict[str, Any]]:
    """Return what there is to say of each model, in the order of the catalogue."""
    there = {one.id: one for one in catalogue.available()}
    used = choice.in_use()
    names = [*known.ENTRIES, *(one for one in there if one not in known.ENTRIES)]
    unfinished = {one.parent.name for root in store.folders() for one in _partials(root)}
    names += [one.replace("--", "/", 1) for one in sorted(unfinished)]
    return [
        _row(name, there.get(name), used, store.home_of(Path(), name).name in unfinished)
        for name in dict.fromkeys(names)
    ]


def _partials(root: Path) -> list[Path]:
    return [one for home in store.homes([root]) for one in installing.partials(home)]


def _row(name: str, there: Model | None, used: str, unfinished: bool) -> dict[str, Any]:
    entry = known.ENTRIES.get(name)
    state = "not installed"
    if there:
        state = "ships with altlens" if name in catalogue.embedded_names() else "installed"
    elif unfinished:
        state = "begun to download"
    q8 = [size for path, size in (entry.sizes.items() if entry else ()) if "quantized" in path]
    return {
        "id": name,
        "state": state,
        "used": bool(there) and name == used,
        "revision": there.revision if there else entry.revision if entry else "",
        "bytes": installing.total(there.path) if there else sum(q8),
        "licence": there.licence if there else entry.licence if entry else "unknown",
        "purpose": entry.purpose if entry else "",
        "path": str(there.path) if there else None,
    }


def show(as_json: bool, out: IO[str]) -> int:
    """Print the models that there are; return 0."""
    rows = listed()
    if as_json:
        say(json.dumps(rows, indent=2), out)
        return 0
    lines = [
        (
            one["id"],
            f"{one['state']}{', in use' if one['used'] else ''}",
            _short(one["revision"]),
            told_size(one["bytes"]),
            one["licence"],
            one["purpose"],
        )
        for one in rows
    ]
    table(("model", "state", "revision", "size", "licence", "what for"), lines, out)
    if not any(one["used"] for one in rows):
        say(f"In use is {plain(choice.chosen())}.", out)
    return 0


def _short(revision: str) -> str:
    return revision[:12] + revision[40:] if COMMIT.match(revision) else revision


def verify(names: Sequence[str], as_json: bool, out: IO[str]) -> int:
    """Compare the files of models with what their cards declare, and what they say.

    Args:
        names: Which; none for all that are there.
        as_json: Print a JSON list.
        out: Where to.

    Returns:
        0 if all are whole, 1 if one is not.
    """
    models = [catalogue.find(name) for name in names] or catalogue.available()
    found = [(one, lock.faults(one.path)) for one in models]
    words = {one.path: golden.check(one.path) for one, faults in found if _known(one, faults)}
    found = [(one, faults + _wrong(words.get(one.path))) for one, faults in found]
    if as_json:
        rows = [
            {"id": one.id, "revision": one.revision, "path": str(one.path), "faults": faults}
            for one, faults in found
        ]
        say(json.dumps(rows, indent=2), out)
    else:
        for one, faults in found:
            whole = f"all {len(one.files)} files are those of its installation."
            if not one.files:
                whole = "it declares no files to compare with."
            if one.path in words:
                whole = f"{whole} {words[one.path].told}"
            told = " ".join(plain(fault) for fault in faults) or whole
            say(f"{one.id} {one.revision}: {told}", out)
            if faults and catalogue.fetchable(one.id):
                say(f"To mend it, run: altlens model install {one.id}", out)
    return 1 if any(faults for _, faults in found) else 0


def _known(model: Model, faults: Sequence[str]) -> bool:
    """Say whether it is to be seen what a model says: its files are whole, and it was recorded."""
    return not faults and golden_of(model) is not None


def _wrong(outcome: Outcome | None) -> list[str]:
    return [outcome.told] if outcome and outcome.state in ("different", "failed") else []


def remove(name: str, system: bool, out: IO[str]) -> int:
    """Remove a model, or one revision of it, and what was begun to download of it.

    Raises:
        ModelKeptError: It is not one that `altlens model install` put there.
        ModelMissingError: There is none of that name.
        ModelBusyError: Another altlens is at it.
        NotWritableError: The system refuses.
    """
    bare, _, revision = name.partition("@")
    if bare in catalogue.embedded_names():
        raise ModelKeptError(f"{bare} ships with altlens.")
    root = installing.root_of(system)
    home = store.home_of(root, bare)
    if not store.ID.fullmatch(bare) or not home.is_dir():
        _explain(name, bare)
    with installing.alone(home):
        installing.settle(home)
        one = _revision(home, revision) if revision else None
        if revision and one is None:
            raise ModelMissingError(f"There is no revision {revision} of {bare}.")
        gone = [one] if one else [*store.revisions(home), *installing.partials(home)]
        freed = sum(installing.total(each) for each in gone)
        for each in gone:
            _remove(each)
    if not (store.revisions(home) or installing.partials(home)):
        shutil.rmtree(home, ignore_errors=True)
    say(f"{name} is removed; {told_size(freed)} are free again.", out)
    if not system and catalogue.installed(bare) is None and _bare(choice.chosen()) == bare:
        choice.choose(catalogue.AUTO)
    say(f"From the next start of Firefox on, {choice.in_use()} captions.", out)
    return 0


def _revision(home: Path, revision: str) -> Path | None:
    """Return the folder of a revision, or of what was begun of it."""
    begun = home / f"{revision}{store.PARTIAL}"
    whole = store.revision(home, revision)
    return whole or (begun if begun in installing.partials(home) else None)


def _bare(name: str) -> str:
    return name.partition("@")[0]


def _explain(name: str, bare: str) -> None:
    if catalogue.installed(bare):
        raise ModelKeptError(f"{bare} is installed for all users: altlens model remove --system.")
    raise ModelMissingError(f"The model {name} is not installed.")


def _remove(folder: Path) -> None:
    """Take a folder away, which has another name before its first file goes."""
    aside = folder.with_name(f"{folder.name}{store.REMOVED}")
    try:
        folder.rename(aside)
        shutil.rmtree(aside)
    except OSError as error:
        raise refused(Path(error.filename or folder), error) from None


def path(name: str | None, out: IO[str]) -> int:
    """Print the folder of a model, that in use if none is named; return 0."""
    say(str(catalogue.find(name or choice.chosen()).path), out)
    return 0


def use(name: str, out: IO[str]) -> int:
    """Choose the model that captions; return 0.

    Raises:
        ModelMissingError: There is no such model.
        ModelBrokenError: Its card cannot be read.
        SettingsUnusableError: The file of settings cannot be read.
    """
    called = choice.named(name)
    found = catalogue.find(called)
    changed = choice.choose(called)
    if not changed:
        say(f"{found.id} is in use already.", out)
    elif called == catalogue.AUTO:
        say(f"The best model that is installed captions: {found.id}.", out)
        say("A Firefox that runs takes it from its next start on.", out)
    else:
        say(f"{found.id} {found.revision} captions from now on.", out)
        say("A Firefox that runs takes it from its next start on.", out)
    return 0
