"""What is remembered, and what is forgotten first."""

from altlens_host.memory import Memory
from altlens_host.messages import Answer


def answer(text: str) -> Answer:
    return Answer("described", text, 0.0, 1, "lite", "1")


def test_the_least_recently_used_goes_first() -> None:
    """A picture that was asked for again stays longer than one that was not."""
    memory = Memory(2)
    memory.put(b"a", answer("a"))
    memory.put(b"b", answer("b"))
    memory.get(b"a")

    memory.put(b"c", answer("c"))

    assert memory.get(b"a") == answer("a")
    assert memory.get(b"b") is None
    assert memory.get(b"c") == answer("c")
    assert len(memory) == 2


def test_a_new_answer_replaces_the_old_one() -> None:
    """The same picture is kept once."""
    memory = Memory(2)
    memory.put(b"a", answer("old"))

    memory.put(b"a", answer("new"))

    assert memory.get(b"a") == answer("new")
    assert len(memory) == 1


def test_a_limit_of_zero_remembers_nothing() -> None:
    """Remembering can be switched off."""
    memory = Memory(0)

    memory.put(b"a", answer("a"))

    assert memory.get(b"a") is None
