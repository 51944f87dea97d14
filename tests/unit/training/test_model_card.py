"""A model's card: the hub reads its head, people its words, and figures come from the command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from altlens_training.assessment import assess
from altlens_training.cli import main
from altlens_training.evaluation import Prediction

pytest.importorskip("rouge_score", reason="needs the extra [eval]")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A folder with as much of a model as a card needs."""
    folder = tmp_path / "run/model"
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    return folder


def figures(**other: Any) -> dict[str, Any]:
    """What `altlens eval --json` prints."""
    said = [
        Prediction("a dog runs", 4, ("a dog runs", "a dog"), 0.8),
        Prediction("a wall", 3, ("two people on a bench",), 0.3),
    ]
    more = {"captions_per_second": 2.0, "pictures": 2, "failed": 0, "raw_references": False,
            "calibrated": True, "model": "mine", "data": "nlphuji/flickr30k",
            "split": "test"}  # fmt: skip
    return {**assess(said), **more, **other}


def write(model: Path, found: Any, *more: str) -> int:
    """Run the command."""
    path = model.parent / "figures.json"
    path.write_text(json.dumps(found))
    return main(["card", str(model), "--figures", str(path), *more])


def test_the_hub_reads_licence_sets_and_results(model: Path) -> None:
    """By its own library; the values are those of the figures."""
    from huggingface_hub import ModelCard

    more = ("--licence", "apache-2.0", "--name", "mine", "--set", "nlphuji/flickr30k")
    assert write(model, figures(), *more) == 0

    data = ModelCard.load(model / "README.md").data
    values = {one.metric_name: one.metric_value for one in data.eval_results}
    assert (data.license, data.pipeline_tag) == ("apache-2.0", "image-to-text")
    assert data.datasets == ["nlphuji/flickr30k"]
    assert values["ROUGE-L"] == round(figures()["rougeL"]["mean"], 4)
    assert values["gen_len"] == (3 + 2) / 2
    assert {"METEOR", "CIDEr-D", "ROUGE-1", "ROUGE-2", "ROUGE-Lsum"} <= set(values)
    assert data.eval_results[0].dataset_split == "test"


def test_people_read_the_tables_and_how_it_was_made(model: Path) -> None:
    """The numbers of the run that is named."""
    run = {"recipe": {"seed": 42, "batch": 50}, "counts": {"captions": 12}, "pairs": {}}
    (model.parent / "run.json").write_text(json.dumps(run))

    assert write(model, figures(), "--run", str(model.parent)) == 0

    text = (model / "README.md").read_text(encoding="utf-8")
    for told in ("# model", "| ROUGE-L |", "### By what is in the picture", "| batch | 50 |",
                 "by stage: captions 12", "split test", "miscount"):  # fmt: skip
        assert told in text


def test_no_folder_of_the_makers_machine_is_told(model: Path, tmp_path: Path) -> None:
    """A card is made to be published."""
    local = tmp_path / "my own.jsonl"
    local.touch()

    assert write(model, figures(data=str(local), split=None)) == 0

    text = (model / "README.md").read_text(encoding="utf-8")
    assert "my own.jsonl" in text
    assert str(tmp_path) not in text


@pytest.mark.parametrize("found", [[], {}, {"rouge1": 3}, "text"])
def test_figures_that_are_none(model: Path, capsys: pytest.CaptureFixture[str], found: Any) -> None:
    """One line, and no card."""
    assert write(model, found) == 2

    assert "altlens eval --json" in capsys.readouterr().err
    assert not (model / "README.md").exists()


def test_a_folder_without_a_run(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Is not made up."""
    assert write(model, figures(), "--run", str(model)) == 2
    assert "not the folder of a run" in capsys.readouterr().err


def test_a_folder_without_a_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Is no place for a card."""
    assert write(tmp_path, figures()) == 2
    assert "no model" in capsys.readouterr().err
