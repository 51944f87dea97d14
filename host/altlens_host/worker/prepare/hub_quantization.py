"""Quantizes graphs as those on the hub were: with the settings of transformers.js' script.

`scripts/quantize.py` of version 2: dynamic quantization, one scale for each matrix, unsigned
weights where there is a convolution and signed ones elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import onnx
from onnxruntime.quantization import QuantType, quantize_dynamic


def quantize_as_the_hub(graphs: Sequence[Path], folder: Path) -> None:
    """Quantize graphs.

    Args:
        graphs: In 32-bit floats.
        folder: Where the results go; made if need be.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for path in graphs:
        kinds = set(_kinds(onnx.load(str(path), load_external_data=False).graph))
        quantize_dynamic(
            path,
            folder / f"{path.stem}_quantized.onnx",
            weight_type=QuantType.QUInt8 if "Conv" in kinds else QuantType.QInt8,
            per_channel=False,
            reduce_range=False,
            extra_options={"EnableSubgraph": True},
        )


def _kinds(graph: onnx.GraphProto) -> Iterator[str]:
    for node in graph.node:
        yield node.op_type
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.GRAPH:
                yield from _kinds(attribute.g)
