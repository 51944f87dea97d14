"""Chooses the profiles that were asked for among those that are there."""

from __future__ import annotations

from collections.abc import Sequence

from altlens_installer.errors import ProfileNotFoundError
from altlens_installer.finding.browser import Browser
from altlens_installer.finding.found import Finding
from altlens_installer.finding.profiles import Profile
from altlens_installer.install import Target
from altlens_installer.platforms import manifests
from altlens_installer.questions import Questions
from altlens_installer.terminal import say


def named(
    wanted: Sequence[str], browser: str | None, finding: Finding, system: bool
) -> list[Target]:
    """Return the profiles with these names or folders.

    Args:
        wanted: Names or folders.
        browser: The key of a browser; None for any.
        finding: What is there.
        system: Whether the host is to be found by all users.

    Raises:
        ProfileNotFoundError: There is none, or a folder is no profile, or of another browser.
        ProfileUnclearError: Several have a name.
        BrowserNotFoundError: There is no such browser.
        BrowserRefusedError: altlens is not installed into it.
    """
    found = listed(browser, finding, system)
    return list(dict.fromkeys(_named(one, browser, found, finding, system) for one in wanted))


def listed(browser: str | None, finding: Finding, system: bool) -> list[Target]:
    """Return every profile of a browser, or of all, those first that one starts with.

    Raises:
        BrowserNotFoundError: There is no such browser.
        BrowserRefusedError: altlens is not installed into it.
    """
    profiles = finding.profiles if browser is None else finding.profiles_of(browser)
    ordered = sorted(profiles, key=lambda one: not one.used)
    return [_target(one, finding, system) for one in ordered if one.path.is_dir()]


def left_out(finding: Finding) -> list[str]:
    """Say which browsers are there that altlens is not installed into, and why."""
    return [f"{one.name} is left out: {one.refusal}" for one in finding.browsers if one.refusal]


def asked(found: Sequence[Target], finding: Finding, questions: Questions) -> list[Target]:
    """Ask which profiles.

    Raises:
        ProfileNotFoundError: There is none.
        QuestionUnansweredError: Nobody answered.
    """
    for line in left_out(finding):
        say(line, questions.out)
    if not found:
        raise ProfileNotFoundError("No Firefox profile was found; start Firefox once.")
    used = {one.path for one in finding.profiles if one.used}
    options = [
        f"{one.name}, in {one.browser}{', which starts with it' if one.profile in used else ''}"
        for one in found
    ]
    question = "Which profiles shall altlens be installed into?"
    return [found[index] for index in questions.chosen(question, options)]


def _named(
    wanted: str, browser: str | None, found: Sequence[Target], finding: Finding, system: bool
) -> Target:
    if browser is not None:
        same = [one for one in found if one.name == wanted]
        if len(same) == 1:
            return same[0]
    profile = finding.profile(wanted)
    if browser is None:
        return _target(profile, finding, system)
    of_browser = {one.profile for one in found}
    if profile.lists is not None and profile.path not in of_browser:
        raise ProfileNotFoundError(f"{wanted!r} is no profile of {browser!r}.")
    keyed = next(one for one in finding.browsers if one.key.startswith(browser))
    return _of_browser(profile, keyed, system)


def _target(profile: Profile, finding: Finding, system: bool) -> Target:
    browser = finding.browser_of(profile)
    if browser is None:
        return Target(profile.path, profile.name, manifests.usual(finding.machine, system))
    return _of_browser(profile, browser, system)


def _of_browser(profile: Profile, browser: Browser, system: bool) -> Target:
    places = browser.system_manifests if system else browser.user_manifests
    return Target(profile.path, profile.name, places, browser.name, browser.unsigned)
