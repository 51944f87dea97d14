"""Runs a decoder as the hub publishes it: in one graph or in two, with past key values or not.

Names and branches are those of optimum's exports ("Merging decoders",
https://huggingface.co/docs/optimum-onnx): `past_key_values.N.key` goes in and `present.N.key`
comes out, with `.decoder.` or `.encoder.` before the last part in some exports. In a merged graph
`use_cache_branch` chooses between two: one for the first token, which ignores the past, and
one for each later token. What the second gives as the encoder's part of the past is a
placeholder there, so the first's is kept. Older exports have each branch in a file of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from altlens_host.errors import ModelBrokenError
from altlens_host.worker.engines.sessions import Value, value_of

_PAST = "past_key_values"
_PRESENT = "present"
_BRANCH = "use_cache_branch"
_TOKENS, _HIDDEN = "input_ids", "encoder_hidden_states"
_HEADS = ("n_head", "num_attention_heads", "decoder_attention_heads")
_WIDTHS = ("n_embd", "hidden_size", "d_model")
_TYPES = {"tensor(float)": np.float32, "tensor(float16)": np.float16}


class Decoder:
    """A decoder's graphs, and what their inputs and outputs are called."""

    def __init__(
        self, sessions: Sequence[onnxruntime.InferenceSession], config: Mapping[str, Any]
    ) -> None:
        """Look at the graphs.

        Args:
            sessions: The loaded graph; or the one for the first token and the one for the
                later ones.
            config: The decoder's part of config.json, for sizes that the graph leaves open.

        Raises:
            ModelBrokenError: A graph has inputs or outputs that are not known here.
        """
        self.first, self.later = sessions[0], sessions[-1]
        self.inputs = {one.name: one for one in self.later.get_inputs()}
        self.past = [name for name in self.inputs if name.startswith(f"{_PAST}.")]
        self.merged = _BRANCH in self.inputs
        for session in sessions:
            self._look(session)
        alone = self.first is self.later
        if (self.merged or not alone) and not self.past:
            raise ModelBrokenError("The decoder lacks past key values.")
        if alone and not self.merged and any(map(is_cross, self.past)):
            raise ModelBrokenError("The decoder cannot make the encoder's part of the past.")
        self.empty: dict[str, Value] = {}
        if alone:
            self.empty = {name: value_of(_empty(self.inputs[name], config)) for name in self.past}

    def _look(self, session: onnxruntime.InferenceSession) -> None:
        inputs = {one.name for one in session.get_inputs()}
        outputs = {one.name for one in session.get_outputs()}
        for name in inputs - {_BRANCH, _TOKENS, _HIDDEN, *self.past}:
            raise ModelBrokenError(f"The decoder has an input that is not known: {name[:80]}.")
        made = [name for name in self.past if session is self.first or not is_cross(name)]
        for name in ["logits", *map(present_name, made)]:
            if name not in outputs:
                raise ModelBrokenError(f"The decoder has no output {name[:80]}.")
        needed = {_TOKENS, _HIDDEN} if session is self.first else {_TOKENS}
        if not needed <= inputs:
            raise ModelBrokenError("The decoder lacks tokens or hidden states.")


class DecoderRun:
    """The decoder at work on one picture; a Step of the search."""

    def __init__(self, decoder: Decoder, hidden: Value, signs: tuple[float, ...] = ()) -> None:
        """Start before the first token.

        Args:
            decoder: The graphs.
            hidden: The encoder's last hidden state, [1, patches, width].
            signs: What the encoder says beside.
        """
        self.signs = signs
        self._decoder = decoder
        self._hidden = hidden
        self._past: dict[str, Value] = decoder.empty
        self._said: list[list[int]] = [[]]
        self._started = False

    def __call__(self, tokens: Sequence[int], origins: Sequence[int]) -> NDArray[np.float32]:
        """Run a graph for one more token of each caption; see `generation.Step`."""
        decoder, first = self._decoder, not self._started
        self._follow(tokens, origins)
        # Without past key values, each caption is gone through anew.
        newest = self._said if not decoder.past else [[token] for token in tokens]
        feeds = {_TOKENS: value_of(np.array(newest, np.int64)), **self._past}
        session = decoder.first if first else decoder.later
        if first or _HIDDEN in decoder.inputs:
            feeds[_HIDDEN] = self._hidden
        if decoder.merged:
            feeds[_BRANCH] = value_of(np.array([not first]))
        made = [name for name in decoder.past if first or not is_cross(name)]
        names = ["logits", *map(present_name, made)]
        logits, *present = session.run_with_ort_values(names, feeds)
        self._past = {**self._past, **dict(zip(made, present, strict=True))}
        self._started = True
        scores: NDArray[np.float32] = logits.numpy()[:, -1].astype(np.float32, copy=False)
        return scores

    def _follow(self, tokens: Sequence[int], origins: Sequence[int]) -> None:
        """Bring the past into the order of the captions that are followed now."""
        rows = len(self._said)
        grown = len(origins) != rows
        moved = grown or list(origins) != list(range(rows))
        self._said = [
            [*self._said[origin], token] for origin, token in zip(origins, tokens, strict=True)
        ]
        if not self._started:
            return
        for name, value in self._past.items():
            # The picture's part is the same for every caption.
            if grown or (moved and not is_cross(name)):
                self._past[name] = value_of(value.numpy()[list(origins)])
        if grown:
            self._hidden = value_of(self._hidden.numpy()[[0] * len(origins)])


def present_name(past: str) -> str:
    """Return the output that holds the next value of an input of past key values."""
    return _PRESENT + past.removeprefix(_PAST)


def is_cross(past: str) -> bool:
    """Say whether this part of the past belongs to the picture, not to the words."""
    return ".encoder." in past


def _empty(declared: Any, config: Mapping[str, Any]) -> NDArray[Any]:
    """Make the past before the first token, [1, heads, 0, width of a head]."""
    shape = declared.shape
    if declared.type not in _TYPES or len(shape) != 4:
        raise ModelBrokenError(f"The decoder's {declared.name[:80]} is no float tensor of rank 4.")
    heads = shape[1] if isinstance(shape[1], int) else _size(config, _HEADS)
    length = shape[2] if isinstance(shape[2], int) else 0
    width = shape[3] if isinstance(shape[3], int) else _size(config, _WIDTHS) // heads
    return np.zeros((1, heads, length, width), _TYPES[declared.type])


def _size(config: Mapping[str, Any], names: Sequence[str]) -> int:
    for name in names:
        value = config.get(name)
        if type(value) is int and value > 0:
            return value
    raise ModelBrokenError(f"config.json names no {' or '.join(names)} of the decoder.")
