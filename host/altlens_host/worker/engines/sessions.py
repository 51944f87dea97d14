"""Opens graphs with onnxruntime: the one place where a session is made."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from altlens_host.errors import ModelBrokenError

CPU = ("CPUExecutionProvider",)

Provider = str | tuple[str, dict[str, Any]]
"""The name of an execution provider, alone or with its options."""

Value = Any
"""An onnxruntime.OrtValue: a tensor that is handed on without a copy; the library has no types."""


def open_session(
    path: Path,
    threads: int,
    providers: Sequence[Provider] = CPU,
    *,
    as_it_is: bool = False,
    tiny_as_zero: bool = False,
) -> onnxruntime.InferenceSession:
    """Open a graph.

    Args:
        path: Of the graph; its weights may lie in files beside it.
        threads: How many threads it may use.
        providers: What may run it, best first.
        as_it_is: Run the operations as they stand in the graph; a prepared one needs no more
            fusing, and looking for something to fuse takes a third of the time to open it.
        tiny_as_zero: Its own threads take numbers for zero that are too small to be normal
            (`tiny.py`).

    Raises:
        ModelBrokenError: The graph cannot be opened, or not with the first of the providers.
    """
    first = providers[0] if isinstance(providers[0], str) else providers[0][0]
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Threads that spin while they wait would keep a core busy between two captions.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 4
    # A second block for all of a run's values, beside those of the first run: 14 MB of a large
    # model for no time that could be measured. DirectML cannot do with it at all.
    options.enable_mem_pattern = False
    if tiny_as_zero:
        options.add_session_config_entry("session.set_denormal_as_zero", "1")
    if as_it_is:
        level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.graph_optimization_level = level
    try:
        session = onnxruntime.InferenceSession(str(path), options, providers=list(providers))
    except MemoryError:
        raise
    except Exception as error:
        # The library has a dozen exceptions of its own, without a common base.
        raise ModelBrokenError(f"{path.name} cannot be loaded: {type(error).__name__}.") from None
    if first not in session.get_providers():
        # It goes on without an error when a library of the provider does not load.
        raise ModelBrokenError(f"onnxruntime cannot start its {first}.")
    session.disable_fallback()
    return session


def value_of(array: NDArray[Any]) -> Value:
    """Return an array as the library hands it on."""
    return onnxruntime.OrtValue.ortvalue_from_numpy(np.ascontiguousarray(array))


def signs_of(made: Sequence[Value]) -> tuple[float, ...]:
    """Return what an encoder said of how sure it is; nothing where it has no such output."""
    return tuple(float(one) for one in made[0].numpy().reshape(-1)) if made else ()


onnxruntime.disable_telemetry_events()
