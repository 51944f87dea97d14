"""What the worker may use at most (setrlimit(2)). A limit can never be raised again."""

from __future__ import annotations

import resource

CPU_SECONDS = 3600
"""Of all its pictures together; tens of thousands with the model that ships.

A worker that has used them up is ended by the kernel and replaced by the host. A limit for each
picture is the host's: a process that can raise its own limit has none.
"""

OPEN_FILES = 64
"""Loading a model holds fewer than twenty open at a time."""

OPEN_FILES_WITH_DEVICES = 1024
"""A graphics card's driver is opened many times over."""

_UNWRITTEN = 4 << 30
"""Addresses beside the memory: libraries, files that are mapped, and what allocators keep free."""


def apply(memory: int, *, devices: bool = False) -> None:
    """Set every limit, hard and soft alike.

    Args:
        memory: How many bytes of memory of its own it may map for writing. A larger limit that
            is in force already is lowered to it, a smaller one stays.
        devices: Whether it computes on a graphics card, whose driver reserves addresses for all
            memory of the card and of the machine: then they are not limited.
    """
    wanted = {
        # Private memory that can be written to; RLIMIT_AS alone would count what threads and
        # allocators only reserve, and have to be so high that it limits nothing.
        resource.RLIMIT_DATA: memory,
        resource.RLIMIT_AS: memory + _UNWRITTEN,
        resource.RLIMIT_CPU: CPU_SECONDS,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: OPEN_FILES_WITH_DEVICES if devices else OPEN_FILES,
        # A core file would hold pictures.
        resource.RLIMIT_CORE: 0,
    }
    if devices:
        del wanted[resource.RLIMIT_AS]
    for kind, most in wanted.items():
        hard = resource.getrlimit(kind)[1]
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (least, least))
