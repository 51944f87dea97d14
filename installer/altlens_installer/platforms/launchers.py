"""The program that a browser starts, on each system.

A script with the interpreter's absolute path, or on Windows an .exe: Firefox starts that without
the shell that a .bat needs, with its window and its rules for quoting. The .exe is the one that
pip made for the command "altlens-host", with another first line and another script behind it.
"""

from __future__ import annotations

import io
import struct
import sysconfig
import zipfile
from collections.abc import Sequence
from pathlib import Path

from altlens_installer import files
from altlens_installer.errors import LauncherMissingError
from altlens_installer.finding.machine import System
from altlens_installer.launcher import render

_NAME = "altlens-host"
_END = b"PK\x05\x06"


def launcher(system: System, command: Sequence[str], folder: Path) -> tuple[Path, bytes]:
    """Return where the launcher belongs, and its bytes.

    Args:
        system: As `sys.platform` has it.
        command: How the host is started: the interpreter's absolute path, its options, "-m", the
            module, and the host's own arguments.
        folder: The folder that altlens has to itself.

    Raises:
        LauncherMissingError: Windows, and pip's .exe is not with the interpreter, or is not one
            that can be told what `command` says.
    """
    if system != "win32":
        return folder / _NAME, render(command)
    name = f"{_NAME}.exe"
    made = next((data for one in _scripts(command[0]) if (data := files.read(one / name))), None)
    if made is None:
        raise LauncherMissingError(f"There is no {name} beside {command[0]}.")
    return folder / name, executable(made, command)


def _scripts(python: str) -> tuple[Path, ...]:
    """Return the folders for commands: of a virtual environment, of a whole Python, of a user."""
    beside = Path(python).parent
    own = sysconfig.get_path("scripts", sysconfig.get_preferred_scheme("user"))
    return (beside, beside / "Scripts", Path(own))


def executable(made: bytes, command: Sequence[str]) -> bytes:
    """Return an .exe that starts the host as a command says.

    Such a file is a program, a line that begins with "#!" and names the interpreter, and an
    archive with the script __main__.py (distlib, "The distlib.scripts module").

    Args:
        made: The one that pip made for the command "altlens-host".
        command: As `launcher` has it.

    Raises:
        LauncherMissingError: It is made in another way. Such a one is taken as it is, unless the
            host has arguments.
    """
    module = command.index("-m")
    python, options, arguments = command[0], command[1:module], list(command[module + 2 :])
    program = _program(made)
    if program is None:
        if arguments:
            detail = f"This installation's {_NAME}.exe cannot be told {' '.join(arguments)}."
            raise LauncherMissingError(detail)
        return made
    line = f'#!"{python}" {" ".join(options)}\r\n'.encode()
    script = (
        "import sys\n"
        f"sys.argv[1:1] = {arguments!r}\n"
        f"from {command[module + 1]}.__main__ import main\n"
        "sys.exit(main())\n"
    )
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr(zipfile.ZipInfo("__main__.py"), script)
    return program + line + archive.getvalue()


def _program(made: bytes) -> bytes | None:
    """Return what comes before the line and the archive; None if there are no such."""
    end = made.rfind(_END)
    if end < 0 or len(made) < end + 22:
        return None
    size, offset = struct.unpack_from("<II", made, end + 12)
    begin = end - size - offset
    line = made.rfind(b"#!", 0, max(begin, 0))
    if line < 0 or made.find(b"\n", line) + 1 != begin:
        return None
    return made[:line]
