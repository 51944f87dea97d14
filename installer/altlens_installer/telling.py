"""Says what a plan is, what is being done, and what was taken back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import IO

from altlens_installer.plan import Plan, Step
from altlens_installer.terminal import plain, say
from altlens_installer.uninstall import Outcome

_DONE = {"write": "written", "replace": "replaced", "edit": "changed"}


def plan(told: Plan, out: IO[str]) -> None:
    """Print a plan: each step, what is left out, and what the user must know."""
    for step in told.steps:
        one = step.wanted
        say(f"{step.change:9}  {plain(one.place)}", out)
        if step.change != "unchanged":
            say(f"           the {one.what}: {one.why}; {step.undo}", out)
        if one.conflict:
            say(f"           conflict: {plain(one.conflict.detail)}", out)
    if told.making:
        say(f"make       {plain(told.making.place)}", out)
        say(f"           the {told.making.what}: {told.making.why}; uninstalling removes it", out)
    for refusal in told.refused:
        say(f"refused    {plain(refusal.where)}", out)
        say(f"           {plain(refusal.error.detail)} {refusal.error.hint}", out)
    for warning in told.warnings:
        say(warning, out)


def as_json(told: Plan, applied: bool, out: IO[str]) -> None:
    """Print a plan for a program to read."""
    say(json.dumps({**told.described(), "applied": applied}, indent=2), out)


def progress(out: IO[str]) -> Callable[[Step], None]:
    """Return what prints each step once it is done: a line, which needs no terminal."""

    def told(step: Step) -> None:
        if step.change != "unchanged":
            say(f"{_DONE[step.change]:9}  {plain(step.wanted.place)}", out)

    return told


def outcome(told: Outcome, out: IO[str]) -> None:
    """Print what an uninstallation did."""
    for place in told.removed:
        say(f"taken back  {plain(place)}", out)
    for reason in told.left:
        say(f"left        {plain(reason)}", out)
    for profile, names in told.remembered.items():
        say(
            f"Firefox remembers by itself, in {plain(str(profile))}, what altlens needed. "
            f"Open about:config in that profile and reset {' and '.join(names)}.",
            out,
        )
