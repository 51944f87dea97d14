"""altlens demo: shows altlens at work, in a real Firefox where there is one."""

from __future__ import annotations

import importlib
import os
from collections.abc import Sequence
from typing import IO

from altlens_host.models import catalogue
from altlens_installer.commands import sources
from altlens_installer.demo import firefox, judge, marionette, site, stdio
from altlens_installer.errors import FirefoxError, NoDisplayError
from altlens_installer.models import choice
from altlens_installer.terminal import say, table

_FIRST_SECONDS = 180.0
"""For the first page: the model is loaded, and one slow processor captions them all."""


def demo(headless: bool, named: str | None, model: str | None, out: IO[str]) -> int:
    """Run the demonstration.

    Args:
        headless: Drive Firefox and print what a screen reader hears, instead of opening a window.
        named: The Firefox to use; None for the one on PATH.
        model: The model's name or folder; None for the one in use.
        out: Where the report goes.

    Returns:
        0 if the captions make sense, or when the visible Firefox was closed; otherwise 1.

    Raises:
        FirefoxError: Firefox cannot be started or driven.
        InstallerError: The host fails.
        ModelMissingError: There is no such model.
    """
    pictures = judge.load()
    # By its folder: the demonstration has a home of its own, in which no model is installed.
    model = str(catalogue.find(choice.named(model or choice.chosen())).path)
    program = firefox.find(named)
    if not headless:
        return _visible(program, pictures, model, out)
    missing = _missing(program)
    if missing:
        say(f"{missing} The host is driven over stdio, as Firefox does it.", out)
        heard, exchanged, heard_then = stdio.listen(pictures, model)
    else:
        heard, exchanged, heard_then = _headless(str(program), pictures, model)
    _print(pictures, heard, out)
    right = sum(judge.hits(heard.get(one.id, ""), one.nouns) for one in pictures)
    say(f"{right} of {len(pictures)} captions name what their picture shows.", out)
    faults = judge.faults(pictures, heard, exchanged, heard_then)
    for fault in faults:
        say(f"Wrong: {fault}.", out)
    if exchanged and not faults:
        say(f"Exchanging {' and '.join(exchanged)} exchanged their captions.", out)
    where = "over stdio, without Firefox" if missing else "in Firefox's accessibility tree"
    say(f"{'Not well' if faults else 'All well'}: read {where}.", out)
    return 1 if faults else 0


def _missing(program: str | None) -> str:
    if program is None:
        return "No Firefox was found on this machine."
    try:
        importlib.import_module("marionette_driver.marionette")
    except ImportError as error:
        return f"Firefox is here, but not what drives it ({error}): pip install 'altlens[demo]'."
    return ""


def _headless(
    program: str, pictures: Sequence[judge.Picture], model: str | None
) -> tuple[judge.Heard, tuple[str, str] | None, judge.Heard]:
    ids = [picture.id for picture in pictures]
    with (
        site.serve(pictures) as address,
        firefox.home(sources(model)) as home,
        marionette.driven(program, home) as session,
    ):
        marionette.require_extension(session)
        heard = marionette.listen(session, f"{address}/", ids, _FIRST_SECONDS)
        exchanged = judge.pair(pictures, heard)
        if exchanged is None:
            return heard, None, {}
        one, other = exchanged
        again = f"{address}/exchanged/{one}/{other}"
        return heard, exchanged, marionette.listen(session, again, ids, _FIRST_SECONDS)


def _visible(
    program: str | None, pictures: Sequence[judge.Picture], model: str | None, out: IO[str]
) -> int:
    if program is None:
        raise FirefoxError("No Firefox was found on this machine.")
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise NoDisplayError("There is no display to open a window on.")
    with site.serve(pictures) as address, firefox.home(sources(model)) as home:
        say("Firefox opens with a profile of its own. Close it to end the demonstration.", out)
        out.flush()
        with firefox.started(program, home, f"{address}/") as process:
            status = process.wait()
    if status:
        raise FirefoxError(f"Firefox ended with exit status {status}.")
    return 0


def _print(pictures: Sequence[judge.Picture], heard: judge.Heard, out: IO[str]) -> None:
    rows = [
        (
            picture.id,
            heard.get(picture.id) or "(nothing)",
            "ok" if judge.hits(heard.get(picture.id, ""), picture.nouns) else "miss",
            f"{picture.source}, {picture.licence}",
        )
        for picture in pictures
    ]
    columns = ("picture", "what a screen reader now hears", "", "source and licence")
    table(columns, rows, out)
