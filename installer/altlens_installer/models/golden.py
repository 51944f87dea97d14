"""Golden captions: records what a model says of drawn pictures, and compares it with that.

The worker's program does both, in a process of its own, as it runs on this machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, Literal, NamedTuple

from altlens_host.errors import ModelBrokenError
from altlens_host.models import catalogue
from altlens_host.models.catalogue import CARD
from altlens_host.models.golden import FILE, golden_of
from altlens_installer import files
from altlens_installer.errors import ModelUnusableError
from altlens_installer.models import lock, program
from altlens_installer.models.progress import Progress
from altlens_installer.terminal import plain, say


class Outcome(NamedTuple):
    """What came of comparing.

    Attributes:
        state: "same"; "different", where the model says something else than it should; "nothing",
            where there is nothing to compare with; "failed", where it cannot be run.
        told: A sentence.
    """

    state: Literal["same", "different", "nothing", "failed"]
    told: str


def check(
    folder: Path,
    told: program.Told = lambda _share, _step: None,
    *,
    python: str | None = None,
    environment: Mapping[str, str] | None = None,
) -> Outcome:
    """Compare what a model says with its golden captions.

    Where there are none, what its prepared graphs say is compared with what the published ones
    say on this machine.

    Args:
        folder: The model's folder.
        told: Is told how far it is.
        python: The interpreter to run it under; None for the one that runs this.
        environment: The whole environment to run it in; None for the caller's.
    """
    command = program.worker("golden", "check", folder, python=python)
    status, said = program.run(command, told, environment)
    if "golden" in said:
        count = said["golden"]["captions"]
        return Outcome("same", f"It says of drawn pictures what was recorded, {count} times.")
    if "compared" in said:
        return Outcome("same", _compared(said["compared"]))
    if "nothing" in said:
        told_why = f"No golden, and nothing to compare with: it was {plain(said['nothing'])}."
        return Outcome("nothing", told_why)
    if "different" in said:
        return Outcome("different", plain(str(said["different"])))
    return Outcome("failed", plain(str(said.get("error", f"It ended with status {status}."))))


def _compared(figures: Mapping[str, Any]) -> str:
    ties = int(figures["near_ties"])
    but = f"; {ties} differ where two words were equally likely" if ties else ""
    return (
        "No golden: compared with the reference layout on this machine. "
        f"The same words of {figures['pictures']} drawn pictures{but}."
    )


def require(folder: Path) -> None:
    """See that a model says what was recorded of it, if anything was.

    Raises:
        ModelUnusableError: It says something else, or cannot be run.
    """
    if golden_of(catalogue.find(str(folder))) is None:
        return  # its prepared graphs were compared with the published ones when they were made
    outcome = check(folder)
    if outcome.state in ("different", "failed"):
        raise ModelUnusableError(f"It says something else than it should. {outcome.told}")


def record(name: str, target: str | None, out: IO[str], err: IO[str]) -> int:
    """Record what a model says of drawn pictures; return 0.

    Args:
        name: The model's name or folder.
        target: The file to write; None for `golden.json` beside the model, declared in its card.
        out: Where the result is told.
        err: Where the progress is told.

    Raises:
        ModelMissingError: There is no such model.
        ModelBrokenError: It cannot be recorded.
        NotWritableError: The system refuses to write.
    """
    model = catalogue.find(name)
    progress = Progress(err)
    try:
        _, said = program.run(program.worker("golden", "record", model.path), progress.step)
    finally:
        progress.end()
    if "recorded" not in said:
        raise ModelBrokenError(f"It cannot be recorded: {plain(str(said.get('error', '')))}")
    data = str(said["recorded"]).encode()
    place = Path(target) if target else model.path / FILE
    if not target:
        # Not declared while it is another than before: a model with a wrong hash does not run.
        _declare(model.path, None)
    files.write(place, data, 0o644)
    if not target:
        _declare(model.path, data)
    say(f"What {model.id} {model.revision} says is recorded in {place}.", out)
    return 0


def _declare(folder: Path, data: bytes | None) -> None:
    card = lock.read(folder)
    if card:
        listed = {name: one for name, one in card.get("files", {}).items() if name != FILE}
        if data is not None and listed:
            listed[FILE] = {"sha256": files.digest(data), "size": len(data)}
        files.write(folder / CARD, lock.text(card | {"files": dict(sorted(listed.items()))}))
