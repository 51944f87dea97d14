"""Every model and layout that the contract is held against."""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from contract import tiny_torch
from contract.tiny_model import LAYOUTS, build
from contract.trained_model import unpack

from altlens_host.models.catalogue import find

TRAINED = {
    "trained, q8 merged": ("encoder_model_quantized", "decoder_model_merged_quantized"),
    "trained, fp32 merged": ("encoder_model", "decoder_model_merged"),
    "trained, q8 in two": (
        "encoder_model_quantized",
        "decoder_model_quantized",
        "decoder_with_past_model_quantized",
    ),
    "trained, q8 without a past": ("encoder_model_quantized", "decoder_model_quantized"),
}
"""Which of the fixture's graphs are left in the folder."""

PREPARED = {"trained, prepared": "q8", "trained, precise": "precise", "trained, fast": "fast"}
LITE = ("lite", "lite, prepared")
FULL_SIZE = ("full size, q8", "full size, prepared")

QUICK = [*LAYOUTS, *LITE, *TRAINED, *PREPARED, "torch"]

BUILDS = (pytest.mark.slow, pytest.mark.timeout(1800))
"""On a test that may be the first to need the model of full size, which takes minutes to build."""

ALL = [*QUICK, *(pytest.param(name, marks=BUILDS) for name in FULL_SIZE)]


def make(name: str, place: Path) -> Path:
    """Make a model's folder; see `original` for the hub's graphs of a prepared one."""
    if name in LITE:
        return prepared(lite(place / "lite"), "q8") if name == LITE[1] else find("lite").path
    if name == "torch":
        for package in ("torch", "transformers"):
            pytest.importorskip(package, reason="the extra [torch] is not installed")
        return tiny_torch.build(place / "tiny")
    if name in LAYOUTS:
        return build(place / "tiny", LAYOUTS[name])
    if name in TRAINED:
        return keep(unpack(place / "trained"), TRAINED[name])
    if name in PREPARED:
        return prepared(unpack(place / "trained"), PREPARED[name])
    return full_size(place / "full", with_prepared=name == FULL_SIZE[1])


def lite(folder: Path) -> Path:
    """Copy the model that ships, whose own folder may be one to read only."""
    return Path(shutil.copytree(find("lite").path, folder))


def keep(folder: Path, graphs: tuple[str, ...]) -> Path:
    """Leave only some of a folder's graphs, and take the others from its card too."""
    for path in (folder / "onnx").iterdir():
        if path.stem not in graphs:
            path.unlink()
    card = folder / "altlens.json"
    said = json.loads(card.read_text(encoding="utf-8"))
    said["files"] = {name: one for name, one in said["files"].items() if (folder / name).exists()}
    card.write_text(json.dumps(said), encoding="utf-8")
    return folder


def prepared(folder: Path, variant: str) -> Path:
    """Prepare a model and move the hub's graphs aside, so that nothing else can be run."""
    made = prepare(folder, variant)
    assert made.returncode == 0, made.stdout + made.stderr
    (folder / "onnx").rename(_aside(folder))
    return folder


def prepare(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the command that prepares a model."""
    words = [f"--variant={options[0]}", *options[1:]] if options else []
    return subprocess.run(
        [sys.executable, "-m", "altlens_host.worker", "prepare", str(folder), *words],
        capture_output=True,
        text=True,
        timeout=600,
    )


def original(folder: Path) -> Path:
    """Return where the hub's graphs of a model lie."""
    return folder / "onnx" if (folder / "onnx").exists() else _aside(folder)


def _aside(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}-onnx")


@functools.cache
def full_size_layout() -> Path:
    """Return the random model of full size; built once, and kept for the next time."""
    given = os.environ.get("ALTLENS_FULL_SIZE_LAYOUT")
    if given:
        return Path(given)
    pytest.importorskip("optimum", reason="[train] is not installed")
    from bench.full_size import build as build_full_size

    return build_full_size().layout


def full_size(folder: Path, *, with_prepared: bool) -> Path:
    """Make a folder of the full-size model's quantized graphs, without copying them."""
    source = full_size_layout()
    (folder / "onnx").mkdir(parents=True)
    for path in source.glob("*.json"):
        shutil.copy(path, folder)
    for name in TRAINED["trained, q8 merged"]:
        (folder / "onnx" / f"{name}.onnx").symlink_to(source / "onnx" / f"{name}.onnx")
    keep(folder, TRAINED["trained, q8 merged"])
    return prepared(folder, "q8") if with_prepared else folder
