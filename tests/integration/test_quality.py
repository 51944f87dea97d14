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
VERDICTS = ("right", "number", "partly", "wrong")
_VERDICT = f"({'|'.join(VERDICTS)})"
ROW = re.compile(rf"^\| (\w+) \| ([^|]+) \| {_VERDICT} \| {_VERDICT} \|([^|]*)\|$", re.MULTILINE)
"""A photograph, its caption, the verdicts of two readers, and what is false."""


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
    for reader, name in ((2, "first"), (3, "second")):
        counts = [sum(row[reader] == verdict for row in rows) for verdict in VERDICTS]
        assert f"| {name} reader | {' | '.join(map(str, counts))} |" in text
        assert counts[VERDICTS.index("right")] >= 60
        assert counts[VERDICTS.index("wrong")] <= 15
    right = [row for row in rows if row[2] == "right"]
    false = sum(bool(row[4].strip()) for row in right)
    assert f"Of the {len(right)} that are right, {false} also say" in text


@pytest.mark.skipif(not DATA.exists(), reason="../shared/data/captions is absent")
def test_the_captions_are_of_the_model_that_ships(text: str, tmp_path: Path) -> None:
    """A model that is trained again must be read again. Ten of the hundred are asked for."""
    said = {f"{row[0]}.jpg": row[1] for row in ROW.findall(text)[::10]}
    files = [str(p.path) for p in load_corpus(DATA).test if p.id in said]

    ran = Home(tmp_path).run("caption", "--json", *files)

    found = [json.loads(line) for line in ran.stdout.splitlines()]
    assert {Path(one["file"]).name: one["text"] for one in found} == said
