"""A torch checkpoint in the hub's layout: the same tokens, whole or not at all, no pickle."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from altlens_host.models.catalogue import find
from altlens_host.worker import model_files
from altlens_host.worker.engines import open_engine
from altlens_training.cli import main
from altlens_training.shapes import drawn_pictures

pytestmark = pytest.mark.slow

END = 0
VOCABULARY = 280
SENTENCES = ["a person rides a bike", "two dogs on the grass", "a red cup stands on a table"]


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model of the family, as `save_pretrained` writes it."""
    torch = pytest.importorskip("torch", reason="needs the extra [train]")
    pytest.importorskip("optimum.exporters.onnx", reason="needs the extra [train]")
    from transformers import (
        GPT2Config,
        GPT2TokenizerFast,
        VisionEncoderDecoderConfig,
        VisionEncoderDecoderModel,
        ViTConfig,
        ViTImageProcessor,
    )

    from altlens_training.random_model import spread
    from altlens_training.tokenizer import train_tokenizer

    folder = tmp_path_factory.mktemp("checkpoint")
    encoder = ViTConfig(
        hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
        image_size=32, patch_size=8,
    )  # fmt: skip
    tokenizer = train_tokenizer(SENTENCES * 5, VOCABULARY)
    decoder = GPT2Config(
        n_layer=2, n_embd=32, n_head=2, n_positions=32, vocab_size=tokenizer.get_vocab_size(),
        is_decoder=True, add_cross_attention=True,
    )  # fmt: skip
    ids = ("bos_token_id", "eos_token_id", "pad_token_id", "decoder_start_token_id")
    config = VisionEncoderDecoderConfig.from_encoder_decoder_configs(
        encoder, decoder, **dict.fromkeys(ids, END)
    )
    torch.manual_seed(3)
    model = VisionEncoderDecoderModel(config=config).eval()
    for _ in range(3):
        spread(model)
    for name in ids:
        setattr(model.generation_config, name, END)
    model.generation_config.max_length = 10
    model.save_pretrained(folder)
    GPT2TokenizerFast(tokenizer_object=tokenizer).save_pretrained(folder)
    ViTImageProcessor(size={"height": 32, "width": 32}).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def exported(checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That model, exported by the command."""
    out = tmp_path_factory.mktemp("exported") / "tiny"
    assert main(["export", str(checkpoint), "--out", str(out), "--licence", "MIT"]) == 0
    return out


@pytest.fixture(scope="module")
def said(checkpoint: Path) -> list[tuple[int, ...]]:
    """The captions of drawn pictures in torch, without the start token."""
    from transformers import VisionEncoderDecoderModel, ViTImageProcessor

    model = VisionEncoderDecoderModel.from_pretrained(checkpoint).eval()
    processor = ViTImageProcessor.from_pretrained(checkpoint)
    captions = []
    for picture in drawn_pictures(20):
        pixels = processor(picture, return_tensors="pt").pixel_values
        (tokens,) = model.generate(pixels, do_sample=False).tolist()
        captions.append(tuple(tokens[1:]))
    return captions


def plain(exported: Path, folder: Path) -> Path:
    """Copy the layout without its quantized graphs, and without the card that declares them."""
    shutil.copytree(exported, folder, ignore=shutil.ignore_patterns("*_quantized.onnx", "*.txt"))
    (folder / "altlens.json").unlink()
    return folder


def test_exported_model_says_what_torch_says(
    exported: Path, said: list[tuple[int, ...]], tmp_path: Path
) -> None:
    """The graphs in fp32 make the same tokens of every picture, and not of all the same."""
    engine = open_engine(find(str(plain(exported, tmp_path / "plain"))), threads=1)

    made = [engine.caption(picture).tokens for picture in drawn_pictures(20)]

    assert len(set(said)) > 10
    assert made == said


def test_layout_is_whole_and_declared(exported: Path) -> None:
    """All four graphs, plain and quantized, and a card whose digests fit."""
    graphs = {path.stem for path in (exported / "onnx").iterdir()}
    model = find(str(exported))

    checked = model_files.check(model)

    names = ["encoder_model", "decoder_model", "decoder_with_past_model", "decoder_model_merged"]
    assert graphs == {f"{name}{ending}" for name in names for ending in ("", "_quantized")}
    assert checked
    assert (model.id, model.licence) == ("tiny", "MIT")


def test_quantized_model_runs_and_has_mozillas_types(exported: Path) -> None:
    """Unsigned weights where there is a convolution, else signed, as in the published files."""
    import onnx

    engine = open_engine(find(str(exported)), threads=1)

    made = engine.caption(drawn_pictures(1)[0])

    assert made.tokens
    assert weight_types(onnx.load(exported / "onnx/encoder_model_quantized.onnx").graph) == {"u8"}
    merged = onnx.load(exported / "onnx/decoder_model_merged_quantized.onnx").graph
    assert weight_types(merged) == {"s8", "u8"}  # the embedding is no matrix multiplication


def weight_types(graph: Any) -> set[str]:
    """The types of the matrices that are stored in eight bits."""
    import onnx

    names = {onnx.TensorProto.UINT8: "u8", onnx.TensorProto.INT8: "s8"}
    return {
        names[tensor.data_type]
        for tensor in graph.initializer
        if tensor.data_type in names and len(tensor.dims) > 1
    }


def test_the_tied_embedding_is_written_once(exported: Path) -> None:
    """Twice would make distilvit's decoder 150 MB larger than the hub's."""
    import onnx

    graph = onnx.load(exported / "onnx" / "decoder_model_merged.onnx").graph

    assert sum(VOCABULARY in tensor.dims for tensor in graph.initializer) == 1


@pytest.mark.parametrize(
    ("change", "told"),
    [("family", "blip"), ("pickle", "pickle"), ("there", "there already")],
)
def test_what_cannot_be_exported_is_refused(
    checkpoint: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    change: str,
    told: str,
) -> None:
    """With a reason, exit status 2, and nothing left behind."""
    copy, out = tmp_path / "copy", tmp_path / "out"
    shutil.copytree(checkpoint, copy)
    if change == "family":
        config = json.loads((copy / "config.json").read_text())
        (copy / "config.json").write_text(json.dumps({**config, "model_type": "blip"}))
    if change == "pickle":
        (copy / "model.safetensors").rename(copy / "pytorch_model.bin")
    if change == "there":
        out.mkdir()
    before = sorted(tmp_path.iterdir())

    status = main(["export", str(copy), "--out", str(out)])

    assert status == 2
    assert told in capsys.readouterr().err
    assert sorted(tmp_path.iterdir()) == before


def test_a_failed_export_leaves_nothing(
    checkpoint: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A checkpoint whose weights are damaged: an error, and no half a model."""
    copy = tmp_path / "copy"
    shutil.copytree(checkpoint, copy)
    (copy / "model.safetensors").write_bytes(b"damaged")

    status = main(["export", str(copy), "--out", str(tmp_path / "out")])

    assert status == 2
    assert "altlens-train:" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [copy]
