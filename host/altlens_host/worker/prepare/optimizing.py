"""Has onnxruntime rewrite a graph as it does when it loads one, and keeps what it made."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import onnxruntime

from altlens_host.worker.prepare.refusal import RefusedError


def optimize(
    source: str | bytes,
    target: Path,
    level: onnxruntime.GraphOptimizationLevel,
    *,
    without: Sequence[str] = (),
) -> None:
    """Write a graph as onnxruntime would run it.

    Args:
        source: The path of a graph, or the graph.
        target: Where to; refusals call the graph by the name of this file.
        level: How much it may change. Up to ORT_ENABLE_BASIC the result is the same for every
            processor.
        without: The names of what it must not do, as onnxruntime's source has them.

    Raises:
        RefusedError: The graph cannot be loaded.
    """
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.graph_optimization_level = level
    options.optimized_model_filepath = str(target)
    try:
        onnxruntime.InferenceSession(
            source, options, providers=["CPUExecutionProvider"], disabled_optimizers=list(without)
        )
    except Exception as error:
        # The library has a dozen exceptions of its own, without a common base.
        raise RefusedError(f"{target.name} cannot be run ({type(error).__name__}).") from None
