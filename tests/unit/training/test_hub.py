"""The card beside a model: what it declares, and what it leaves to others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from altlens_training.hub import write_checksums


@pytest.mark.parametrize("name", ["golden.json", "calibration.json"])
def test_what_was_found_out_about_an_earlier_revision_is_not_declared(
    tmp_path: Path, name: str
) -> None:
    """Nor does it change the revision: it is no part of the model."""
    (tmp_path / "config.json").write_text("{}")
    write_checksums(tmp_path)
    before = json.loads((tmp_path / "altlens.json").read_text())

    (tmp_path / name).write_text("{}")
    write_checksums(tmp_path)

    assert json.loads((tmp_path / "altlens.json").read_text()) == before
    assert set(before["files"]) == {"config.json"}
