"""altlens install, uninstall and update: what they ask, print and answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from altlens_installer import client, places, resources, targets, telling, xpi
from altlens_installer import install as installing
from altlens_installer import uninstall as uninstalling
from altlens_installer.apply import apply
from altlens_installer.errors import (
    ModelUnavailableError,
    QuestionUnansweredError,
)
from altlens_installer.install import Host, Sources, Target
from altlens_installer.plan import Plan
from altlens_installer.questions import Questions
from altlens_installer.store import Store
from altlens_installer.terminal import plain, say


@dataclass(frozen=True, slots=True)
class Wish:
    """What `altlens install` was asked to do; the options of its command line.

    Attributes:
        profiles: Names or folders of profiles.
        all_profiles: All that are found.
        model: The model that the host shall use; None for the usual one.
        xpi: A signed extension's file.
        allow_unsigned: Whether profiles may be made to take unsigned extensions.
        dry_run: Print the plan and stop.
        as_json: Print for a program.
        yes: Do not ask whether to go ahead.
    """

    profiles: tuple[str, ...] = ()
    all_profiles: bool = False
    model: str | None = None
    xpi: str | None = None
    allow_unsigned: bool = False
    dry_run: bool = False
    as_json: bool = False
    yes: bool = False


def sources(model: str | None = None, signed: str | None = None) -> Sources:
    """Return what this installation of altlens would install.

    Args:
        model: The model that the host shall use; None for the usual one.
        signed: The file of a signed extension; None for the one that ships.

    Raises:
        ResourceMissingError: A part of it is not there.
        HostNotStartedError: The interpreter does not know its own path.
        ExtensionUnusableError: The signed extension is none.
    """
    return Sources(
        extension=resources.folder("extension"),
        manifests=resources.folder("manifests"),
        host=tuple(client.command(model)),
        signed=None if signed is None else xpi.signed(Path(signed)),
        model=model or "",
    )


def install(wish: Wish, answers: IO[str], out: IO[str]) -> int:
    """Plan an installation, ask what must be asked, and do it; return the exit status."""
    _require(wish.model)
    here = places.of_user()
    host, store = Host(here.launcher, here.receipts), Store()
    parts = sources(wish.model, wish.xpi)
    asking = not (wish.profiles or wish.all_profiles)
    questions = Questions(answers, out)
    chosen = _targets(wish, here, None if wish.as_json else questions)
    ask = not wish.as_json and not wish.dry_run and (asking or answers.isatty())
    allowed = wish.allow_unsigned or (ask and _allowed(chosen, host, parts, store, questions))
    plan = installing.prepare(chosen, host, parts, store, unsigned=allowed)
    applied = _carry_out(plan, store, wish, questions if ask and not wish.yes else None, out)
    if not wish.as_json and applied and plan.changes:
        say("Start Firefox with this profile again, if it is running.", out)
    return 1 if plan.refused else 0


def _require(model: str | None) -> None:
    from altlens_host.errors import AltlensError
    from altlens_host.models import catalogue

    if model is None:
        return
    try:
        catalogue.find(model)
    except AltlensError as error:
        raise ModelUnavailableError(error.detail) from None


def _targets(wish: Wish, here: places.Places, questions: Questions | None) -> list[Target]:
    if wish.profiles:
        return targets.named(wish.profiles, here)
    found = targets.listed(here)
    if wish.all_profiles:
        return [one for one, _ in found]
    if questions is None:
        raise QuestionUnansweredError("Which profile?")
    return targets.asked(found, questions)


def _allowed(
    chosen: Sequence[Target], host: Host, parts: Sources, store: Store, questions: Questions
) -> bool:
    weaker = [one for one in chosen if one.unsigned and installing.weakens(one, host, parts, store)]
    if not weaker:
        return False
    names = ", ".join(plain(one.name or str(one.profile)) for one in weaker)
    return questions.agreed(f"{names}: {installing.WEAKER} May it?")


def _carry_out(
    plan: Plan, store: Store, wish: Wish, questions: Questions | None, out: IO[str]
) -> bool:
    """Print a plan, ask whether to go ahead, and do it; say whether it was done."""
    if not wish.as_json:
        telling.plan(plan, out)
    elif wish.dry_run:
        telling.as_json(plan, False, out)
    if wish.dry_run:
        return False
    plan.require()
    if questions and plan.changes and not questions.agreed("Go ahead?"):
        say("Nothing was changed.", out)
        return False
    apply(plan, store, (lambda _step: None) if wish.as_json else telling.progress(out))
    if wish.as_json:
        telling.as_json(plan, True, out)
    elif not plan.changes:
        say("altlens was installed already; nothing was changed.", out)
    return True


def uninstall(wanted: str | None, out: IO[str]) -> int:
    """Uninstall from a profile, or from all, and say what was done; return the exit status."""
    here = places.of_user()
    outcome = uninstalling.uninstall(here.receipts, wanted, Store())
    telling.outcome(outcome, out)
    if not outcome.removed and not outcome.left:
        where = f"in {plain(wanted)}" if wanted else "anywhere"
        say(f"altlens is not installed {where}.", out)
    return 1 if outcome.left else 0
