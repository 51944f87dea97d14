"""altlens install, uninstall and update: what they ask, print and answer."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from altlens_host.errors import AltlensError
from altlens_host.models import catalogue
from altlens_host.settings import settings_file
from altlens_installer import (
    client,
    everyone,
    files,
    reading,
    receipt,
    resources,
    targets,
    telling,
    xpi,
)
from altlens_installer import install as installing
from altlens_installer import uninstall as uninstalling
from altlens_installer.apply import apply
from altlens_installer.errors import (
    ManagedSettingsError,
    ModelUnavailableError,
    ProfileNotFoundError,
    QuestionUnansweredError,
)
from altlens_installer.finding import found
from altlens_installer.finding.machine import Machine, this_machine
from altlens_installer.install import Host, Sources, Target
from altlens_installer.models import choice
from altlens_installer.plan import Plan
from altlens_installer.questions import Questions
from altlens_installer.settle import settle
from altlens_installer.store import Store
from altlens_installer.terminal import plain, say

MODELS = "models"
"""The folder, in that of altlens, of the models that were fetched."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What `altlens install` was asked to do; the options of its command line.

    Attributes:
        profiles: Names or folders of profiles.
        all_profiles: All that are found.
        browser: The key of a browser; None for any.
        system: Install the host for all users of the machine.
        enterprise: Install by policy, for all users and all profiles.
        managed: The file of the extension's managed settings, for `enterprise`.
        model: The model that the host shall use; None for the usual one.
        xpi: A signed extension's file.
        allow_unsigned: Whether profiles may be made to take unsigned extensions.
        dry_run: Print the plan and stop.
        as_json: Print for a program.
        yes: Do not ask whether to go ahead.
    """

    profiles: tuple[str, ...] = ()
    all_profiles: bool = False
    browser: str | None = None
    system: bool = False
    enterprise: bool = False
    managed: str | None = None
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
    if wish.managed and not wish.enterprise:
        raise ManagedSettingsError("Managed settings go with --enterprise alone.")
    machine = this_machine()
    host = host_of(machine, wish.system or wish.enterprise)
    for_everybody = wish.system or wish.enterprise
    if wish.model:
        choice.require_usable(settings_file(machine.environ, machine.system))
        _require(wish, out)
    # What is installed for all names its model in the command that starts the host. A user's own
    # choice stands in the settings, where `altlens model use` changes it.
    model = receipt.shared(host.receipts).model or None
    if wish.model:
        model = wish.model if for_everybody else None
    store, parts = Store(machine.registry), sources(model, wish.xpi)
    questions = None if wish.as_json else Questions(answers, out)
    finding = found.look(machine)
    for_all = wish.enterprise or (wish.system and not (wish.profiles or wish.all_profiles))
    asking = not (for_all or wish.profiles or wish.all_profiles)
    asked = asking or answers.isatty()
    if for_all:
        plan = _plan_for_all(wish, finding, host, parts, store)
    else:
        chosen = _targets(wish, finding, questions)
        allowed = wish.allow_unsigned or (
            asked and questions is not None and _allowed(chosen, host, parts, store, questions)
        )
        plan = installing.prepare(chosen, host, parts, store, unsigned=allowed)
    if wish.all_profiles:
        plan = replace(plan, warnings=(*plan.warnings, *targets.left_out(finding)))
    plan = replace(plan, making=reading.lacking(for_everybody) if plan.parts else None)
    confirm = asked and not wish.yes
    applied = carry_out(plan, store, wish, questions if confirm else None, out)
    if applied:
        settle(host, store)
    if applied and wish.model and not for_everybody:
        path = settings_file(machine.environ, machine.system)
        if choice.choose(choice.named(wish.model), path) and not wish.as_json:
            say(f"From the next start of Firefox on, {plain(wish.model)} captions.", out)
    if applied and plan.changes and not wish.as_json:
        say("Start Firefox again, if it is running.", out)
    return 1 if plan.refused else 0


def host_of(machine: Machine, system: bool = False) -> Host:
    """Return where the host's own files are.

    Args:
        machine: The machine.
        system: For all users, instead of the one who runs this.
    """
    return Host(everyone.folder(machine) if system else machine.data, machine.system)


def _plan_for_all(
    wish: Wish, finding: found.Finding, host: Host, parts: Sources, store: Store
) -> Plan:
    browsers = everyone.browsers(finding, wish.browser)
    if not wish.enterprise:
        return everyone.host_alone(browsers, host, parts, store)
    settings, unsigned = everyone.managed(wish.managed), wish.allow_unsigned
    return everyone.by_policy(browsers, host, parts, store, settings, unsigned=unsigned)


def _require(wish: Wish, out: IO[str]) -> None:
    """See that a model is there; fetch it if it is not, and can be had by its name."""
    assert wish.model
    try:
        catalogue.find(choice.named(wish.model))
    except AltlensError as error:
        from altlens_installer.models import fetching

        if not catalogue.fetchable(wish.model):
            raise ModelUnavailableError(error.detail) from None
        if not wish.dry_run:
            options = fetching.Options(wish.model, system=wish.system or wish.enterprise)
            fetching.install(options, sys.stderr, sys.stderr)
        elif not wish.as_json:
            say(f"The model {plain(wish.model)} would be fetched first.", out)


def _targets(wish: Wish, finding: found.Finding, questions: Questions | None) -> list[Target]:
    if wish.profiles:
        return targets.named(wish.profiles, wish.browser, finding, wish.system)
    listed = targets.listed(wish.browser, finding, wish.system)
    if wish.all_profiles:
        if not listed:
            raise ProfileNotFoundError("No Firefox profile was found; start Firefox once.")
        return listed
    if questions is None:
        raise QuestionUnansweredError("It was not said which profile.")
    return targets.asked(listed, finding, questions)


def _allowed(
    chosen: Sequence[Target], host: Host, parts: Sources, store: Store, questions: Questions
) -> bool:
    weaker = [one for one in chosen if one.unsigned and installing.weakens(one, host, parts, store)]
    if not weaker:
        return False
    names = ", ".join(plain(one.name or str(one.profile)) for one in weaker)
    return questions.agreed(f"{names}: {installing.WEAKER} May it?")


def carry_out(
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
    if questions and (plan.changes or plan.making) and not questions.agreed("Go ahead?"):
        say("Nothing was changed.", out)
        return False
    apply(plan, store, (lambda _step: None) if wish.as_json else telling.progress(out))
    if plan.making:
        told = sys.stderr if wish.as_json else out
        reading.make(wish.system or wish.enterprise, told, sys.stderr)
    if wish.as_json:
        telling.as_json(plan, True, out)
    elif not (plan.changes or plan.making):
        say("altlens was installed already; nothing was changed.", out)
    return True


def uninstall(
    wanted: str | None, *, system: bool, keep_models: bool, purge: bool, out: IO[str]
) -> int:
    """Uninstall from a profile, or from all, and say what was done; return the exit status.

    Args:
        wanted: The name or folder of a profile; None for all.
        system: What was installed for all users, instead of what the user has.
        keep_models: Leave the models that were fetched.
        purge: Take away settings, cache and logs, too.
        out: Where to say it.
    """
    machine = this_machine()
    host = host_of(machine, system)
    outcome = uninstalling.uninstall(host.receipts, wanted, Store(machine.registry))
    if not receipt.owners(host.receipts):
        made = reading.folder(system)
        folders = [] if keep_models else [host.folder / MODELS, made]
        folders += _user_folders(host.folder) if purge else []
        if not (keep_models or system):
            _forget_models(machine)
        outcome.removed += [str(one) for one in folders if files.remove_tree(one)]
        files.remove_empty([host.folder, made.parent])
    telling.outcome(outcome, out)
    if not outcome.removed and not outcome.left:
        where = f"in {plain(wanted)}" if wanted else "anywhere"
        say(f"altlens is not installed {where}.", out)
    return 1 if outcome.left else 0


def _forget_models(machine: Machine) -> None:
    """Leave no settings behind that name a model which goes, too."""
    with suppress(AltlensError):
        choice.forget_installed(settings_file(machine.environ, machine.system))


def _user_folders(own: Path) -> list[Path]:
    """Return the folders of altlens that hold what it has learned, and nothing of others."""
    import platformdirs

    return [
        own / "cache",
        platformdirs.user_config_path("altlens", appauthor=False),
        platformdirs.user_log_path("altlens", appauthor=False),
    ]
