"""Prepares a ViT with a GPT-2: takes the weights out of the graphs, and writes other graphs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from altlens_host.worker.engines.generation_config import GenerationConfig
from altlens_host.worker.engines.probe import multiplies_exactly
from altlens_host.worker.prepare.attention import arithmetic_of, plain
from altlens_host.worker.prepare.decoder_graph import write_decoder
from altlens_host.worker.prepare.encoder_graph import write_encoder
from altlens_host.worker.prepare.family import read_family
from altlens_host.worker.prepare.parts import Decoder, Encoder, read_decoder, read_encoder
from altlens_host.worker.prepare.probe import write_probe
from altlens_host.worker.prepare.quantizing import quantized
from altlens_host.worker.prepare.reading import Graph
from altlens_host.worker.prepare.refusal import RefusedError
from altlens_host.worker.prepare.way import Progress
from altlens_host.worker.prepare.writing import Writer
from altlens_host.worker.processor import ImageProcessor


class Rewriting:
    """This way; see `way.Way`."""

    optimize = ()

    def __init__(
        self,
        config: Mapping[str, Any],
        processor: ImageProcessor,
        generation: GenerationConfig,
        variant: str,
    ) -> None:
        """Look at the sizes.

        Args:
            config: The object in config.json.
            processor: Makes the encoder's input.
            generation: How captions are searched for.
            variant: One of VARIANTS.

        Raises:
            RefusedError: The model is of another family, or its sizes do not fit each other.
        """
        self._family = read_family(config)
        self._processor, self._generation, self._variant = processor, generation, variant
        side = self._family.image
        if (processor.width, processor.height) != (side, side):
            raise RefusedError(f"The encoder does not look at pictures of {side} by {side} pixels.")

    def write(
        self, encoder: Path, decoders: Sequence[Path], folder: Path, progress: Progress
    ) -> None:
        """Write the graphs; see `way.Way`."""
        first, second = self.read(encoder, decoders[0])
        progress(0.1, "reading")
        how = plain(self._family.encoder.head_width, self._family.decoder.head_width)
        if self._variant == "q8":
            how = arithmetic_of(encoder, decoders[-1])
        else:
            progress(0.15, "quantizing")
            first, second = quantized(first, second, self._variant)
        progress(0.25, "writing")
        signed = _signed(folder)
        one, other = Writer(signed=signed), Writer(signed=signed)
        write_encoder(one, first, second, family=self._family, processor=self._processor, how=how)
        one.save(folder / "encoder.onnx")
        write_decoder(other, second, self._family, how)
        other.save(folder / "decoder.onnx")

    def read(self, encoder: Path, decoder: Path) -> tuple[Encoder, Decoder]:
        """Take the weights out of two graphs.

        Raises:
            RefusedError: They are built in a way not known here, or damaged.
        """
        try:
            second = read_decoder(Graph(decoder), self._family)
            if len(second.positions) < self._generation.max_length - 1:
                raise RefusedError("The decoder has fewer positions than the longest caption.")
            return read_encoder(Graph(encoder), self._family), second
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            # What a graph may lack or have too much of has no end.
            kind = type(error).__name__
            raise RefusedError(f"The graphs are not as expected ({kind}).") from None


def _signed(folder: Path) -> bool:
    """Leave the probe beside the graphs, and say whether matrices may be signed."""
    path = folder / "probe.onnx"
    write_probe(path, signed=True)
    exact = multiplies_exactly(path)
    if not exact:
        write_probe(path, signed=False)
    return exact
