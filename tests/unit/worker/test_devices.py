"""Where a model runs: what is asked for and not there, and what fails in the middle."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from contract.tiny_model import build
from onnxruntime.capi.onnxruntime_pybind11_state import RuntimeException
from PIL import Image

from altlens_host.errors import CancelledError, ModelBrokenError, ModelMissingError
from altlens_host.models.catalogue import Model, find
from altlens_host.worker import engines
from altlens_host.worker.engines import Engine, open_engine
from altlens_host.worker.engines.devices import PROVIDERS, open_on, providers
from altlens_host.worker.engines.onnx import OnnxEngine
from altlens_host.worker.engines.sessions import CPU, open_session
from altlens_host.worker.prepared_files import FILES, FORMAT

PICTURE = Image.linear_gradient("L").convert("RGB")
OUT_OF_MEMORY = RuntimeException("CUDA failure 2: out of memory ; GPU=0")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """The tiny model."""
    return find(str(build(tmp_path_factory.mktemp("model") / "tiny")))


class Failing:
    """A session that raises as onnxruntime does, from one run on: the one fake here.

    Everything else is real: the engine, its files, and what the session does before.
    """

    def __init__(self, session: Any, good: int, error: Exception) -> None:
        self._session = session
        self._good = good
        self._error = error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    def run_with_ort_values(self, *arguments: Any) -> Any:
        self._good -= 1
        if self._good < 0:
            raise self._error
        return self._session.run_with_ort_values(*arguments)


def card(model: Model, good: int, error: Exception = OUT_OF_MEMORY) -> Callable[[str], Engine]:
    """Open the model, on a card that fails after so many pictures if it is not the processor."""

    def opened(device: str) -> Engine:
        engine = OnnxEngine(model, 1)
        if device != "cpu":
            engine.device = device
            engine.graphs._encoder = Failing(engine.graphs._encoder, good, error)
        return engine

    return opened


@pytest.mark.parametrize("device", [*PROVIDERS, "mps"])
def test_a_device_that_is_not_there_leaves_the_processor(model: Model, device: str) -> None:
    """It captions all the same, and says why it is not where it was asked to be."""
    engine = open_engine(model, 1, device)

    assert engine.device == "cpu"
    assert f"{device}: the installed libraries do not find it." in engine.reason
    assert engine.caption(PICTURE) == OnnxEngine(model, 1).caption(PICTURE)


@pytest.mark.parametrize("device", ["auto", "cpu"])
def test_the_processor_needs_no_reason(model: Model, device: str) -> None:
    """Where nothing else was asked for by name, nothing is wrong."""
    engine = open_on(device, ["openvino"], card(model, 9))

    assert (engine.name, engine.device, engine.reason) == ("onnx", "cpu", "")


def test_a_session_that_fell_back_on_its_own_is_not_taken_for_a_card(model: Model) -> None:
    """Where CUDA's libraries do not load, onnxruntime goes on without an error."""
    graph = model.path / "onnx" / "encoder_model_quantized.onnx"

    open_session(graph, 1)
    with (
        pytest.warns(UserWarning, match="not in available provider names"),
        pytest.raises(ModelBrokenError, match="cannot start its CUDAExecutionProvider"),
    ):
        open_session(graph, 1, providers("cuda", 1))


def test_a_provider_with_threads_of_its_own_is_told_how_many() -> None:
    """OpenVINO would take one for each processor."""
    (name, options), *after = providers("openvino", 2)

    assert (name, after) == ("OpenVINOExecutionProvider", list(CPU))
    assert options["num_of_threads"] == "2"


def test_a_card_that_fails_the_first_caption_is_not_used(model: Model) -> None:
    """It is tried before any picture waits for it."""
    engine = open_on("cuda", ["cuda"], card(model, 0))

    assert engine.device == "cpu"
    assert engine.reason == "cuda: The model cannot be run: RuntimeException."
    assert engine.caption(PICTURE) == OnnxEngine(model, 1).caption(PICTURE)


def test_a_card_that_cannot_be_opened_is_not_used(model: Model) -> None:
    """The library knows it, and its driver does not work."""

    def opened(device: str) -> Engine:
        if device != "cpu":
            raise ModelBrokenError(f"onnxruntime cannot start {device}.")
        return OnnxEngine(model, 1)

    engine = open_on("auto", ["cuda", "directml"], opened)

    assert engine.device == "cpu"
    assert engine.reason == (
        "cuda: onnxruntime cannot start cuda. directml: onnxruntime cannot start directml."
    )


@pytest.mark.parametrize("error", [OUT_OF_MEMORY, MemoryError()])
def test_a_card_that_fails_in_the_middle_costs_no_picture(model: Model, error: Exception) -> None:
    """The picture at hand is answered on the processor, and so are the next ones."""
    engine = open_on("cuda", ["cuda"], card(model, 2, error))
    expected = OnnxEngine(model, 1).caption(PICTURE)

    first, before = engine.caption(PICTURE), (engine.device, engine.reason)
    second, after = engine.caption(PICTURE), (engine.device, engine.reason)
    third = engine.caption(PICTURE)

    assert [first, second, third] == [expected] * 3
    assert before == ("cuda", "")
    assert after[0] == "cpu"
    assert after[1].startswith("cuda: it failed in the middle of a picture.")
    assert type(error).__name__ in after[1]


def test_a_picture_that_nobody_waits_for_says_nothing_against_a_card(model: Model) -> None:
    """Cancelling is no failure."""
    engine = open_on("auto", ["cuda"], card(model, 9))

    def stop() -> None:
        raise CancelledError("Nobody waits for it.")

    with pytest.raises(CancelledError):
        engine.caption(PICTURE, stop)

    assert (engine.device, engine.reason) == ("cuda", "")


def test_a_model_that_fails_everywhere_is_an_error(model: Model) -> None:
    """The processor's word is the last."""

    def opened(device: str) -> Engine:
        engine = OnnxEngine(model, 1)
        engine.device = device
        engine.graphs._encoder = Failing(engine.graphs._encoder, 1, OUT_OF_MEMORY)
        return engine

    engine = open_on("cuda", ["cuda"], opened)  # its first caption is the trial

    assert engine.caption(PICTURE)
    with pytest.raises(ModelBrokenError):
        engine.caption(PICTURE)


def test_after_a_worker_was_lost_to_it_a_card_is_not_tried(model: Model) -> None:
    """What ended the process once would end the next one, too."""
    tried: list[str] = []

    def opened(device: str) -> Engine:
        tried.append(device)
        return OnnxEngine(model, 1)

    engine = open_on("auto", ["cuda"], opened, "A worker that may use it ended.")

    assert tried == ["cpu"]
    assert engine.reason == "cuda: A worker that may use it ended."


def test_torch_needs_other_files_than_the_graphs(model: Model) -> None:
    """A setting that does not fit the model takes no caption away."""
    engine = open_engine(model, 1, engine="torch")

    assert (engine.name, engine.reason) == ("onnx", "torch: tiny has no model.safetensors.")
    assert engine.caption(PICTURE).tokens


def test_graphs_are_preferred_where_weights_are_there_too(model: Model, tmp_path: Path) -> None:
    """They are what is fast, and torch need not be there."""
    for path in model.path.iterdir():
        (tmp_path / path.name).symlink_to(path)
    (tmp_path / "model.safetensors").write_bytes(b"")

    assert open_engine(find(str(tmp_path)), 1).name == "onnx"


def test_a_pickle_is_refused_without_torch_too(model: Model, tmp_path: Path) -> None:
    """It is named, and nothing of it is read."""
    for path in model.path.iterdir():
        if path.is_file():
            (tmp_path / path.name).symlink_to(path)
    (tmp_path / "pytorch_model.bin").write_bytes(b"no pickle either")

    with pytest.raises(ModelMissingError, match="is a pickle, which is never loaded"):
        open_engine(find(str(tmp_path)), 1)


def test_graphs_that_were_not_to_be_opened_are_checked_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where this processor cannot run prepared graphs, those of the hub are opened after all."""
    folder = build(tmp_path / "tiny")
    sums = {
        path.relative_to(folder).as_posix(): {
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "size": path.stat().st_size,
        }
        for path in folder.rglob("*.*")
        if path.is_file() and path.name != "altlens.json"
    }
    card = {"id": "tiny", "revision": "1", "licence": "MIT", "files": sums}
    (folder / "altlens.json").write_text(json.dumps(card))
    (folder / "prepared").mkdir()
    made = {name: {"sha256": hashlib.sha256(b"").hexdigest()} for name in FILES}
    sources = {name: one for name, one in sums.items() if name.endswith(".onnx")}
    prepared = {"format": FORMAT, "variant": "q8", "files": made, "sources": sources}
    (folder / "prepared" / "prepared.json").write_text(json.dumps(prepared))
    for name in FILES:
        (folder / "prepared" / name).touch()
    monkeypatch.setattr(engines, "multiplies_exactly", lambda probe: False)

    assert open_engine(find(str(folder)), 1).caption(PICTURE).tokens
    graph = folder / "onnx" / "decoder_model_merged_quantized.onnx"
    graph.write_bytes(graph.read_bytes() + b" ")
    with pytest.raises(ModelBrokenError, match=r"is not the file that altlens\.json"):
        open_engine(find(str(folder)), 1)
