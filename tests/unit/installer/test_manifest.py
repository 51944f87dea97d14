"""The native manifest and the launcher."""

import json
import subprocess
from pathlib import Path

import pytest

from altlens_installer import launcher, manifest
from altlens_installer.errors import ResourceMissingError


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program that can be run."""
    path = tmp_path / "program"
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_the_manifest_is_what_firefox_asks_for(repository: Path, program: Path) -> None:
    """MDN, Native manifests: these five fields."""
    made = json.loads(manifest.render(repository / "manifests", program))

    assert made.pop("description")
    assert made == {
        "name": "altlens",
        "path": str(program),
        "type": "stdio",
        "allowed_extensions": ["altlens@altlens"],
    }


def test_the_id_is_that_of_the_extension(repository: Path) -> None:
    """Otherwise Firefox says only 'No such native application'."""
    made = json.loads((repository / "extension/manifest.json").read_text())

    assert made["browser_specific_settings"]["gecko"]["id"] == manifest.EXTENSION_ID


def test_no_template_is_an_error_with_a_code(tmp_path: Path) -> None:
    """A damaged installation says so."""
    with pytest.raises(ResourceMissingError):
        manifest.render(tmp_path, tmp_path / "program")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"name": "other"}, "name"),
        ({"type": "pkcs11"}, "type"),
        ({"allowed_extensions": ["x@x"]}, "allow"),
        ({"allowed_extensions": "altlens@altlens"}, "allow"),
        ({"path": "program"}, "absolute"),
        ({"path": 5}, "absolute"),
        ({"path": "/nowhere/at/all"}, "no file"),
        ({"path": "/etc/passwd"}, "not executable"),
    ],
)
def test_each_fault_is_named_and_only_it(
    repository: Path, program: Path, change: dict[str, object], fault: str
) -> None:
    """One sentence that says what to look at."""
    good = json.loads(manifest.render(repository / "manifests", program))

    assert manifest.faults(json.dumps(good).encode()) == []
    (found,) = manifest.faults(json.dumps(good | change).encode())
    assert fault in found


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff"])
def test_what_is_no_json_object_is_named(body: bytes) -> None:
    """Half a file after a crash of something else, for example."""
    assert len(manifest.faults(body)) == 1


@pytest.mark.parametrize("name", ["plain", "a b", "it's", 'q"uote', "$HOME", "ü;rm -rf", "-x", "#"])
def test_the_launcher_runs_an_interpreter_with_any_name(tmp_path: Path, name: str) -> None:
    """Nothing in the path is understood by the shell, and every argument arrives."""
    interpreter = tmp_path / name
    interpreter.write_text('#!/bin/sh\nprintf "%s|" "$@"\n')
    interpreter.chmod(0o755)
    script = tmp_path / "launcher of it"
    script.write_bytes(launcher.render((str(interpreter), *launcher.ARGUMENTS)))
    script.chmod(0o755)

    ran = subprocess.run(
        [script, "a manifest.json", "altlens@altlens"], env={}, capture_output=True, text=True
    )

    assert ran.stdout == "-E|-P|-m|altlens_host|a manifest.json|altlens@altlens|", ran.stderr
