"""The plan: what is there, compared with what should be. Nothing here reads or writes a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from altlens_installer.errors import ForeignFileError, InstallerError
from altlens_installer.receipt import Receipt

Change = Literal["write", "replace", "edit", "unchanged", "conflict"]

_UNDO = {
    "write": "uninstalling removes it",
    "replace": "uninstalling removes it",
    "edit": "uninstalling takes out exactly what was added",
    "unchanged": "uninstalling removes it",
    "conflict": "nothing is done, so nothing is to be undone",
}


class Found(NamedTuple):
    """What stands in a place: its bytes, None if nothing does, and whether it can be run."""

    data: bytes | None
    runs: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing that should be there.

    Attributes:
        place: The path of a file, or the name of a registry value.
        data: Its bytes.
        what: What it is, in words.
        why: What it is for, in words.
        runs: Whether it is a program.
        block: For a file of somebody else's: what of `data` is ours.
        merged: Whether what stands there is already part of `data`, and is to be put back.
        conflict: Why it cannot be, if that is known.
    """

    place: str
    data: bytes
    what: str
    why: str
    runs: bool = False
    block: bytes | None = None
    merged: bool = False
    conflict: InstallerError | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What is done about one thing.

    Attributes:
        wanted: The thing.
        found: What stands in its place.
        change: What is done.
    """

    wanted: Wanted
    found: Found
    change: Change

    @property
    def undo(self) -> str:
        """How it is taken back."""
        if self.wanted.merged and self.change != "conflict":
            return "uninstalling puts back what was there"
        return _UNDO[self.change if self.wanted.block is None else "edit"]

    def described(self) -> dict[str, str]:
        """Return the step for a program to read."""
        one = self.wanted
        told = {"change": self.change, "what": one.what, "where": one.place, "why": one.why}
        conflict = {"conflict": one.conflict.detail} if one.conflict else {}
        return told | {"undo": self.undo} | conflict


@dataclass(frozen=True, slots=True)
class Part:
    """The steps that one receipt speaks of.

    Attributes:
        receipt: As it is now; what it says of files comes with the steps.
        steps: What is done, in this order.
    """

    receipt: Receipt
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something that was asked for and cannot be: `where`, and why with what to do about it."""

    where: str
    error: InstallerError

    def described(self) -> dict[str, str | int]:
        """Return the refusal for a program to read."""
        error = self.error
        told = {"where": self.where, "name": error.name, "detail": error.detail}
        return {"code": error.code, **told, "hint": error.hint}


class Making(NamedTuple):
    """What is made on this machine once the steps are done, and takes a while.

    What its bytes will be is not known before. If it cannot be made, all else works without.

    Attributes:
        place: The path of the file, or of the folder.
        what: What it is, in words.
        why: What it is for, in words.
    """

    place: str
    what: str
    why: str

    def described(self) -> dict[str, str]:
        """Return it for a program to read."""
        told = {"change": "make", "what": self.what, "where": self.place, "why": self.why}
        return told | {"undo": _UNDO["write"]}


@dataclass(frozen=True, slots=True)
class Plan:
    """All that is to be done.

    Attributes:
        parts: The steps, in the order in which they are done.
        refused: What was asked for and is not done.
        warnings: What the user must know before it is done.
        making: What is made in the end.
    """

    parts: tuple[Part, ...]
    refused: tuple[Refusal, ...] = ()
    warnings: tuple[str, ...] = ()
    making: Making | None = None

    @property
    def steps(self) -> list[Step]:
        """All steps."""
        return [step for part in self.parts for step in part.steps]

    @property
    def conflicts(self) -> list[Step]:
        """What stands in the way."""
        return [step for step in self.steps if step.change == "conflict"]

    def require(self) -> None:
        """Raise what stands in the way, or what left nothing to be done.

        Raises:
            InstallerError: The first conflict; or the first refusal, if there are no steps.
        """
        for step in self.conflicts:
            if step.wanted.conflict:
                raise step.wanted.conflict
        if self.refused and not self.parts:
            raise self.refused[0].error

    @property
    def changes(self) -> list[Step]:
        """What would be written."""
        return [step for step in self.steps if step.change in {"write", "replace", "edit"}]

    def described(self) -> dict[str, object]:
        """Return the plan for a program to read."""
        making = [self.making.described()] if self.making else []
        return {
            "steps": [*(step.described() for step in self.steps), *making],
            "refused": [one.described() for one in self.refused],
            "warnings": list(self.warnings),
        }


def compare(receipt: Receipt, wanted: Iterable[Wanted], found: Mapping[str, Found]) -> Part:
    """Compare what is there with what should be, for one receipt.

    Args:
        receipt: What was written before.
        wanted: What should be there.
        found: What stands in each of its places.
    """
    steps = tuple(_step(receipt, one, found[one.place]) for one in wanted)
    return Part(_remembering(receipt, steps), steps)


def _step(receipt: Receipt, wanted: Wanted, found: Found) -> Step:
    # The same bytes are taken for our own, so that a lost receipt can be written anew.
    foreign = (
        wanted.block is None
        and not wanted.merged
        and found.data not in {None, wanted.data}
        and not receipt.owns(wanted.place, found.data or b"")
    )
    if foreign:
        error = ForeignFileError(f"{wanted.place} was not written by altlens, or changed since.")
        return Step(replace(wanted, conflict=error), found, "conflict")
    if wanted.conflict:
        return Step(wanted, found, "conflict")
    same = found.data == wanted.data or (found.data is None and not wanted.data)
    if same and (found.runs or not wanted.runs):
        return Step(wanted, found, "unchanged")
    if found.data is None:
        return Step(wanted, found, "write")
    edited = wanted.block is not None or wanted.merged
    return Step(wanted, found, "edit" if edited else "replace")


def _remembering(receipt: Receipt, steps: Iterable[Step]) -> Receipt:
    """Keep what uninstalling needs to know of things that are not ours as a whole."""
    for step in steps:
        place, before = step.wanted.place, step.found.data
        if step.wanted.block is not None:
            receipt = replace(receipt, created=receipt.created or before is None)
        elif step.wanted.merged and before is not None and not receipt.owns(place, before):
            receipt = replace(receipt, originals={**receipt.originals, place: before})
    return receipt
