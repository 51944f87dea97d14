"""Reading Firefox's .ini files: as Firefox does, and losing nothing without a word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altlens_installer.finding.ini import parse

_LETTERS = "aZ09é日😀 ._-/\\%()\"'#;"
_WORD = st.text(_LETTERS, min_size=1, max_size=8).filter(
    lambda word: word == word.strip() and word[0] not in "#;"
)
_SECTIONS = st.dictionaries(
    _WORD, st.dictionaries(_WORD, st.text(f"{_LETTERS}[]=", max_size=8), max_size=4), max_size=4
)
_LINES = st.sampled_from(["\n", "\r\n", "\r"])


def written(sections: dict[str, dict[str, str]], end: str = "\n") -> str:
    """Write sections as Firefox does."""
    return end.join(
        f"[{name}]{end}" + end.join(f"{key}={value}" for key, value in keys.items()) + end
        for name, keys in sections.items()
    )


@given(_SECTIONS, _LINES, st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_what_was_written_is_read(
    sections: dict[str, dict[str, str]], end: str, encoding: str
) -> None:
    """Every name and value comes back, in any of the encodings that Firefox knows."""
    found = parse(written(sections, end).encode(encoding))

    assert found.sections == sections
    assert found.faults == ()


@given(st.binary(max_size=300))
def test_no_bytes_are_an_error(data: bytes) -> None:
    """A broken file is told of, never a traceback."""
    found = parse(data)

    assert all(fault.startswith("line ") for fault in found.faults)


@given(_SECTIONS.filter(bool), st.data())
def test_a_broken_line_is_named_and_costs_nothing_else(
    sections: dict[str, dict[str, str]], data: st.DataObject
) -> None:
    """The other lines are read as if it were not there."""
    lines = written(sections).split("\n")
    at = data.draw(st.integers(1, len(lines)))
    lines.insert(at, "neither")

    found = parse("\n".join(lines).encode())

    assert found.sections == sections
    assert found.faults == (f"line {at + 1}: 'neither' sets nothing",)


@pytest.mark.parametrize(
    ("text", "sections", "faults"),
    [
        ("a=1\n[S]\nb=2", {"S": {"b": "2"}}, 1),
        ("[S\na=1\n[T]\nb=2", {"T": {"b": "2"}}, 1),
        ("[S] more\na=1\n[T]\nb=2", {"T": {"b": "2"}}, 1),
        ("[S]  \na=1", {"S": {"a": "1"}}, 0),
        ("# c\n; d\n[S]\n# a=1\n  b=2", {"S": {"b": "2"}}, 0),
        ("[S]\na=1\n[S]\na=2\nb=3", {"S": {"a": "2", "b": "3"}}, 0),
        ("[S]\na=b=c ; d ", {"S": {"a": "b=c ; d "}}, 0),
        ("[S]\n=x\na=1\0\nB=1\nb=2", {"S": {"B": "1", "b": "2"}}, 2),
        ("[S]\na=%(b)s", {"S": {"a": "%(b)s"}}, 0),
    ],
)
def test_it_reads_as_firefox_does(
    text: str, sections: dict[str, dict[str, str]], faults: int
) -> None:
    """Case counts; the later line counts; a section that is none takes its lines with it."""
    found = parse(text.encode())

    assert (found.sections, len(found.faults)) == (sections, faults)


def test_a_name_that_is_no_utf_8_leads_to_its_folder() -> None:
    """The file system allows any bytes."""
    found = parse(b"[S]\nPath=caf\xe9")

    assert found.get("S", "Path").encode("utf-8", "surrogateescape") == b"caf\xe9"
