"""`python -m altlens_host.worker golden check|record FOLDER`, told as JSON lines on stdout."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from altlens_host.errors import AltlensError
from altlens_host.models.catalogue import Model, find
from altlens_host.models.golden import golden_of
from altlens_host.worker.engines import open_on_processor
from altlens_host.worker.engines.onnx import OnnxEngine
from altlens_host.worker.golden.captions import read, written
from altlens_host.worker.golden.checking import DifferentError, compare
from altlens_host.worker.golden.recording import record
from altlens_host.worker.prepare.checking import same_tokens
from altlens_host.worker.prepare.refusal import RefusedError
from altlens_host.worker.prepared_files import prepared_of

DIFFERENT = 3
"""The exit code when the model runs, and says something else than it should."""

_MADE_FROM_ITSELF = "q8"
"""The variant of prepared graphs that say what those say that they were made from."""


def main(argv: list[str]) -> int:
    """Check a model, or record what it says.

    Args:
        argv: The command line after `golden`.

    Returns:
        0, or 3 where the model says something else than it should, or 1 where something failed.
    """
    parser = argparse.ArgumentParser(prog="python -m altlens_host.worker golden")
    parser.add_argument("action", choices=("check", "record"))
    parser.add_argument("folder", type=Path, help="a model in the hub layout")
    asked = parser.parse_args(argv)
    try:
        model = find(str(asked.folder))
        _tell(_check(model) if asked.action == "check" else _record(model))
    except (DifferentError, RefusedError) as found:
        _tell({"different": str(found)})
        return DIFFERENT
    except AltlensError as error:
        _tell({"error": error.detail})
        return 1
    except (OSError, MemoryError) as error:
        _tell({"error": f"{type(error).__name__}: {getattr(error, 'strerror', None) or error}"})
        return 1
    return 0


def _check(model: Model) -> dict[str, Any]:
    golden = golden_of(model)
    if golden is not None:
        recording = read(golden, model)
        return {"golden": compare(recording, open_on_processor(model), _progress)}
    prepared = prepared_of(model)
    if prepared is None or prepared.variant != _MADE_FROM_ITSELF:
        return {"nothing": "prepared from floats" if prepared else "not prepared"}
    used = open_on_processor(model)
    reference = OnnxEngine(model, 0)
    return {"compared": same_tokens(used.graphs, reference.graphs, used.generation, _progress)}


def _record(model: Model) -> dict[str, Any]:
    """Record the reference layout; of graphs made from floats, which have none, themselves."""
    prepared, called = prepared_of(model), "onnx, reference layout"
    if prepared and prepared.variant != _MADE_FROM_ITSELF:
        called = f"onnx, prepared as {prepared.variant}"
    else:
        prepared = None
    engine = OnnxEngine(model, 0, prepared=prepared)
    again = OnnxEngine(model, 0, prepared=prepared, other_arithmetic=True)
    return {"recorded": written(record(model, engine, again, called, _progress)).decode()}


def _progress(share: float) -> None:
    _tell({"progress": round(share, 3), "step": "captioning drawn pictures"})


def _tell(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
