"""What the benchmark keeps from one run to the next, and what it is asked on the command line."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest
from bench import environment, full_size, installed
from bench.__main__ import SECTIONS, main, passed
from contract.tiny_model import build

from altlens_host.errors import ModelBrokenError
from altlens_host.models.catalogue import find
from altlens_host.worker import model_files
from altlens_training.hub import write_checksums


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for models of full size."""
    monkeypatch.setenv("ALTLENS_FULL_SIZE", str(tmp_path / "kept"))
    return tmp_path / "kept"


def test_the_npm_that_sets_the_peers_up_runs() -> None:
    """Without it nobody can set them up who has not done so before."""
    said = subprocess.run([environment.npm(), "--version"], capture_output=True, text=True)

    assert said.returncode == 0, said.stderr
    assert said.stdout.strip()[0].isdigit()


def test_a_model_by_other_code_is_built_anew(kept: Path) -> None:
    """What is there is not believed; and a build that fails leaves nothing to believe."""
    kept.mkdir()
    (kept / "made-by").write_text("other code")

    with pytest.raises(subprocess.CalledProcessError):
        full_size.build(Path("/bin/false"))

    assert not (kept / "made-by").exists()


def test_the_model_is_built_where_altlens_is_not_installed(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The peers' Python has the packages of others, but not ours."""
    python = tmp_path / "python"
    imports = "import altlens_training.cli, altlens_training.finetune_command, altlens_training.hub"
    # Without `site` no editable install is followed.
    python.write_text(f"#!/bin/sh\nexec {sys.executable} -S -c '{imports}'\n")
    python.chmod(0o755)
    monkeypatch.setenv("PYTHONPATH", sysconfig.get_path("purelib"))

    full_size.build(python)

    assert (kept / "made-by").is_file()


def test_two_beams_change_a_copy_and_its_card(kept: Path, tmp_path: Path) -> None:
    """The copy shares its graphs with the model; neither the model nor its card changes."""
    layout = build(tmp_path / "tiny")
    write_checksums(layout, model_id="tiny")
    before = (layout / "generation_config.json").read_bytes()
    kept.mkdir()

    copy = installed.two_beams(layout)

    graphs = [folder / "onnx" / "encoder_model_quantized.onnx" for folder in (layout, copy)]
    assert graphs[0].samefile(graphs[1])
    assert json.loads((copy / "generation_config.json").read_text())["num_beams"] == 2
    assert (layout / "generation_config.json").read_bytes() == before
    assert model_files.check(find(str(copy)))
    assert model_files.check(find(str(layout)))
    (copy / "generation_config.json").write_bytes(before)
    with pytest.raises(ModelBrokenError):
        model_files.check(find(str(copy)))


@pytest.mark.parametrize(
    "arguments",
    [["speed"], ["engines", "--only", "altlens"], ["limits", "--write-docs"],
     ["engines", "--only", "altlens-fast", "--write-docs"]],
)  # fmt: skip
def test_what_cannot_be_measured_is_refused(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Before anything runs; half a table in the document would look like a whole one."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)

    assert ended.value.code == 2
    assert capsys.readouterr().err


def test_every_section_can_be_run_alone() -> None:
    """The names in the documents are those of the command."""
    assert {"limits", "cache", "engines"} <= SECTIONS.keys()


@pytest.mark.parametrize(
    ("limits", "holds"),
    [
        ([{"passed": True, "value": 1.0}], True),
        ([{"passed": True}, {"passed": False, "value": 2.0}], False),
        ([{"passed": False, "value": None}], True),
        ([{"passed": False}], False),
    ],
)
def test_a_limit_that_does_not_hold_fails_the_run(limits: list[Any], holds: bool) -> None:
    """Not so one that was left out by --only."""
    assert passed({"machine": {"load": 1}, "rows": [{"name": "a"}], "some": limits}) is holds
