"""What holds for the torch engine beside the contract: weights, the search, the sandbox."""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from contract.test_worker_process import Start, start  # noqa: F401  (a fixture)
from PIL import Image

from altlens_host.errors import ModelBrokenError, ModelMissingError
from altlens_host.messages import Answer
from altlens_host.models.catalogue import find
from altlens_host.worker.engines import open_engine
from altlens_host.worker_messages import PROMISES, Ready

torch = pytest.importorskip("torch", reason="the extra [torch] is not installed")
pytest.importorskip("transformers", reason="the extra [torch] is not installed")

from contract.tiny_torch import build  # noqa: E402

Engine = Any  # with what is inside it


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model that has weights and no graphs."""
    return build(tmp_path_factory.mktemp("model") / "tiny")


def opened(folder: Path) -> Engine:
    return open_engine(find(str(folder)), threads=1)


@pytest.mark.parametrize("search", list(itertools.product((1, 2, 4), (1.0, 1.3), (0, 2))))
def test_it_says_what_transformers_says(
    tmp_path: Path, pictures: list[Image.Image], search: tuple[int, float, int]
) -> None:
    """The same tokens as `generate` with do_sample=False, past key values and beams included."""
    beams, penalty, ngram = search
    said = {"num_beams": beams, "repetition_penalty": penalty, "no_repeat_ngram_size": ngram}
    engine = opened(build(tmp_path / "tiny", **said))

    for picture in pictures:
        theirs = engine._model.generate(
            engine._pixels(picture), do_sample=False, max_length=12, decoder_start_token_id=0,
            pad_token_id=0, eos_token_id=0, **said,
        )[0].tolist()  # fmt: skip

        assert list(engine.caption(picture).tokens) == theirs[1:]


def test_a_pickle_is_never_loaded(folder: Path, tmp_path: Path) -> None:
    """It is a program; a folder with nothing else is refused, and the reason names it."""
    for path in folder.iterdir():
        if path.name != "model.safetensors":
            (tmp_path / path.name).symlink_to(path)
    torch.save({}, tmp_path / "pytorch_model.bin")

    with pytest.raises(ModelMissingError, match=r"pytorch_model\.bin is a pickle") as told:
        open_engine(find(str(tmp_path)), threads=1, engine="torch")

    assert "model.safetensors" in told.value.detail


def changed(folder: Path, tmp_path: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """Return the model with other weights."""
    from safetensors.torch import load_file, save_file

    for path in folder.iterdir():
        if path.name != "model.safetensors":
            (tmp_path / path.name).symlink_to(path)
    weights = load_file(folder / "model.safetensors")
    change(weights)
    save_file(weights, tmp_path / "model.safetensors", {"format": "pt"})
    return tmp_path


def test_weights_that_lack_one_are_refused(folder: Path, tmp_path: Path) -> None:
    """Transformers would go on with random numbers: babble that nobody can tell from a caption."""
    name = "decoder.transformer.h.1.attn.c_attn.weight"
    lacking = changed(folder, tmp_path, lambda weights: weights.pop(name))

    with pytest.raises(ModelBrokenError, match=name):
        opened(lacking)


def test_weights_of_another_shape_are_refused(folder: Path, tmp_path: Path) -> None:
    """They belong to another model."""
    name = "decoder.transformer.h.1.attn.c_attn.weight"
    other = changed(folder, tmp_path, lambda weights: weights.update({name: torch.zeros(3, 3)}))

    with pytest.raises(ModelBrokenError, match=r"model\.safetensors"):
        opened(other)


def test_weights_that_are_not_finite_are_told(folder: Path, tmp_path: Path) -> None:
    """And not made into words."""
    name = "decoder.transformer.ln_f.weight"
    wild = changed(folder, tmp_path, lambda weights: weights[name].fill_(float("nan")))

    with pytest.raises(ModelBrokenError, match="not finite"):
        opened(wild).caption(Image.new("RGB", (40, 40), "teal"))


def test_a_config_cannot_bring_its_own_program(folder: Path, tmp_path: Path) -> None:
    """A hub model may name Python files of its own; they are not run."""
    for path in folder.iterdir():
        if path.name != "config.json":
            (tmp_path / path.name).symlink_to(path)
    config = json.loads((folder / "config.json").read_text())
    config["auto_map"] = {"AutoConfig": "evil.Config", "AutoModel": "evil.Model"}
    config["decoder"]["model_type"] = "evil"
    config["decoder"]["auto_map"] = config["auto_map"]
    (tmp_path / "config.json").write_text(json.dumps(config))
    (tmp_path / "evil.py").write_text("raise SystemExit(3)\n")

    with pytest.raises(ModelBrokenError, match=r"model\.safetensors cannot be loaded"):
        opened(tmp_path)


def test_it_uses_the_threads_that_it_was_given(folder: Path) -> None:
    """The browser beside it needs the others."""
    open_engine(find(str(folder)), threads=2)
    two = torch.get_num_threads()
    opened(folder)

    assert (two, torch.get_num_threads()) == (2, 1)


def test_a_full_card_is_told_apart_from_a_cancelled_picture(folder: Path) -> None:
    """Torch's own error becomes the contract's, which makes the processor take over."""
    engine = opened(folder)

    def full(*_: Any, **__: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    engine._model.decoder.register_forward_pre_hook(full)

    with pytest.raises(ModelBrokenError, match="OutOfMemoryError"):
        engine.caption(Image.new("RGB", (40, 40), "teal"))


@pytest.mark.skipif(sys.platform != "linux", reason="there is a sandbox on Linux only")
def test_a_real_worker_runs_it_shut_in(
    start: Start,  # noqa: F811
    folder: Path,
    pictures: list[Image.Image],
    tmp_path: Path,
) -> None:
    """Every promise holds: torch needs no file to write, no process and no shared memory."""
    pictures[0].save(tmp_path / "picture.png")
    worker = start(folder)

    _, ready = worker.hear()
    worker.ask(1, (tmp_path / "picture.png").read_bytes())
    _, answer = worker.hear()

    assert isinstance(ready, Ready)
    assert (ready.engine, ready.device, ready.reason) == ("torch", "cpu", "")
    assert ready.held == PROMISES
    assert isinstance(answer, Answer)
    assert answer.kind == "described"
    assert answer.tokens == len(opened(folder).caption(pictures[0]).tokens)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_torch_and_the_graphs_say_the_same_of_fifty_pictures(tmp_path: Path) -> None:
    """In 32 bits, of a model that was trained until it says what is there."""
    pytest.importorskip("optimum", reason="the extra [train] is not installed")
    from contract.drawn import fifty
    from contract.layouts import TRAINED, keep
    from contract.trained_model import export, train

    checkpoint = train(tmp_path / "checkpoint")
    layout = keep(export(checkpoint, tmp_path / "trained"), TRAINED["trained, fp32 merged"])
    torch_engine, onnx_engine = opened(checkpoint), opened(layout)
    assert (torch_engine.name, onnx_engine.name) == ("torch", "onnx")

    pairs = [(torch_engine.caption(one), onnx_engine.caption(one)) for one in fifty()]

    for ours, theirs in pairs:
        assert ours.tokens == theirs.tokens
        assert ours.logprobs == pytest.approx(theirs.logprobs, abs=1e-3)
    assert len({ours.text for ours, _ in pairs}) >= 30
