"""What `make dist` makes, besides what wheel and sdist hold."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from support.distribution import Built, make_dist

from altlens_host import __version__

NOT_THE_CHECKOUT = shutil.ignore_patterns(".venv", ".git", "node_modules", ".*_cache", "dist")


def test_the_same_sources_give_the_same_bytes(
    built: Built, repository: Path, tmp_path: Path
) -> None:
    """Anyone can build a release again and compare: elsewhere, later, with another umask."""
    copy = tmp_path / "elsewhere"
    shutil.copytree(repository, copy, ignore=NOT_THE_CHECKOUT)
    for path in copy.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
        path.chmod(path.stat().st_mode & 0o700)
    code = os.pathsep.join(str(copy / part) for part in ("host", "installer"))

    again = make_dist(copy, tmp_path / "dist", PYTHONPATH=code, TZ="Asia/Tokyo")

    for one, other in zip(vars(built).values(), vars(again).values(), strict=True):
        assert one.name == other.name
        assert one.read_bytes() == other.read_bytes(), one.name


def test_the_sums_are_those_of_every_file(built: Built) -> None:
    """In the form that `sha256sum --check` takes."""
    listed = dict(line.split()[::-1] for line in built.sums.read_text().splitlines())

    files = [path for path in built.sums.parent.iterdir() if path != built.sums]
    assert listed == {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_bill_of_materials_lists_what_a_user_gets(built: Built, repository: Path) -> None:
    """Every package that a plain install needs, directly or not, and the model's files."""
    bill = json.loads(built.sbom.read_text())

    whole = bill["metadata"]["component"]
    parts = {one["name"]: one for one in bill["components"]}
    needed = {one["ref"]: set(one.get("dependsOn", ())) for one in bill["dependencies"]}
    assert (bill["bomFormat"], whole["name"]) == ("CycloneDX", "altlens")
    assert whole["hashes"][0]["content"] == hashlib.sha256(built.wheel.read_bytes()).hexdigest()
    assert parts["numpy"]["purl"] == f"pkg:pypi/numpy@{version('numpy')}"
    assert f"cryptography@{version('cryptography')}" in needed[whole["bom-ref"]]
    assert f"cffi@{version('cffi')}" in needed[f"cryptography@{version('cryptography')}"]
    assert not {"pytest", "ruff", "torch", "marionette-driver"} & set(parts)
    card = repository / "host/altlens_host/models/embedded/lite/altlens.json"
    declared = json.loads(card.read_text())["files"]
    hashes = {one["name"]: one["hashes"][0]["content"] for one in parts["lite"]["components"]}
    assert {name: hashes[name] for name in declared} == {
        name: one["sha256"] for name, one in declared.items()
    }


def test_the_bill_of_materials_is_valid_cyclonedx(built: Built) -> None:
    """Read back by the library that knows the format."""
    from cyclonedx.model.bom import Bom

    bill = Bom.from_json(json.loads(built.sbom.read_text()))

    assert bill.validate()


def test_all_parts_have_one_version(repository: Path, built: Built) -> None:
    """Package, extension and the tools' own file are released together."""
    extension = json.loads((repository / "extension/manifest.json").read_text())["version"]
    tools = json.loads((repository / "package.json").read_text())["version"]

    assert {extension, tools, version("altlens")} == {__version__}
    assert all(__version__ in one.name for one in (built.wheel, built.sdist, built.xpi))


def test_the_manual_page_says_what_the_command_says(repository: Path) -> None:
    """After a change of the command line it is written anew, with `make man`.

    Words are compared, not lines: Python releases differ in where argparse breaks them.
    """
    written = (repository / "docs/man/altlens.1").read_text(encoding="utf-8")

    fresh = subprocess.check_output(
        [repository / ".ci/build-man", Path(sys.prefix, "bin")], text=True
    )

    assert _words(written) == _words(fresh), "run: make man"


def _words(page: str) -> list[str]:
    return re.sub(r"\\f.|[^\w.-]", " ", page).split()


@pytest.mark.parametrize("wanted", ["1.2.0", "Unreleased"])
def test_release_notes_are_cut_from_the_changelog(
    wanted: str, repository: Path, tmp_path: Path
) -> None:
    """One version's section alone, without its heading and without the links at the end."""
    (tmp_path / ".ci").mkdir()
    script = shutil.copy(repository / ".ci/release-notes", tmp_path / ".ci")
    (tmp_path / "CHANGELOG.md").write_text(
        "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- Unreleased one.\n\n"
        "## [1.2.0] - 2031-02-03\n\n### Added\n\n- 1.2.0 one.\n\n## [1.1.0] - 2030-01-01\n\n"
        "- older.\n\n[1.2.0]: somewhere\n"
    )

    notes = subprocess.check_output([sys.executable, script, wanted], text=True)

    assert notes == f"### Added\n\n- {wanted} one.\n"


def test_a_version_without_a_word_in_the_changelog_is_no_release(repository: Path) -> None:
    """Nobody is left to guess what has changed."""
    ran = subprocess.run(
        [sys.executable, repository / ".ci/release-notes", "9.9.9"], capture_output=True, text=True
    )

    assert ran.returncode == 1
    assert "says nothing about 9.9.9" in ran.stderr
