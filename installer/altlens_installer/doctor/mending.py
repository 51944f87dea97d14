"""The commands that mend, as they are pasted into the user's shell."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from contextlib import suppress
from importlib.metadata import Distribution, requires
from pathlib import Path

from altlens_installer.doctor.finding import Installation, Patient


def quoted(*words: str | Path) -> str:
    """Return a command line for the shell of this system."""
    told = [str(word) for word in words]
    return subprocess.list2cmdline(told) if sys.platform == "win32" else shlex.join(told)


def altlens(*arguments: str | Path) -> str:
    """Return how altlens is called here: by its name, where that leads to this one."""
    called = Path(sys.argv[0])
    found = shutil.which("altlens")
    elsewhere = not found or not called.is_file() or not Path(found).samefile(called)
    return quoted(called if called.stem == "altlens" and elsewhere else "altlens", *arguments)


def install_into(one: Installation, *options: str) -> str:
    """Return the command that installs altlens into a profile, with more options."""
    return altlens("install", "--profile", one.profile, *options)


def install(patient: Patient, *options: str) -> str:
    """Return the command that installs altlens, again or for the first time."""
    if patient.installations:
        return install_into(patient.installations[0], *options)
    return altlens("install", *options)


def aside(path: Path) -> str:
    """Return the command that moves a file out of the way."""
    return quoted("move" if sys.platform == "win32" else "mv", path, f"{path}.old")


def away(path: Path, then: str) -> str:
    """Return the command that moves a file out of the way and runs another."""
    return f"{aside(path)} && {then}"


def permit(path: Path, mode: str) -> str:
    """Return the command that gives the user a right to a file or folder.

    Args:
        path: The file or folder.
        mode: The right, in the words of chmod; on Windows all rights are given.
    """
    if sys.platform == "win32":
        command = quoted("icacls", path, "/grant", f"{os.environ.get('USERNAME', '')}:F")
    elif path.stat().st_uid == os.getuid():
        command = quoted("chmod", mode, path)
    else:
        command = quoted("sudo", "chown", str(os.getuid()), path)
    return command


def reinstall(python: str = sys.executable, prefix: Path = Path(sys.prefix)) -> str:
    """Return the command that installs this package anew, by the tool that installed it.

    pipx and uv leave a file of their own in the environment; PEP 610 says where a package that
    comes from no index came from.

    Args:
        python: The interpreter of the environment.
        prefix: The environment's folder.
    """
    if (prefix / "pipx_metadata.json").is_file():
        return "pipx reinstall altlens"
    if (prefix / "uv-receipt.toml").is_file():
        return (
            "uv tool upgrade --reinstall --no-cache altlens"  # its cache shares files by hard links
        )
    origin: list[str] = ["altlens"]
    with suppress(Exception):  # whatever this says, it only makes the command better
        told = json.loads(Distribution.from_name("altlens").read_text("direct_url.json") or "")
        editable = told.get("dir_info", {}).get("editable", False)
        origin = ["--editable", told["url"]] if editable else [told["url"]]
    return quoted(python, "-m", "pip", "install", "--force-reinstall", *origin)


def over(package: str, python: str, prefix: Path = Path(sys.prefix)) -> str:
    """Return the command that lays a build of onnxruntime over the one for the processor.

    All builds put their files into one folder, and the last one installed counts.

    Args:
        package: The build.
        python: The interpreter of the environment.
        prefix: The environment's folder.
    """
    if (prefix / "uv-receipt.toml").is_file():
        return quoted(
            "uv", "pip", "install", "--python", python, "--reinstall", "--no-deps", package
        )
    return quoted(python, "-m", "pip", "install", "--force-reinstall", "--no-deps", package)


def with_extra(
    name: str, python: str, *, again: bool = False, prefix: Path = Path(sys.prefix)
) -> str:
    """Return the command that installs what an extra of this package brings, beside it.

    Args:
        name: The extra.
        python: The interpreter of the environment.
        again: Install it over what is there.
        prefix: The environment's folder.
    """
    needed = (one.partition(";") for one in requires("altlens") or ())
    brings = [
        what.strip() for what, _, when in needed if when.split() == ["extra", "==", f"'{name}'"]
    ]
    if (prefix / "pipx_metadata.json").is_file():
        return quoted("pipx", "inject", *(["--force"] if again else []), "altlens", *brings)
    tool = [python, "-m", "pip", "install", *(["--force-reinstall"] if again else [])]
    if (prefix / "uv-receipt.toml").is_file():
        tool = ["uv", "pip", "install", "--python", python, *(["--reinstall"] if again else [])]
    return quoted(*tool, *brings)


def with_python(version: str, prefix: Path = Path(sys.prefix)) -> str:
    """Return the command that installs altlens under another Python."""
    if (prefix / "uv-receipt.toml").is_file():
        return f"uv tool install --reinstall --python {version} altlens"
    return f"pipx install --force --python python{version} altlens"
