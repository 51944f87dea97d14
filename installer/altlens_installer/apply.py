"""Carries out a plan: a receipt before each part, and all of it taken back if a step fails."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from altlens_installer import files
from altlens_installer.errors import InstallerError
from altlens_installer.plan import Part, Plan, Step
from altlens_installer.receipt import Receipt
from altlens_installer.store import Store

Told = Callable[[Step], None]
"""Is told each step when it has been done."""


def apply(plan: Plan, store: Store, told: Told = lambda _step: None) -> None:
    """Do what a plan says; a plan without changes changes nothing.

    Args:
        plan: The plan, without conflicts.
        store: Where things are written.
        told: Is told each step when it has been done.

    Raises:
        InstallerError: A step failed. Everything that this call had written was taken back.
    """
    undo: list[Callable[[], None]] = []
    try:
        for part in plan.parts:
            _do(part, store, undo, told)
    except BaseException:
        for back in reversed(undo):
            with suppress(InstallerError):
                back()
        raise


def _do(part: Part, store: Store, undo: list[Callable[[], None]], told: Told) -> None:
    whole = [step.wanted for step in part.steps if step.wanted.block is None]
    block = next((step.wanted.block for step in part.steps if step.wanted.block is not None), None)
    found = {step.wanted.place: step.found.data for step in part.steps}
    changes = {one.place: (found[one.place], one.data) for one in whole}
    written = [Path(step.wanted.place) for step in part.steps if store.is_file(step.wanted.place)]
    folders = files.missing_folders((*written, part.receipt.path))
    undo.append(lambda: files.remove_empty(folders))
    expecting = part.receipt.expecting(changes, folders, block)
    _save(expecting, undo)
    for step in part.steps:
        if step.change != "unchanged":
            _put(step, store, undo)
        told(step)
    _save(expecting.settled(changes, block), undo)


def _save(receipt: Receipt, undo: list[Callable[[], None]]) -> None:
    before = files.read(receipt.path)
    undo.append(lambda: _restore(receipt.path, before))
    receipt.save()


def _restore(path: Path, before: bytes | None) -> None:
    if before is None:
        files.remove(path)
    else:
        files.write(path, before)


def _put(step: Step, store: Store, undo: list[Callable[[], None]]) -> None:
    place, before = step.wanted.place, step.found
    undo.append(lambda: store.restore(place, before))
    store.write(place, step.wanted.data, step.wanted.runs)
