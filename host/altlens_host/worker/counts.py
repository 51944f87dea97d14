"""Says "several" for a number that the model is known to get wrong."""

from __future__ import annotations

import re

FIRST_DOUBTFUL = {"lite": 3, "distilvit": 3}
"""By model, the smallest number that it is not to be trusted with.

docs/QUALITY.md says that lite hardly counts; distilvit is known to count poorly.
Of a model that is not named here nothing is known, and its numbers stand as they are.
"""

_NUMBERS = "two three four five six seven eight nine ten eleven twelve".split()
_DIGITS = r"[2-9]|[1-9]\d"
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_UNITS = (
    "way|story|storey|stories|year|years|wheel|wheels|wheelers?|leaf|leaves|star|stars|"
    "piece|door|lane|course|point|leg|legs|foot|feet|inch|inches|mile|miles|dollars?|hours?|"
    "minutes?|tier|layer|deck|seater|masted"
)
"""What comes after a number that is part of what a thing is, not a count of things seen."""

_PLURAL = r"(?:[a-z][a-z-]*(?<![sui])s|people|children|men|women|sheep|geese|fish|deer|cattle|mice)"
_COUNT = re.compile(
    rf"(?<![\w.,:'-])(?<!number )(?<!top )(?<!route )"
    rf"(?:(?P<every>all(?: the)?|the|these|those|both) |"
    rf"(?P<group>(?:group|bunch|row|line|set|crowd|pile|stack|flock|herd|team) of ))?"
    rf"(?P<more>(?:{'|'.join(_NUMBERS)}|{_DIGITS}) (?:or|to) |(?:{_TENS})[ -])?"
    rf"(?P<number>{'|'.join(_NUMBERS)}|{_DIGITS}|an? dozen|{_TENS})"
    rf"(?= (?!(?:{_UNITS})\b)(?:[a-z][a-z-]* ){{0,3}}?{_PLURAL}(?![\w'-]))(?P<space> )",
    re.I,
)


def softened(line: str, first_doubtful: int | None) -> str:
    """Replace counts of things by "several".

    Args:
        line: A caption.
        first_doubtful: The smallest number that is replaced; None replaces none.
    """
    if first_doubtful is None:
        return line

    def soft(found: re.Match[str]) -> str:
        # Forty-two is not two.
        if not found["more"] and _value(found["number"].lower()) < first_doubtful:
            return found[0]
        if found["every"]:
            every = found["every"]
            if not every.lower().startswith("all"):
                return f"{every} "
            return "all " if line.startswith("of ", found.end()) else "all the "
        return found["group"] or "several "

    return _COUNT.sub(soft, line)


def _value(number: str) -> int:
    if number.isdigit():
        return int(number)
    return _NUMBERS.index(number) + 2 if number in _NUMBERS else 12  # a dozen, or tens
