"""Reads the .ini files that Firefox writes, as Firefox reads them.

The rules are those of Mozilla's own parser (xpcom/ds/nsINIParser.cpp): names are told apart by
case, a value is all that follows the first "=", what is not understood is passed over. Unlike
Mozilla's, this one says what it passed over.
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass, field

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"))


@dataclass(frozen=True, slots=True)
class Ini:
    """A file's sections.

    Attributes:
        sections: The keys of each section and their values. Where two lines set one key, the
            later counts.
        faults: What could not be understood, each with the number of its line.
    """

    sections: Mapping[str, Mapping[str, str]]
    faults: tuple[str, ...] = ()

    def get(self, section: str, key: str) -> str:
        """Return a value; empty if there is none."""
        return self.sections.get(section, {}).get(key, "")


@dataclass(slots=True)
class _Reading:
    sections: dict[str, dict[str, str]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    section: dict[str, str] | None = None
    lost: bool = False

    def line(self, number: int, text: str) -> None:
        """Take one line."""
        if text.startswith(("#", ";")):
            return
        text = text.lstrip(" \t")
        if text.startswith("["):
            self._open(number, text)
        elif text and not self.lost:
            self._set(number, text)

    def _open(self, number: int, text: str) -> None:
        name, closed, rest = text[1:].partition("]")
        self.lost = not closed or bool(rest.strip(" \t"))
        if self.lost:
            self.faults.append(f"line {number}: {text!r} is no section")
        else:
            self.section = self.sections.setdefault(name, {})

    def _set(self, number: int, text: str) -> None:
        key, given, value = text.partition("=")
        if self.section is None:
            self.faults.append(f"line {number}: {text!r} stands in no section")
        elif not given or not key:
            self.faults.append(f"line {number}: {text!r} sets nothing")
        elif "\0" in text:
            self.faults.append(f"line {number}: a byte of value 0")
        else:
            self.section[key] = value


def parse(data: bytes) -> Ini:
    """Read a file's bytes; nothing that they hold is an error.

    Bytes that are no UTF-8 are kept, as the file system's own names are (PEP 383).
    """
    encoding = "utf-8"
    for mark, meant in _MARKS:
        if data.startswith(mark):
            data, encoding = data[len(mark) :], meant
    errors = "surrogateescape" if encoding == "utf-8" else "replace"
    reading = _Reading()
    text = data.decode(encoding, errors)
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        reading.line(number, line)
    return Ini(reading.sections, tuple(reading.faults))
