"""Which files of a repository or a folder make up a model. Nothing else is ever fetched.

Never a `.bin`: it is a pickle, which runs what it contains when it is opened.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from altlens_installer.errors import ModelIncompleteError

NEEDED = ("config.json", "preprocessor_config.json", "tokenizer.json")
"""What every model needs beside its weights."""

_OPTIONAL = ("generation_config.json",)
_WEIGHTS = "model.safetensors"

QUANTIZED, FULL, HALF = "_quantized", "", "_fp16"
"""How the names of the hub's graphs end: 8 bits, 32 bits, 16 bits."""

_DECODERS = (
    ("decoder_model_merged",),
    ("decoder_model", "decoder_with_past_model"),
    ("decoder_model",),
)


def wanted(there: Collection[str], variant: str = "q8") -> tuple[str, ...]:
    """Return the files to take.

    Args:
        there: The paths of all files, as the hub names them.
        variant: How the model will be prepared: "q8" from the first graphs that are there of 8,
            32 and 16 bits; "precise" and "fast" need those of 32 bits, too.

    Raises:
        ModelIncompleteError: It is no whole model.
    """
    missing = [name for name in NEEDED if name not in there]
    if missing:
        raise ModelIncompleteError(f"There is no {', no '.join(missing)}.")
    chosen = next((one for end in (QUANTIZED, FULL, HALF) if (one := _graphs(there, end))), [])
    if variant != "q8":
        full = _graphs(there, FULL)
        if not full:
            raise ModelIncompleteError(
                f"There are no graphs of 32 bits, which --{variant} is made from."
            )
        chosen = [*chosen, *full]
    if not chosen and _WEIGHTS in there:
        chosen = [_WEIGHTS]
    if not chosen:
        raise ModelIncompleteError(
            f"There is no encoder with a decoder in onnx/, and no {_WEIGHTS}."
        )
    optional = [name for name in _OPTIONAL if name in there]
    return tuple(dict.fromkeys((*NEEDED, *optional, *chosen)))


def full_precision(names: Collection[str]) -> tuple[str, ...]:
    """Return those of a model's files that are its graphs of 32 bits."""
    return tuple(_graphs(names, FULL))


def _graphs(there: Collection[str], end: str) -> list[str]:
    encoder = f"onnx/encoder_model{end}.onnx"
    for decoders in _DECODERS:
        graphs = [encoder, *(f"onnx/{one}{end}.onnx" for one in decoders)]
        if all(one in there for one in graphs):
            return [*graphs, *_beside(graphs, there)]
    return []


def _beside(graphs: list[str], there: Collection[str]) -> Iterator[str]:
    """Return the files in which graphs of more than 2 GB keep their weights."""
    yield from (name for one in graphs for name in (f"{one}_data", f"{one}.data") if name in there)
