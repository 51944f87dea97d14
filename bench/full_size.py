"""The random model of distilvit's size: built once, and kept outside the repository."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
_MAKERS = (
    *(
        ROOT / "training/altlens_training" / name
        for name in ("random_model.py", "shapes.py", "export_checkpoint.py", "hub.py")
    ),
    ROOT / "host/altlens_host/worker/prepare/hub_quantization.py",
)
_EXPORT = "import sys; from altlens_training.cli import main; sys.exit(main(sys.argv[1:]))"


class FullSize(NamedTuple):
    """Where the model lies.

    Attributes:
        checkpoint: For torch, in safetensors.
        layout: The hub layout of the same weights, 32 and 8 bits.
    """

    checkpoint: Path
    layout: Path


def folder() -> Path:
    """Return where models of full size are kept: ALTLENS_FULL_SIZE, else in altlens's own venv."""
    return Path(os.environ.get("ALTLENS_FULL_SIZE") or Path(sys.prefix) / "full-size").absolute()


def build(python: Path | None = None) -> FullSize:
    """Build the model, unless it is there and made by the same code.

    Args:
        python: One that has what the extra [train] brings; None for the one that runs this.

    Raises:
        subprocess.CalledProcessError: It failed; what was said is on standard error.
    """
    place = folder()
    made = FullSize(place / "checkpoint", place / "full")
    wanted = hashlib.sha256(b"".join(one.read_bytes() for one in _MAKERS)).hexdigest()
    stamp = place / "made-by"
    if stamp.exists() and stamp.read_text() == wanted:
        return made
    print(f"Building a random model of full size in {place} …", file=sys.stderr, flush=True)
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    command = str(python or sys.executable)
    _run([command, "-m", "altlens_training.random_model", str(made.checkpoint)])
    arguments = ["export", str(made.checkpoint), "--out", str(made.layout)]
    _run([command, "-c", _EXPORT, *arguments, "--licence", "Apache-2.0"])
    stamp.write_text(wanted)
    return made


def _run(command: list[str]) -> None:
    # Nothing of altlens is installed where the peers are.
    path = [str(ROOT / "training"), str(ROOT / "host"), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path), "HF_HUB_OFFLINE": "1"}
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
