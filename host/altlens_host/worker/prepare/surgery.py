"""Prepares a model of any family: cuts its graphs apart, and joins the pieces otherwise.

For decoders that take the picture's keys and values as a part of the past, as `lite`'s does
(docs/decisions/0115-prepared-by-surgery.md). What the pieces compute stays as it is.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto
from onnxruntime import GraphOptimizationLevel

from altlens_host.worker.engines.interface import SIGNS, SIGNS_OUTPUT
from altlens_host.worker.prepare.decoder_graph import choose
from altlens_host.worker.prepare.encoder_graph import scaled
from altlens_host.worker.prepare.merged_decoder import (
    HIDDEN,
    LOGITS,
    TOKENS,
    MergedDecoder,
    past,
    present,
)
from altlens_host.worker.prepare.optimizing import optimize
from altlens_host.worker.prepare.pieces import cut, opset_of, shape_of
from altlens_host.worker.prepare.probe import write_probe
from altlens_host.worker.prepare.reading import load
from altlens_host.worker.prepare.refusal import RefusedError
from altlens_host.worker.prepare.way import Progress
from altlens_host.worker.prepare.writing import Writer, save
from altlens_host.worker.processor import ImageProcessor


class Surgery:
    """This way; see `way.Way`."""

    optimize = ("encoder.onnx",)

    def __init__(self, processor: ImageProcessor, variant: str) -> None:
        """Look at what is asked for.

        Args:
            processor: Makes the encoder's input.
            variant: One of VARIANTS.

        Raises:
            RefusedError: It cannot be made in this way.
        """
        if variant != "q8":
            raise RefusedError("Only a ViT with a GPT-2 can be prepared from floats.")
        self._processor = processor

    def write(
        self, encoder: Path, decoders: Sequence[Path], folder: Path, progress: Progress
    ) -> None:
        """Write the graphs; see `way.Way`."""
        if len(decoders) > 1:
            raise RefusedError("Only of a ViT with a GPT-2 can a decoder in two files be prepared.")
        first, second = self.join(encoder, decoders[0])
        progress(0.1, "writing")
        _write(first, folder / "encoder.onnx")
        progress(0.25, "writing")
        _write(second, folder / "decoder.onnx")
        write_probe(folder / "probe.onnx", signed=False)

    def join(self, encoder: Path, decoder: Path) -> tuple[onnx.ModelProto, onnx.ModelProto]:
        """Cut two graphs apart and join the pieces to the prepared encoder and decoder.

        What goes in and out of those is said in `encoder_graph` and `decoder_graph`.

        Raises:
            RefusedError: They are built in a way not known here, or damaged.
        """
        try:
            whole = MergedDecoder(decoder)
            first = _encoder(load(encoder), whole, self._processor)
            return first.model("encoder"), _decoder(whole).model("decoder")
        except (ValueError, TypeError, LookupError, AttributeError, AssertionError) as error:
            # What a graph may lack or have too much of has no end.
            kind = type(error).__name__
            raise RefusedError(f"The graphs are not as expected ({kind}).") from None


def _encoder(encoder: onnx.ModelProto, decoder: MergedDecoder, processor: ImageProcessor) -> Writer:
    if opset_of(encoder, "The encoder") != decoder.opset:
        raise RefusedError("The encoder and the decoder are of different opsets.")
    pixels, hidden = _ends(encoder, processor)
    writer = Writer(opset=decoder.opset)
    size: list[int | str] = ["batch", processor.height, processor.width, 3]
    image = writer.input("image", TensorProto.UINT8, size)
    planes = writer("Transpose", scaled(writer, image, processor), perm=[0, 3, 1, 2])
    beside = [one.name for one in encoder.graph.output[1:] if one.name == SIGNS_OUTPUT]
    seeing = cut(encoder, [pixels], [hidden, *beside], "the hidden states")
    seen_all = writer.include(seeing, "encoder/", {pixels: planes})
    seen = seen_all[hidden]
    # Of the words only the number of captions matters: one for each picture.
    one_each = writer("Concat", writer("Shape", image, end=1), writer.integers(1), axis=0)
    words = writer("Expand", writer.integers(0), one_each)
    made = writer.include(decoder.crossing(), "decoder/", {HIDDEN: seen, TOKENS: words})
    for n, part in decoder.parts:
        heads, width = decoder.heads(past(n, "encoder", part))
        shape: list[int | str] = ["batch", heads, "patches", width]
        source = made[present(n, "encoder", part)]
        writer.output(f"cross.{n}.{part}", TensorProto.FLOAT, shape, source)
    for name in beside:
        writer.output(name, TensorProto.FLOAT, ["batch", len(SIGNS)], seen_all[name])
    return writer


def _ends(encoder: onnx.ModelProto, processor: ImageProcessor) -> tuple[str, str]:
    """Return the names of the encoder's input and output."""
    inputs, outputs = encoder.graph.input, encoder.graph.output
    if len(inputs) != 1:
        raise RefusedError("The encoder takes something else than one picture.")
    wanted = (3, processor.height, processor.width)
    shape = shape_of(inputs, inputs[0].name, 4, ())[1:]
    if any(one not in (0, size) for one, size in zip(shape, wanted, strict=True)):
        size = f"{processor.width} by {processor.height}"
        raise RefusedError(f"The encoder does not look at pictures of {size} pixels.")
    return inputs[0].name, outputs[0].name


def _decoder(decoder: MergedDecoder) -> Writer:
    writer = Writer(opset=decoder.opset)
    tokens = writer.input("input_ids", TensorProto.INT64, ["captions", 1])
    # The pieces take it from the length of the past.
    writer.input("position", TensorProto.INT64, [1])
    origins = writer.input("origins", TensorProto.INT64, ["captions"])
    candidates = writer.input("candidates", TensorProto.INT64, [1])
    inputs = {TOKENS: tokens}
    owners = _owners(writer, origins)
    for n, part in decoder.parts:
        for side, name, rows, (many, length) in (
            ("decoder", "past", origins, ("rows", "length")),
            ("encoder", "cross", owners, ("pictures", "patches")),
        ):
            heads, width = decoder.heads(past(n, side, part))
            size: list[int | str] = [many, heads, length, width]
            given = writer.input(f"{name}.{n}.{part}", TensorProto.FLOAT, size)
            inputs[past(n, side, part)] = writer("Gather", given, rows, axis=0)
    made = writer.include(decoder.later(), "decoder/", inputs)
    for n, part in decoder.parts:
        heads, width = decoder.heads(past(n, "decoder", part))
        grown: list[int | str] = ["captions", heads, "length + 1", width]
        source = made[present(n, "decoder", part)]
        writer.output(f"present.{n}.{part}", TensorProto.FLOAT, grown, source)
    logits = writer("Squeeze", made[LOGITS], writer.integers(1))
    choose(writer, logits, candidates, decoder.vocabulary)
    return writer


def _owners(writer: Writer, origins: str) -> str:
    """Return for each caption which picture it is of: those of one picture lie together."""
    captions, pictures = (
        writer("Squeeze", writer("Shape", one, end=1)) for one in (origins, "cross.0.key")
    )
    zero, one = (writer.constant(np.int64(value)) for value in (0, 1))
    rows = writer("Range", zero, captions, one)
    return writer("Div", writer("Mul", rows, pictures), captions)


def _write(model: onnx.ModelProto, path: Path) -> None:
    """Write a graph with all that is constant computed: weights of 8 bits become floats."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / path.name
        optimize(model.SerializeToString(), target, GraphOptimizationLevel.ORT_ENABLE_BASIC)
        made = load(target)
    # onnxruntime names all that it knows in its version, which another may not.
    used = {"", *(node.domain for node in made.graph.node)}
    opsets = [one for one in made.opset_import if one.domain in used]
    del made.opset_import[:]
    made.opset_import.extend(opsets)
    save(made, path)
