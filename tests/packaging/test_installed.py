"""The wheel, installed into an environment of its own, does what the checkout does."""

import json
import re
import struct
import subprocess
from pathlib import Path

import pytest
from support.distribution import Installed

Completed = subprocess.CompletedProcess[bytes]

HEAVY = {
    "asyncio",
    "cryptography",
    "huggingface_hub",
    "numpy",
    "onnx",
    "onnxruntime",
    "PIL",
    "tokenizers",
    "torch",
    "transformers",
}
SHOW_HELP_AND_MODULES = """
import sys
from altlens_installer.cli import main
try:
    main(["--help"])
except SystemExit:
    pass
print(*sys.modules, sep="\\n", file=sys.stderr)
"""
HELP_BLOCK = re.compile(r"^```\w*\n\$ (altlens[^\n]* --help)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def run(installed: Installed, *command: str, sent: bytes = b"") -> Completed:
    """Run one of the installed commands to its end."""
    return subprocess.run(
        [installed.command(command[0]), *command[1:]],
        input=sent,
        capture_output=True,
        check=True,
        env=installed.environment() | {"COLUMNS": "80", "NO_COLOR": "1"},
    )


@pytest.mark.parametrize("name", ["altlens", "altlens-host", "altlens-train"])
def test_every_command_explains_itself(installed: Installed, name: str) -> None:
    """Each console script starts, and prints its usage."""
    shown = run(installed, name, "--help").stdout.decode()

    assert shown.startswith(f"usage: {name}")


def test_the_host_welcomes_a_browser(installed: Installed) -> None:
    """Started as Firefox starts it, the host answers hello with the model that ships."""
    hello = {"type": "hello", "id": 7, "versions": [1], "client": "test", "client_version": "0"}
    body = json.dumps(hello).encode()

    said = run(
        installed,
        "altlens-host",
        "altlens.json",
        "altlens@altlens",
        sent=struct.pack("=I", len(body)) + body,
    ).stdout

    (length,) = struct.unpack("=I", said[:4])
    welcome = json.loads(said[4:])
    assert length == len(said) - 4
    assert (welcome["type"], welcome["id"], welcome["version"]) == ("welcome", 7, 1)
    assert "lite" in [model["id"] for model in welcome["models"]]


def test_the_command_line_captions_with_the_model_that_ships(
    installed: Installed, repository: Path
) -> None:
    """A plain install captions a picture at once, with no download."""
    picture = repository / "installer/altlens_installer/demo/pictures/cat.jpg"

    shown = run(installed, "altlens", "caption", str(picture)).stdout.decode()

    assert "cat" in shown.replace(str(picture), "").replace(picture.name, "")


def test_showing_help_loads_nothing_heavy(installed: Installed) -> None:
    """Help and completion are asked for often; they must not wait for numerics or a network."""
    shown = run(installed, "python", "-c", SHOW_HELP_AND_MODULES)

    loaded = set(shown.stderr.decode().split())
    assert "altlens_installer.cli" in loaded
    assert loaded & HEAVY == set()


def test_the_help_in_the_readme_is_what_the_commands_print(
    installed: Installed, repository: Path
) -> None:
    """A reader of the README sees the options that there are.

    Words are compared, not lines: Python releases differ in where argparse breaks them.
    """
    readme = (repository / "README.md").read_text(encoding="utf-8")

    blocks = HELP_BLOCK.findall(readme)

    assert blocks, "README.md shows no `$ altlens … --help` block"
    for command, text in blocks:
        printed = run(installed, *command.split()).stdout.decode()
        assert printed.split() == text.split(), command
