"""docs/QUALITY.md says what it counted, of the pictures it says it chose, and of this model."""

import json
import random
import re
from pathlib import Path

import pytest
from support.installer import Home

from altlens_training.data import committed_split, load_corpus

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared/data/captions"
ROW = re.compile(
    r"^\| (\w+) \| ([^|]+) \| (right|partly|wrong) \| (right|number|partly|wrong) \|([^|]*)\|$",
    re.MULTILINE,
)
"""A photograph, its caption, the verdicts of the first and the third reader, and what is false."""


VERDICTS = ("right", "number", "partly", "wrong")


@pytest.fixture
def text() -> str:
    """The document."""
    return (ROOT / "docs/QUALITY.md").read_text(encoding="utf-8")


def test_the_hundred_are_those_that_were_chosen(text: str) -> None:
    """Nobody left out a photograph that came out badly."""
    ids = [f"{row[0]}.jpg" for row in ROW.findall(text)]

    assert sorted(ids) == sorted(
        random.Random("quality").sample(sorted(committed_split()["test"]), 100)
    )


def test_the_counts_are_those_of_the_list(text: str) -> None:
    """And what a reader is told of the model stays within what it must reach."""
    rows = ROW.findall(text)
    counts = {
        verdict: sum(row[2] == verdict for row in rows) for verdict in ("right", "partly", "wrong")
    }
    false = sum(row[2] == "right" and bool(row[4].strip()) for row in rows)
    third = {verdict: sum(row[3] == verdict for row in rows) for verdict in VERDICTS}

    assert "**{right} right, {partly} partly, {wrong} wrong**".format(**counts) in text
    assert "| {right} | {number} | {partly} | {wrong} |".format(**third) in text
    assert f"Of the {counts['right']} that are right, {false} also say" in text
    assert counts["right"] >= 60
    assert counts["wrong"] <= 15


@pytest.mark.skipif(not DATA.exists(), reason="../shared/data/captions is absent")
def test_the_captions_are_of_the_model_that_ships(text: str, tmp_path: Path) -> None:
    """A model that is trained again must be read again. Ten of the hundred are asked for."""
    said = {f"{row[0]}.jpg": row[1] for row in ROW.findall(text)[::10]}
    files = [str(p.path) for p in load_corpus(DATA).test if p.id in said]

    ran = Home(tmp_path).run("caption", "--json", *files)

    found = [json.loads(line) for line in ran.stdout.splitlines()]
    assert {Path(one["file"]).name: one["text"] for one in found} == said
