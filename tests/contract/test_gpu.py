"""What holds on a graphics card: these run where there is one, and say so where there is none."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnxruntime
import pytest
from contract.tiny_model import build
from PIL import Image

from altlens_host.models.catalogue import find
from altlens_host.settings import Settings
from altlens_host.supervisor import Supervisor
from altlens_host.worker.engines import Generation, open_engine
from altlens_host.worker.engines.devices import open_on

pytestmark = pytest.mark.gpu


@pytest.fixture
def cuda() -> Any:
    """Torch, with a card."""
    torch = pytest.importorskip("torch", reason="the extra [torch] is not installed")
    if not torch.cuda.is_available():
        pytest.skip("there is no GPU that torch can compute on")
    return torch


@pytest.fixture
def onnx_cuda() -> None:
    """An onnxruntime with a card."""
    if "CUDAExecutionProvider" not in onnxruntime.get_available_providers():
        pytest.skip("there is no GPU, or no onnxruntime that was built for one")


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """The tiny model for torch."""
    from contract.tiny_torch import build as build_torch

    return build_torch(tmp_path / "tiny", num_beams=2)


def said(engine: Any, pictures: list[Image.Image]) -> list[Generation]:
    return [engine.caption(picture) for picture in pictures]


def opener(folder: Path) -> Callable[..., Any]:
    from altlens_host.worker.engines.torch import TorchEngine

    return lambda device: TorchEngine(find(str(folder)), 1, device)


def test_torch_in_32_bits_says_what_the_processor_says(
    cuda: Any, weights: Path, pictures: list[Image.Image]
) -> None:
    """The same tokens, to the last."""
    cuda.backends.cuda.matmul.allow_tf32 = False
    cuda.backends.cudnn.allow_tf32 = False
    on_cpu, on_card = opener(weights)("cpu"), opener(weights)("cpu")
    on_card._model.to("cuda")

    expected, found = said(on_cpu, pictures), said(on_card, pictures)

    assert [one.tokens for one in found] == [one.tokens for one in expected]
    for one, other in zip(found, expected, strict=True):
        assert one.logprobs == pytest.approx(other.logprobs, abs=1e-3)


def test_torch_in_16_bits_differs_by_near_ties_alone(
    cuda: Any, weights: Path, pictures: list[Image.Image], record_property: Any
) -> None:
    """A caption that differs has about the same probability; how many do is told."""
    del cuda
    expected, found = (
        said(opener(weights)("cpu"), pictures),
        said(opener(weights)("cuda"), pictures),
    )

    differing = [
        (one, other)
        for one, other in zip(found, expected, strict=True)
        if one.tokens != other.tokens
    ]
    record_property("near_ties", len(differing))
    for one, other in differing:
        assert one.mean_logprob == pytest.approx(other.mean_logprob, abs=0.1)
    assert len(differing) <= len(pictures) // 4


def test_torch_on_a_full_card_falls_back(
    cuda: Any, weights: Path, pictures: list[Image.Image]
) -> None:
    """The picture at hand is answered on the processor."""
    engine = open_on("cuda", ["cuda"], opener(weights))
    assert engine.device == "cuda"

    cuda.cuda.empty_cache()
    cuda.cuda.set_per_process_memory_fraction(0.0)
    kept = []
    try:
        with contextlib.suppress(cuda.OutOfMemoryError):
            while True:  # what is reserved already has to be full, too
                kept.append(cuda.empty(1, device="cuda"))
        found = said(engine, pictures)
    finally:
        kept.clear()
        cuda.cuda.set_per_process_memory_fraction(1.0)

    assert engine.device == "cpu"
    assert "OutOfMemoryError" in engine.reason
    assert found == said(opener(weights)("cpu"), pictures)


@pytest.mark.usefixtures("onnx_cuda")
@pytest.mark.parametrize("beams", [1, 3])
def test_onnxruntime_says_what_the_processor_says(
    tmp_path: Path, pictures: list[Image.Image], beams: int
) -> None:
    """The same tokens in 32 bits."""
    model = find(str(build(tmp_path / "tiny", num_beams=beams)))
    on_card = open_engine(model, 1, "cuda")
    assert (on_card.device, on_card.reason) == ("cuda", "")

    found, expected = said(on_card, pictures), said(open_engine(model, 1, "cpu"), pictures)

    assert [one.tokens for one in found] == [one.tokens for one in expected]


@pytest.mark.usefixtures("onnx_cuda")
def test_a_real_worker_computes_on_the_card_shut_in(tmp_path: Path, repository: Path) -> None:
    """The sandbox leaves open what CUDA needs, and says so; this is where a missing call shows."""
    model = build(tmp_path / "tiny")
    photograph = next((repository / "installer/altlens_installer/demo/pictures").glob("*.jpg"))
    supervisor = Supervisor(
        Settings(model=str(model), device="cuda", memory_megabytes=8192, start_seconds=100)
    )
    try:
        answer = supervisor.caption(b"1", photograph.read_bytes())
        state = supervisor.state()
    finally:
        supervisor.stop()

    assert answer.tokens
    assert (state["device"], state["device_reason"]) == ("cuda", None)
    assert state["missing"] == ["no_devices"], json.dumps(state)
