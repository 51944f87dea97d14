"""What a person reads of an answer in a terminal."""

from __future__ import annotations

from typing import Any

import pytest

from altlens_host.messages import Result
from altlens_installer.caption import spoken


def answer(**fields: Any) -> Result:
    """An answer of the host."""
    usual: dict[str, Any] = {**dict.fromkeys(Result._fields, ""), "kind": "described",
                             "level": "plain"}  # fmt: skip
    return Result(**{**usual, **fields})


@pytest.mark.parametrize(
    ("level", "printed"),
    [
        ("plain", "A dog. Text: Exit"),
        ("hedged", "Perhaps: A dog. Text: Exit"),
        ("unsure", "(little more than a guess) A dog. Text: Exit"),
    ],
)
def test_how_sure_the_host_is_is_told(level: str, printed: str) -> None:
    """Of a caption: what was read beside it has nothing to do with that."""
    assert spoken(answer(text="A dog", read="Exit", level=level)) == printed


def test_what_is_no_caption_has_no_hedge() -> None:
    """Text, and what nothing is said of."""
    assert spoken(answer(kind="text", text="Exit", level="hedged")) == "Text: Exit"
    assert spoken(answer(kind="unsure", level="unsure")) == "(not sure)"
