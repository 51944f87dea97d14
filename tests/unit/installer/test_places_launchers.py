"""The launcher of each system: one certain Python, whatever the browser's environment."""

import io
import os
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

from altlens_installer.errors import LauncherMissingError
from altlens_installer.platforms.launchers import executable, launcher

COMMAND = (sys.executable, "-E", "-P", "-m", "altlens_host")
VERSION = f"altlens-host {metadata.version('altlens')}\n"


@pytest.fixture(scope="module")
def made() -> bytes:
    """What pip makes on Windows for the command altlens-host: its own program, and a script."""
    from pip._vendor import distlib

    program = (Path(distlib.__file__).parent / "t64.exe").read_bytes()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("__main__.py", "raise SystemExit('the script of pip')\n")
    return program + b'#!"C:\\old place\\python.exe"\r\n' + archive.getvalue()


def run(path: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program with an environment of its own."""
    return subprocess.run(
        [path, *arguments], env=environment, capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize("system", ["linux", "darwin"])
def test_the_script_runs_in_an_environment_that_would_lead_elsewhere(
    tmp_path: Path, system: str
) -> None:
    """A desktop session's PATH without any Python, and another's settings."""
    path, data = launcher("linux" if system == "linux" else "darwin", COMMAND, tmp_path)
    path.write_bytes(data)
    path.chmod(0o755)

    ran = run(path, "--version", PATH="/nowhere", PYTHONPATH="/nowhere", PYTHONHOME="/nowhere")

    assert (path, ran.stdout, ran.stderr) == (tmp_path / "altlens-host", VERSION, "")


def test_it_survives_a_home_that_is_moved_behind_its_link(tmp_path: Path) -> None:
    """/home/someone is often a link to another disk: its name is what is baked in."""
    (tmp_path / "disk1").mkdir()
    home = tmp_path / "home"
    home.symlink_to("disk1")
    python = home / "venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    path, data = launcher("linux", (str(python), *COMMAND[1:]), home)
    path.write_bytes(data)
    path.chmod(0o755)

    (tmp_path / "disk1").rename(tmp_path / "disk2")
    home.unlink()
    home.symlink_to("disk2")

    assert run(path, "--version").stdout == VERSION


@pytest.mark.parametrize("place", ["", "Scripts"])
def test_on_windows_it_is_the_exe_of_pip_with_our_line(
    tmp_path: Path, made: bytes, place: str
) -> None:
    """In a virtual environment, and in a whole Python."""
    python = tmp_path / "A b" / "python.exe"
    (python.parent / place).mkdir(parents=True)
    (python.parent / place / "altlens-host.exe").write_bytes(made)

    path, data = launcher("win32", (str(python), *COMMAND[1:]), tmp_path / "own")

    assert path == tmp_path / "own/altlens-host.exe"
    program = made[: made.index(b'#!"C:')]
    assert data.startswith(program + f'#!"{python}" -E -P\r\n'.encode() + b"PK")


@pytest.mark.parametrize("arguments", [(), ("--model", "C:\\Ünï\\it's a model")])
def test_what_is_behind_the_exe_starts_the_host(
    tmp_path: Path, made: bytes, arguments: tuple[str, ...]
) -> None:
    """Python runs the archive at its end, as the program does on Windows."""
    path = tmp_path / "altlens-host.exe"
    path.write_bytes(executable(made, (*COMMAND, *arguments)))

    ran = subprocess.run(
        [sys.executable, "-E", "-P", path, "--version"],
        env={**os.environ, "PYTHONPATH": "/nowhere"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert (ran.stdout, ran.stderr) == (VERSION, "")
    with zipfile.ZipFile(path) as packed:
        assert repr(list(arguments)) in packed.read("__main__.py").decode()


def test_the_same_command_makes_the_same_bytes(made: bytes) -> None:
    """Installed twice is installed once."""
    once = executable(made, COMMAND)

    assert executable(made, COMMAND) == once
    assert executable(once, COMMAND) == once


@pytest.mark.parametrize("other", [b"MZ" + b"x" * 500, b"MZ#!python\nPK\5\6", b""])
def test_an_exe_of_another_kind_is_taken_as_it_is(other: bytes) -> None:
    """That of uv, which cannot carry what the host is to be told."""
    assert executable(other, COMMAND) == other
    with pytest.raises(LauncherMissingError, match="--model x"):
        executable(other, (*COMMAND, "--model", "x"))


def test_without_an_exe_it_says_so(tmp_path: Path) -> None:
    """An installation from a checkout on Windows, for example."""
    with pytest.raises(LauncherMissingError, match=r"no altlens-host\.exe beside"):
        launcher("win32", (str(tmp_path / "python.exe"), *COMMAND[1:]), tmp_path)
