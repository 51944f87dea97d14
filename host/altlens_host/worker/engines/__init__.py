"""The engines: each runs models of one kind, all keep the contract in `interface`."""

from __future__ import annotations

from importlib.util import find_spec

from altlens_host.errors import ModelMissingError
from altlens_host.models.catalogue import Model
from altlens_host.worker import model_files
from altlens_host.worker.engines import devices
from altlens_host.worker.engines.interface import Engine, Generation, nothing
from altlens_host.worker.engines.onnx import OnnxEngine, trusted
from altlens_host.worker.engines.probe import multiplies_exactly
from altlens_host.worker.engines.threads import thread_count
from altlens_host.worker.prepared_files import prepared_of

__all__ = ["Engine", "Generation", "nothing", "open_engine", "open_on_processor"]

_GRAPHS = ("prepared", "onnx")
_WEIGHTS = "model.safetensors"
_PICKLE = "pytorch_model.bin"
"""The torch engine refuses it, and says so."""


def open_engine(
    model: Model,
    threads: int,
    device: str = "auto",
    *,
    engine: str = "auto",
    cpu_because: str = "",
    check: model_files.Check | None = None,
) -> Engine:
    """Load a model into the engine that can run it, on the device that can.

    Args:
        model: The model to load.
        threads: How many threads it may use; 0 means as many as help.
        device: Where it shall run, one of `settings.DEVICES`.
        engine: What shall run it, one of `settings.ENGINES`.
        cpu_because: Why no other device than the processor may be tried; empty where one may.
        check: What compares the model's files just now; None where they are trusted. No file is
            opened before it was compared.

    Returns:
        The engine. Its `reason` says why engine or device are not what was asked for.

    Raises:
        ModelMissingError: A file of the model is not there.
        ModelBrokenError: A file of the model cannot be used.
    """
    chosen, reason = _engine(model, device, engine)
    if chosen == "onnx":
        opened = devices.open_on(
            device,
            devices.onnx_devices(),
            lambda one: _onnx(model, threads, one, check),
            cpu_because,
        )
    else:
        # Seconds and half a gigabyte: only for those who run models with it.
        from altlens_host.worker.engines.torch import TorchEngine, torch_devices

        _finish(check)
        opened = devices.open_on(
            device, torch_devices(), lambda one: TorchEngine(model, threads, one), cpu_because
        )
    opened.reason = f"{reason} {opened.reason}".strip()
    return opened


def _onnx(model: Model, threads: int, device: str, check: model_files.Check | None) -> Engine:
    if device != "cpu":
        # Prepared graphs are made of the processor's own operations.
        _finish(check)
        chosen = devices.providers(device, thread_count(threads))
        return OnnxEngine(model, threads, chosen, device=device)
    return open_on_processor(model, threads, check)


def open_on_processor(
    model: Model, threads: int = 0, check: model_files.Check | None = None
) -> OnnxEngine:
    """Load a model's graphs, the prepared ones where there are some and this processor can.

    Args:
        model: The model to load.
        threads: How many threads it may use; 0 means as many as help.
        check: What compares the model's files just now; None where they are trusted.

    Raises:
        ModelMissingError: A file of the model is not there.
        ModelBrokenError: A file of the model cannot be used.
    """
    prepared = prepared_of(model)
    if prepared is None:
        _finish(check)
        return OnnxEngine(model, threads)
    before = check.wait_for if check else trusted
    probe = prepared.folder / "probe.onnx"
    before(probe)
    if not multiplies_exactly(probe):
        # Those of the hub were not to be opened, and so were not checked.
        _finish(check)
        model_files.check(model, every=True)
        return OnnxEngine(model, threads)
    return OnnxEngine(model, threads, prepared=prepared, before_opening=before)


def _finish(check: model_files.Check | None) -> None:
    if check:
        check.finish()


def _engine(model: Model, device: str, engine: str) -> tuple[str, str]:
    """Return what runs the model, and why that is not what was asked for.

    Raises:
        ModelMissingError: There is nothing to run.
    """
    graphs = any(path for name in _GRAPHS for path in (model.path / name).glob("*.onnx"))
    weights = (model.path / _WEIGHTS).is_file()
    if not graphs and (weights or (model.path / _PICKLE).is_file()):
        return "torch", f"onnx: {model.id} has no graphs." if engine == "onnx" else ""
    if not graphs:
        raise ModelMissingError(f"{model.path.name} has no graphs, and no {_WEIGHTS}.")
    wanted = engine == "torch" or (engine == "auto" and device == "mps")
    if not wanted:
        return "onnx", ""
    if not weights:
        return "onnx", f"torch: {model.id} has no {_WEIGHTS}."
    if find_spec("torch") is None or find_spec("transformers") is None:
        return "onnx", "torch: it is not installed."
    return "torch", ""
