"""Asks in plain lines: numbers and words, which a screen reader reads and a pipe can answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO

from altlens_installer.errors import QuestionUnansweredError
from altlens_installer.terminal import plain, say

_YES = {"y", "yes"}
_NO = {"n", "no", ""}


class Questions:
    """Asks on one stream and reads the answers from another, one line each."""

    def __init__(self, answers: IO[str], out: IO[str]) -> None:
        self._answers = answers
        self.out = out

    def agreed(self, question: str) -> bool:
        """Ask something that takes yes or no; an empty answer is no.

        Raises:
            QuestionUnansweredError: There are no more answers.
        """
        while True:
            answer = self._ask(f"{question} Type yes or no, then Enter.").lower()
            if answer in _YES | _NO:
                return answer in _YES
            say("That was neither yes nor no.", self.out)

    def chosen(self, question: str, options: Sequence[str]) -> list[int]:
        """Ask which of some options; return their indices. An empty answer takes the first.

        Args:
            question: What is asked.
            options: Each in a few words.

        Raises:
            QuestionUnansweredError: There are no more answers.
        """
        for number, option in enumerate(options, 1):
            say(f"{number}. {plain(option)}", self.out)
        how = "Type numbers with spaces between them, or all. Enter alone takes 1."
        while True:
            found = _numbers(self._ask(f"{question} {how}"), len(options))
            if found:
                return found
            say(f"Only the numbers 1 to {len(options)} can be chosen.", self.out)

    def _ask(self, question: str) -> str:
        say(question, self.out)
        self.out.flush()
        line = self._answers.readline()
        if not line:
            raise QuestionUnansweredError(f"Nobody answered: {question}")
        return line.strip()


def _numbers(answer: str, count: int) -> list[int]:
    if not answer:
        return [0]
    if answer.lower() == "all":
        return list(range(count))
    words = answer.replace(",", " ").split()
    indices = {str(number): number - 1 for number in range(1, count + 1)}
    if not all(word in indices for word in words):
        return []
    return list(dict.fromkeys(indices[word] for word in words))
