"""Writes the graph by which a worker tells how its processor multiplies (`engines/probe.py`)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from onnx import TensorProto

from altlens_host.worker.engines.probe import COLUMNS, INNER, ROWS
from altlens_host.worker.prepare.writing import Writer


def write_probe(path: Path, *, signed: bool) -> None:
    """Write it.

    Args:
        path: Where to.
        signed: Whether there will be signed matrices that use all eight bits.
    """
    writer = Writer(signed=False)
    values = writer.input("values", TensorProto.UINT8, [ROWS, INNER])
    largest = np.int8(127) if signed else np.int8(63)
    matrix = writer.constant(np.full((INNER, COLUMNS), largest))
    once = writer("Identity", writer.constant(np.full((ROWS, COLUMNS), largest, np.int32)))
    product = writer("MatMulInteger", values, matrix)
    writer.output("product", TensorProto.INT32, [ROWS, COLUMNS], product)
    writer.output("once", TensorProto.INT32, [ROWS, COLUMNS], once)
    writer.save(path, apart=False)
