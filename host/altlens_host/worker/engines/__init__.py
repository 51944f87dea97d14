"""The engines: each runs models of one kind, all keep the contract in `interface`."""

from __future__ import annotations

from altlens_host.models.catalogue import Model
from altlens_host.worker.engines.interface import Engine, Generation, nothing
from altlens_host.worker.engines.onnx import OnnxEngine
from altlens_host.worker.engines.probe import multiplies_exactly
from altlens_host.worker.prepared_files import prepared_of

__all__ = ["Engine", "Generation", "nothing", "open_engine"]


def open_engine(model: Model, threads: int) -> Engine:
    """Load a model into the engine that can run it.

    Args:
        model: The model to load.
        threads: How many threads it may use; 0 means as many as help.

    Raises:
        ModelMissingError: A file of the model is not there.
        ModelBrokenError: A file of the model cannot be used.
    """
    prepared = prepared_of(model)
    if prepared and not multiplies_exactly(prepared.folder / "probe.onnx"):
        prepared = None
    return OnnxEngine(model, threads, prepared=prepared.folder if prepared else None)
