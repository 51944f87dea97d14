"""What the worker gives up before it looks at the first picture.

The one interface for every system; only Linux has something behind it. What is held and what is
missing is told to the host, which shows it in `state` (docs/decisions/0060-sandbox.md).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from altlens_host.worker_messages import PROMISES


class Needs(NamedTuple):
    """What the worker still has to be able to do afterwards.

    Attributes:
        readable: Files and folders that it reads, besides its own program.
        pipes: The descriptors that stay open, besides 0, 1 and 2.
        memory: How many bytes it may write to at one time.
        devices: Files of a graphics card's driver, which it opens for writing.
    """

    readable: Sequence[Path]
    pipes: Sequence[int]
    memory: int
    devices: Sequence[Path] = ()


def enter(needs: Needs) -> frozenset[str]:
    """Give up everything else, for good, for this process and all its threads.

    Called while the process has one thread and before anything heavy is imported.

    Returns:
        Those of PROMISES that hold from now on; the others are more than this system offers.

    Raises:
        NotIsolatedError: The process has more than one thread, or a step that this system
            offers failed.
    """
    if sys.platform != "linux":
        return frozenset()
    from altlens_host.worker.sandbox import linux

    held = linux.enter(needs)
    assert held <= set(PROMISES)
    return held
