"""Numbers that are too small to be normal are taken for zero where that was asked for, only."""

import platform
import sys
import threading

import numpy as np
import pytest

from altlens_host.worker.engines import tiny

KNOWN = sys.platform == "linux" and platform.machine() == "x86_64"
TINY = np.full(8, 1e-40, np.float32)


def _kept() -> bool:
    return bool((TINY * np.float32(0.5) != 0).all())


def test_they_are_zero_within_the_block_and_not_after_it() -> None:
    """Whoever computes in this thread afterwards has them back, after an error too."""
    assert _kept()

    seen = []

    def compute() -> None:
        with tiny.as_zero() as known:
            seen.extend([known, _kept()])
            raise ValueError("enough")

    with pytest.raises(ValueError, match="enough"):
        compute()

    assert seen == [KNOWN, not KNOWN]
    assert _kept()


def test_other_threads_have_them_meanwhile() -> None:
    """A thread that was there before computes as it did."""
    entered, seen = threading.Event(), []

    def look() -> None:
        entered.wait(10)
        seen.append(_kept())

    other = threading.Thread(target=look)
    other.start()
    with tiny.as_zero():
        entered.set()
        other.join()

    assert seen == [True]


def test_a_reader_leaves_them_as_they_were() -> None:
    """Though its session be the first of the process, which sets it for the thread."""
    pytest.importorskip("rapidocr")
    from PIL import Image

    from altlens_host.worker.text.recognition import Recognizer

    Recognizer(2).find(Image.new("RGB", (64, 64), "white"))

    assert _kept()
