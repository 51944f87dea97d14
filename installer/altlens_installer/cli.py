"""The altlens command. Each command imports what it needs when it runs: --help is instant."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from altlens_host import __version__
from altlens_host.errors import AltlensError


def main(argv: Sequence[str] | None = None) -> int:
    """Run the altlens command.

    Args:
        argv: The arguments without the program's name; None for the process's.

    Returns:
        The exit status: 0 well, 1 an error, 2 wrong usage; doctor has its own.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    parser = build_parser()
    given = parser.parse_args(argv)
    run: Callable[[argparse.Namespace], int] = given.run
    try:
        status = run(given)
        sys.stdout.flush()
        return status
    except AltlensError as error:
        return _fail(error.detail, error.hint)
    except BrokenPipeError:
        # The reader of our output has gone; Python would complain again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return _fail("Stopped.", "")
    except Exception as error:  # a user cannot use a traceback
        found = error.__traceback__
        while found and found.tb_next:
            found = found.tb_next
        place = f"{Path(found.tb_frame.f_code.co_filename).name}:{found.tb_lineno}" if found else ""
        detail = f"{type(error).__name__}: {error} ({place})."
        return _fail(detail, "This is a fault of altlens itself. Please report it.")


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="altlens",
        description="Alt text for every image on the web, made on your own machine, in Firefox.",
    )
    parser.add_argument("--version", action="version", version=f"altlens {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    one = _command(commands, "install", _install, "put altlens into a Firefox profile")
    one.add_argument(
        "--profile", required=True, metavar="NAME|PATH", help="the profile's name or its folder"
    )

    one = _command(commands, "uninstall", _uninstall, "take altlens out again")
    one.add_argument(
        "--profile", metavar="NAME|PATH", help="the profile's name or folder (all if not given)"
    )

    one = _command(commands, "caption", _caption, "say what picture files show")
    one.add_argument("files", nargs="+", metavar="FILE", help="a JPEG or PNG")
    one.add_argument("--json", action="store_true", help="one JSON object a line")
    _model(one)

    one = _command(commands, "eval", _evaluate, "measure captions against people's")
    one.add_argument(
        "--data", metavar="FILE.jsonl|DIR", help='lines of {"image", "captions"}; a folder of such'
    )
    one.add_argument("--json", action="store_true", help="one JSON object")
    how = one.add_mutually_exclusive_group()
    how.add_argument(
        "--raw-references", action="store_true", help="compare with people's captions as they are"
    )
    how.add_argument(
        "--baselines",
        action="store_true",
        help="compare with chance, neighbours and people on the test photographs of the folder "
        "that lite is trained from, and judge drawn pictures",
    )
    one.add_argument(
        "--drawn",
        type=_positive,
        default=100,
        metavar="N",
        help="with --baselines: how many pictures to draw of each kind (100)",
    )
    _model(one)

    one = _command(commands, "doctor", _doctor, "find out what is wrong, and how to mend it")
    one.add_argument("--profile", metavar="NAME|PATH", help="the profile (all if not given)")
    one.add_argument("--json", action="store_true", help="a JSON list")

    one = _command(commands, "demo", _demo, "show altlens at work on a page of photographs")
    one.add_argument(
        "--headless", action="store_true", help="no window: print what a screen reader hears"
    )
    one.add_argument("--firefox", metavar="PATH", help="the Firefox to use")
    _model(one)
    return parser


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    run: Callable[[argparse.Namespace], int],
    text: str,
) -> argparse.ArgumentParser:
    made = commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
    made.set_defaults(run=run, parser=made)
    return made


def _model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", metavar="M", help="a model's name, or its folder")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _fail(detail: str, hint: str) -> int:
    print(f"altlens: {detail} {hint}".rstrip(), file=sys.stderr)
    return 1


def _install(given: argparse.Namespace) -> int:
    from altlens_installer import commands

    return commands.install(given.profile, sys.stdout)


def _uninstall(given: argparse.Namespace) -> int:
    from altlens_installer import commands

    return commands.uninstall(given.profile, sys.stdout)


def _caption(given: argparse.Namespace) -> int:
    from altlens_installer import caption

    return caption.caption(given.files, given.model, given.json, sys.stdout, sys.stderr)


def _evaluate(given: argparse.Namespace) -> int:
    from altlens_installer import baselines, evaluate

    if given.baselines:
        data = Path(given.data) if given.data else None
        return baselines.baselines(data, given.model, given.drawn, given.json, sys.stdout)
    if not given.data:
        given.parser.error("one of --data and --baselines is needed")
    return evaluate.evaluate(
        Path(given.data), given.model, given.raw_references, given.json, sys.stdout
    )


def _doctor(given: argparse.Namespace) -> int:
    from altlens_installer.doctor import report

    return report.doctor(given.profile, given.json, sys.stdout)


def _demo(given: argparse.Namespace) -> int:
    from altlens_installer.demo import run

    return run.demo(given.headless, given.firefox, given.model, sys.stdout)
