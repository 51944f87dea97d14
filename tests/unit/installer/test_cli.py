"""The command line itself."""

import io
import json
import subprocess
import sys

import pytest
from support import text_recognizer
from support.installer import ALTLENS, Home

from altlens_installer import cli, dispatch, terminal

HEAVY = {"rich", "platformdirs", "numpy", "PIL", "onnxruntime", "altlens_training", "subprocess"}


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["caption", "--help"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    """That is what keeps it instant."""
    spy = (
        "import sys, json; from altlens_installer.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit as end: print(json.dumps([end.code, sorted(sys.modules)]))"
    )

    ran = subprocess.run(
        [sys.executable, "-c", spy, *arguments], capture_output=True, text=True, check=True
    )

    status, modules = json.loads(ran.stdout.splitlines()[-1])
    assert status == 0
    assert not HEAVY & set(modules)


def test_the_version_is_that_of_the_host(capsys: pytest.CaptureFixture[str]) -> None:
    """One number for all."""
    from altlens_host import __version__

    with pytest.raises(SystemExit) as end:
        cli.main(["--version"])

    assert end.value.code == 0
    assert capsys.readouterr().out == f"altlens {__version__}\n"


@pytest.mark.parametrize(
    "arguments", [[], ["nonsense"], ["caption"], ["install", "--yes=1"], ["eval"]]
)
def test_wrong_usage_ends_with_two(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """And says how it is used, on stderr."""
    with pytest.raises(SystemExit) as end:
        cli.main(arguments)

    assert end.value.code == 2
    assert capsys.readouterr().err.startswith("usage: altlens")


def test_an_error_is_one_line_with_a_hint(home: Home) -> None:
    """Never a traceback."""
    ran = home.run("install", "--profile", "nobody")

    assert ran.returncode == 1
    assert ran.stdout == ""
    (line,) = ran.stderr.splitlines()
    assert line.startswith("altlens: No profile is called 'nobody'.")
    assert "about:profiles" in line


def test_even_a_fault_of_our_own_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the place, for the report."""

    def broken(_given: object) -> int:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(dispatch, "doctor", broken)

    status = cli.main(["doctor"])

    assert status == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "ZeroDivisionError: by zero (test_cli.py:" in line
    assert "report" in line


def test_a_reader_that_goes_away_is_no_fault(home: Home) -> None:
    """Altlens … | head."""
    ran = subprocess.run(
        [sys.executable, "-c", _CLOSED, *ALTLENS, "uninstall"],
        env=home.environment(),
        capture_output=True,
        text=True,
    )

    assert ran.stdout.strip() == "1"
    assert ran.stderr == ""


_CLOSED = """
import os, subprocess, sys
read, write = os.pipe()
os.close(read)
print(subprocess.run(sys.argv[1:], stdout=write).returncode)
"""


def test_installing_says_in_words_what_it_weakens(home: Home) -> None:
    """The user must know it before opening Firefox again."""
    folder = home.profile("a b")

    shared = str(text_recognizer.made())

    ran = home.run("install", "--profile", str(folder), "--allow-unsigned", XDG_DATA_DIRS=shared)
    again = home.run("install", "--profile", str(folder), XDG_DATA_DIRS=shared)
    back = home.run("uninstall")
    nothing = home.run("uninstall")

    assert ran.returncode == 0, ran.stderr
    assert "less safe" in ran.stdout
    assert "nothing was changed" in again.stdout
    assert back.stdout.count("taken back") == 4
    assert nothing.stdout == "altlens is not installed anywhere.\n"
    assert [one.returncode for one in (again, back, nothing)] == [0, 0, 0]


def test_text_from_elsewhere_cannot_drive_the_terminal() -> None:
    """A file name, a caption or an error may hold anything."""
    said = terminal.plain("a\x1b[2Jb\nc\u202ed\udcff")

    assert said == "a\\x1b[2Jb c\\u202ed\\udcff"


def test_a_table_is_readable_in_a_pipe() -> None:
    """No colours, no cut cells."""
    out = io.StringIO()

    terminal.table(("one", "two"), [("a" * 100, "[red]b[/red]")], out)

    assert "\x1b" not in out.getvalue()
    assert "[red]b[/red]" in out.getvalue()
    assert out.getvalue().count("a") == 100


def test_progress_is_a_few_lines_where_there_is_no_terminal() -> None:
    """A screen reader is not told a bar a hundred times."""
    err = io.StringIO()

    passed = list(terminal.counted("captions", iter(range(95)), 95, err))

    lines = err.getvalue().splitlines()
    assert passed == list(range(95))
    assert len(lines) <= 11
    assert lines[-1] == "95 of 95 captions"


class Terminal(io.StringIO):
    """A stream that a person looks at."""

    def isatty(self) -> bool:
        """Say so."""
        return True


@pytest.mark.parametrize("variable", ["NO_COLOR", "ACCESSIBLE", "TERM"])
def test_who_asks_for_words_gets_no_bar(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bar is drawn over and over, and a screen reader reads it each time."""
    for name in ("NO_COLOR", "ACCESSIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    drawn, worded = Terminal(), Terminal()

    list(terminal.counted("captions", iter(range(20)), 20, drawn))
    monkeypatch.setenv(variable, "dumb")
    list(terminal.counted("captions", iter(range(20)), 20, worded))

    assert "\x1b" in drawn.getvalue()
    assert "\x1b" not in worded.getvalue()
    assert worded.getvalue().endswith("20 of 20 captions\n")
