"""Runs a decoder graph with past key values, as the hub publishes them.

Names and branches are those of optimum's exports ("Merging decoders",
https://huggingface.co/docs/optimum-onnx): `past_key_values.N.key` goes in and `present.N.key`
comes out, with `.decoder.` or `.encoder.` before the last part in some exports. In a merged graph
`use_cache_branch` chooses between two: one for the first token, which ignores the past, and
one for each later token. What the second gives as the encoder's part of the past is a
placeholder there, so the first's is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from altlens_host.errors import ModelBrokenError

_PAST = "past_key_values"
_PRESENT = "present"
_HEADS = ("n_head", "num_attention_heads", "decoder_attention_heads")
_WIDTHS = ("n_embd", "hidden_size", "d_model")

Value = Any
"""An onnxruntime.OrtValue: a tensor that is handed on without a copy; the library has no types."""


class Decoder:
    """A decoder graph, and what its inputs and outputs are called."""

    def __init__(self, session: onnxruntime.InferenceSession, config: Mapping[str, Any]) -> None:
        """Look at the graph.

        Args:
            session: The loaded graph.
            config: The decoder's part of config.json, for sizes that the graph leaves open.

        Raises:
            ModelBrokenError: The graph has inputs or outputs that are not known here.
        """
        self.session = session
        inputs = {one.name: one for one in session.get_inputs()}
        outputs = [one.name for one in session.get_outputs()]
        self.past = [name for name in inputs if name.startswith(f"{_PAST}.")]
        self.merged = "use_cache_branch" in inputs
        needed = {"input_ids", "encoder_hidden_states"}
        known = {"use_cache_branch", *needed, *self.past}
        for name in inputs.keys() - known:
            raise ModelBrokenError(f"The decoder has an input that is not known: {name[:80]}.")
        for name in ["logits", *map(present_name, self.past)]:
            if name not in outputs:
                raise ModelBrokenError(f"The decoder has no output {name[:80]}.")
        if not needed <= inputs.keys() or not self.past:
            raise ModelBrokenError("The decoder lacks tokens, hidden states or past key values.")
        if not self.merged and any(map(is_cross, self.past)):
            raise ModelBrokenError("The decoder cannot make the encoder's part of the past.")
        self.empty = {name: _value(_empty(inputs[name], config)) for name in self.past}


class DecoderRun:
    """The decoder at work on one picture; a Step of the search."""

    def __init__(self, decoder: Decoder, hidden: Value) -> None:
        """Start before the first token.

        Args:
            decoder: The graph.
            hidden: The encoder's last hidden state, [1, patches, width].
        """
        self._decoder = decoder
        self._hidden = hidden
        self._past: dict[str, Value] = decoder.empty
        self._rows = 0

    def __call__(self, tokens: Sequence[int], origins: Sequence[int]) -> NDArray[np.float32]:
        """Run the graph for one more token of each caption; see `generation.Step`."""
        decoder, first = self._decoder, self._rows == 0
        if not first:
            self._follow(origins)
        newest = _value(np.array(tokens, np.int64)[:, None])
        feeds = {"input_ids": newest, "encoder_hidden_states": self._hidden, **self._past}
        if decoder.merged:
            feeds["use_cache_branch"] = _value(np.array([not first]))
        made = [name for name in decoder.past if first or not is_cross(name)]
        names = ["logits", *map(present_name, made)]
        logits, *present = decoder.session.run_with_ort_values(names, feeds)
        self._past = {**self._past, **dict(zip(made, present, strict=True))}
        self._rows = len(tokens)
        scores: NDArray[np.float32] = logits.numpy()[:, -1]
        return scores

    def _follow(self, origins: Sequence[int]) -> None:
        """Bring the past into the order of the captions that are followed now."""
        grown = len(origins) != self._rows
        moved = grown or list(origins) != list(range(self._rows))
        for name, value in self._past.items():
            # The picture's part is the same for every caption.
            if grown or (moved and not is_cross(name)):
                self._past[name] = _value(value.numpy()[list(origins)])
        if grown:
            self._hidden = _value(self._hidden.numpy()[[0] * len(origins)])


def present_name(past: str) -> str:
    """Return the output that holds the next value of an input of past key values."""
    return _PRESENT + past.removeprefix(_PAST)


def is_cross(past: str) -> bool:
    """Say whether this part of the past belongs to the picture, not to the words."""
    return ".encoder." in past


def _value(array: NDArray[Any]) -> Value:
    return onnxruntime.OrtValue.ortvalue_from_numpy(np.ascontiguousarray(array))


def _empty(declared: Any, config: Mapping[str, Any]) -> NDArray[np.float32]:
    """Make the past before the first token, [1, heads, 0, width of a head]."""
    shape = declared.shape
    if declared.type != "tensor(float)" or len(shape) != 4:
        raise ModelBrokenError(f"The decoder's {declared.name[:80]} is no float tensor of rank 4.")
    heads = shape[1] if isinstance(shape[1], int) else _size(config, _HEADS)
    length = shape[2] if isinstance(shape[2], int) else 0
    width = shape[3] if isinstance(shape[3], int) else _size(config, _WIDTHS) // heads
    return np.zeros((1, heads, length, width), np.float32)


def _size(config: Mapping[str, Any], names: Sequence[str]) -> int:
    for name in names:
        value = config.get(name)
        if type(value) is int and value > 0:
            return value
    raise ModelBrokenError(f"config.json names no {' or '.join(names)} of the decoder.")
