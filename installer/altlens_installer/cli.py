"""The altlens command."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from altlens_host.errors import AltlensError
from altlens_installer.arguments import build_parser


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


def _fail(detail: str, hint: str) -> int:
    print(f"altlens: {detail} {hint}".rstrip(), file=sys.stderr)
    return 1
