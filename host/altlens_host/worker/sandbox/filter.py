"""Writes system call filters in the kernel's own language, classic BPF.

The instructions: include/uapi/linux/bpf_common.h; what a filter sees and answers: seccomp(2) and
include/uapi/linux/seccomp.h.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from typing import NamedTuple

KILL, ERRNO, ALLOW = 0x80000000, 0x00050000, 0x7FFF0000
"""Answers of a filter: end the process, fail with the number added to it, let through."""

X32 = 0x40000000
"""Marks a call of x86-64's second ABI, with numbers of its own."""

_LOAD, _AND, _RETURN = 0x20, 0x54, 0x06
_EQUAL, _AT_LEAST = 0x15, 0x35
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
"""Where in seccomp_data the call's number, its architecture and its arguments stand."""


class Instruction(NamedTuple):
    """One instruction: struct sock_filter.

    Attributes:
        code: What to do.
        yes: How many instructions to leap if a comparison holds.
        no: How many if not.
        value: What it is done with.
    """

    code: int
    yes: int
    no: int
    value: int


class Check(NamedTuple):
    """What an argument of a call must be; only its lower 32 bits are looked at.

    Attributes:
        argument: Which one, from 0 to 5.
        values: It must be one of these,
        mask: after all other bits were cleared.
        upper: Look at its upper 32 bits instead.
    """

    argument: int
    values: Sequence[int]
    mask: int = 0xFFFFFFFF
    upper: bool = False


def build(
    architecture: int,
    allowed: Iterable[tuple[int, Sequence[Check]]],
    killed: Iterable[int],
    refused: int,
    unknown: int,
) -> list[Instruction]:
    """Make a filter.

    Args:
        architecture: The only one whose calls are looked at (AUDIT_ARCH_…); a call of any other
            ends the process, since its numbers mean other things.
        allowed: The number of each call to let through, and what its arguments must be.
        killed: The numbers of the calls that end the process.
        refused: The errno of an allowed call with other arguments.
        unknown: The errno of all other calls.
    """
    made = [
        Instruction(_LOAD, 0, 0, _ARCHITECTURE),
        Instruction(_EQUAL, 1, 0, architecture),
        _answer(KILL),
        Instruction(_LOAD, 0, 0, _NUMBER),
        Instruction(_AT_LEAST, 0, 1, X32),
        _answer(KILL),
    ]
    for number, checks in allowed:
        block = _checked(checks, refused)
        made += [Instruction(_EQUAL, 0, len(block), number), *block]
    for number in killed:
        made += [Instruction(_EQUAL, 0, 1, number), _answer(KILL)]
    return [*made, _answer(ERRNO + unknown)]


def pack(program: Iterable[Instruction]) -> bytes:
    """Return the instructions as the kernel takes them."""
    return b"".join(struct.pack("=HBBI", *one) for one in program)


def _checked(checks: Sequence[Check], refused: int) -> list[Instruction]:
    """Let through if every check holds; the parts are laid out from the last to the first."""
    if not checks:
        return [_answer(ALLOW)]
    block = [_answer(ALLOW), _answer(ERRNO + refused)]
    for check in reversed(checks):
        # From the last comparison it is this far to the answer that refuses.
        to_refusal = len(block) - 1
        last = len(check.values) - 1
        comparisons = [
            Instruction(_EQUAL, last - at, to_refusal if at == last else 0, value)
            for at, value in enumerate(check.values)
        ]
        at = _ARGUMENTS + 8 * check.argument + 4 * check.upper
        load = [Instruction(_LOAD, 0, 0, at), Instruction(_AND, 0, 0, check.mask)]
        block = [*load, *comparisons, *block]
    return block


def _answer(value: int) -> Instruction:
    return Instruction(_RETURN, 0, 0, value)
