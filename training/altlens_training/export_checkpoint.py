"""Any torch checkpoint of the VisionEncoderDecoder family, as the hub publishes distilvit.

optimum writes the graphs in fp32 (https://huggingface.co/docs/optimum-onnx); they are then
quantized as Mozilla's files were, by the worker's own code.
"""

from __future__ import annotations

import contextlib
import json
import logging
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import accelerate  # noqa: F401  # without it optimum writes the tied embedding twice
import torch
from optimum.exporters.onnx import onnx_export_from_model
from safetensors import SafetensorError
from transformers import AutoImageProcessor, AutoTokenizer, VisionEncoderDecoderModel
from transformers.utils.logging import set_verbosity_error

from altlens_host.worker.prepare.hub_quantization import quantize_as_the_hub
from altlens_training.hub import write_checksums

GRAPHS = (
    "encoder_model",
    "decoder_model",
    "decoder_with_past_model",
    "decoder_model_merged",
)
_FAMILY = "vision-encoder-decoder"
_SMALL = (
    "config.json",
    "generation_config.json",
    "preprocessor_config.json",
    "tokenizer.json",
    "tokenizer_config.json",  # for transformers and transformers.js; altlens needs none
)


def export_checkpoint(checkpoint: Path, out: Path, licence: str = "unknown") -> Path:
    """Make the hub layout of a checkpoint; whole, or not at all.

    Args:
        checkpoint: A folder that `save_pretrained` wrote: config.json, the weights in
            safetensors, the tokenizer and the image processor.
        out: The folder to make; its name becomes the model's id.
        licence: The SPDX expression for the model's card.

    Returns:
        `out`.

    Raises:
        ValueError: The checkpoint is of another family, has no safetensors, or `out` is there.
        OSError: A file is missing, or cannot be written.
    """
    _refuse(checkpoint, out)
    out.parent.mkdir(parents=True, exist_ok=True)
    with _quiet(), tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as made:
        raw, layout = Path(made, "raw"), Path(made, "layout")
        _export(checkpoint, raw)
        (layout / "onnx").mkdir(parents=True)
        for name in _SMALL:
            shutil.move(raw / name, layout / name)
        for name in GRAPHS:
            shutil.move(raw / f"{name}.onnx", layout / "onnx" / f"{name}.onnx")
            quantize_as_the_hub([layout / "onnx" / f"{name}.onnx"], layout / "onnx")
        write_checksums(layout, model_id=out.name, licence=licence)
        layout.replace(out)
    return out


def _refuse(checkpoint: Path, out: Path) -> None:
    if out.exists():
        raise ValueError(f"{out} is there already")
    family = json.loads((checkpoint / "config.json").read_text(encoding="utf-8")).get("model_type")
    if family != _FAMILY:
        raise ValueError(f"{checkpoint} holds a model of type {family!r}, not {_FAMILY!r}")
    if not any(checkpoint.glob("*.safetensors")):
        raise ValueError(f"{checkpoint} has no weights in safetensors; a pickle is never loaded")


@torch.no_grad()
def _export(checkpoint: Path, raw: Path) -> None:
    """Write the four graphs in fp32 and the small files."""
    try:
        model = VisionEncoderDecoderModel.from_pretrained(
            checkpoint, use_safetensors=True, local_files_only=True
        )
    except SafetensorError as error:
        raise ValueError(f"{checkpoint}: the weights cannot be read: {error}") from None
    onnx_export_from_model(model.eval(), raw, task="image-to-text-with-past", do_validation=False)
    AutoImageProcessor.from_pretrained(
        checkpoint, use_fast=False, local_files_only=True
    ).save_pretrained(raw)
    AutoTokenizer.from_pretrained(checkpoint, local_files_only=True).save_pretrained(raw)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep back what tracing and quantizing always remark, whatever the model."""
    set_verbosity_error()
    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    finally:
        root.setLevel(before)
