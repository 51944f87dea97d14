"""Finds out how this processor multiplies 8-bit integers.

A processor of the x86 family without VNNI adds two products of an unsigned and a signed byte in
16 bits, and what is larger than that is cut off (onnxruntime, "Quantize ONNX models": U8S8 on
AVX2). Prepared graphs whose matrices were made signed are then wrong; they are made on one machine
and may be read on another, as with a folder for all users of a network.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from altlens_host.worker.engines.sessions import open_session

ROWS, INNER, COLUMNS = 4, 64, 16


def multiplies_exactly(graph: Path) -> bool:
    """Say whether the products in a graph that was written for this are right.

    Args:
        graph: `values` [rows, inner], unsigned, times a constant matrix of the largest integers
            that the prepared graphs hold, is `product`.

    Raises:
        ModelBrokenError: The graph cannot be opened.
    """
    session = open_session(graph, 1, as_it_is=True)
    values = np.full((ROWS, INNER), 255, np.uint8)
    product, once = session.run(["product", "once"], {"values": values})
    return bool((product == once.astype(np.int64) * 255 * INNER).all())
