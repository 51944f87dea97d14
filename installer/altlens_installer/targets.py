"""Chooses the profiles that were asked for among those that are there."""

from __future__ import annotations

from collections.abc import Sequence

from altlens_installer import profiles
from altlens_installer.errors import ProfileNotFoundError
from altlens_installer.install import Target
from altlens_installer.places import Places
from altlens_installer.questions import Questions


def listed(here: Places) -> list[tuple[Target, bool]]:
    """Return every profile, and whether a Firefox starts with it."""
    return [(_target(one, here), one.used) for one in profiles.known(here.profiles)]


def named(wanted: Sequence[str], here: Places) -> list[Target]:
    """Return the profiles with these names or folders.

    Raises:
        ProfileNotFoundError: There is none, or a folder is no profile.
        ProfileUnclearError: Several have a name.
    """
    return [_target(profiles.find(one, here.profiles), here) for one in wanted]


def asked(found: Sequence[tuple[Target, bool]], questions: Questions) -> list[Target]:
    """Ask which profiles.

    Raises:
        ProfileNotFoundError: There is none.
        QuestionUnansweredError: Nobody answered.
    """
    if not found:
        raise ProfileNotFoundError("No Firefox profile was found; start Firefox once.")
    options = [
        f"{target.name} in {target.browser}{', which starts with it' if used else ''}"
        for target, used in found
    ]
    usual = next((index for index, (_, used) in enumerate(found) if used), 0)
    question = "Which profiles shall altlens be installed into?"
    return [found[index][0] for index in questions.chosen(question, options, usual)]


def _target(one: profiles.Profile, here: Places) -> Target:
    return Target(one.path, one.name, (str(here.manifest),))
