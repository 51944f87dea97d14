"""A merged decoder that takes the picture's keys and values as a part of the past.

Names are those of optimum's exports; see `engines/decoder.py`.
"""

from __future__ import annotations

import re
from pathlib import Path

import onnx

from altlens_host.worker.prepare.pieces import branch, cut, opset_of, shape_of
from altlens_host.worker.prepare.reading import load
from altlens_host.worker.prepare.refusal import RefusedError

TOKENS, HIDDEN, LOGITS = "input_ids", "encoder_hidden_states", "logits"
_PAST = re.compile(r"past_key_values\.(\d+)\.(decoder|encoder)\.(key|value)")
_FIRST, _LATER = "else_branch", "then_branch"


class MergedDecoder:
    """Such a decoder.

    Attributes:
        opset: The version of its operations.
        parts: The number of each layer with "key" and with "value".
        vocabulary: How many tokens there are.
    """

    def __init__(self, path: Path) -> None:
        """Read it.

        Raises:
            RefusedError: It is another, or cannot be read.
        """
        self._model = load(path)
        self.opset = opset_of(self._model, path.name)
        found = [_PAST.fullmatch(one.name) for one in self._model.graph.input]
        own, cross = (
            {(int(one[1]), one[3]) for one in found if one and one[2] == side}
            for side in ("decoder", "encoder")
        )
        if not cross:
            raise RefusedError(
                f"{path.name} makes the picture's keys and values anew for every token; only a "
                "GPT-2 that belongs to a ViT can then be prepared."
            )
        layers = len(own) // 2
        self.parts = [(n, part) for n in range(layers) for part in ("key", "value")]
        if not own == cross == {*self.parts}:
            raise RefusedError(f"{path.name} lacks a part of the past.")
        self.vocabulary = shape_of(self._model.graph.output, LOGITS, 3, (2,))[2]

    def heads(self, past: str) -> tuple[int, int]:
        """Return how many heads a part of the past has, and how wide they are."""
        _, heads, _, width = shape_of(self._model.graph.input, past, 4, (1, 3))
        return heads, width

    def crossing(self) -> onnx.GraphProto:
        """Return what makes the picture's keys and values of the hidden states.

        Its inputs are HIDDEN and TOKENS, of which it uses the shape alone; its outputs are
        named as in `present`.

        Raises:
            RefusedError: It needs more.
        """
        outputs = [present(n, "encoder", part) for n, part in self.parts]
        first = branch(self._model, _FIRST)
        graph = cut(first, [HIDDEN, TOKENS], outputs, "the picture's keys and values")
        if any(TOKENS in node.input and node.op_type != "Shape" for node in graph.node):
            raise RefusedError("The picture's keys and values depend on the words.")
        return graph

    def later(self) -> onnx.GraphProto:
        """Return what makes logits and the next past of one token, with a past or without.

        Its inputs are TOKENS and the names of `past`; its outputs are LOGITS and those of
        `present`, without the picture's.

        Raises:
            RefusedError: It needs more.
        """
        inputs = [past(n, side, part) for n, part in self.parts for side in ("decoder", "encoder")]
        outputs = [present(n, "decoder", part) for n, part in self.parts]
        later = branch(self._model, _LATER)
        return cut(later, [TOKENS, *inputs], [LOGITS, *outputs], "a later token")


def past(n: int, side: str, part: str) -> str:
    """Return the input for a layer's keys or values.

    Args:
        n: The layer.
        side: "decoder" for those of the words, "encoder" for those of the picture.
        part: "key" or "value".
    """
    return f"past_key_values.{n}.{side}.{part}"


def present(n: int, side: str, part: str) -> str:
    """Return the output with a layer's next keys or values; see `past`."""
    return f"present.{n}.{side}.{part}"
