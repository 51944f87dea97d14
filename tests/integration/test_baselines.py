"""altlens eval --baselines with the real host, worker and model, on a small folder of pictures."""

import json
import shutil
from pathlib import Path

import pytest
from PIL import Image
from support.installer import Home

from altlens_installer.demo.judge import PICTURES
from altlens_training.data import committed_split

SAID = {
    "cat": ["a cat sits .", "A cat looking up"],
    "bee": ["A bee on a flower", "an insect on a yellow flower ."],
    "coffee": ["a cup of coffee .", "A cup on a table"],
    "moose": ["A moose in the snow", "a moose stands ."],
    "bridge": ["A bridge over water", "a long bridge ."],
}
ROWS = {
    "random caption",
    "nearest neighbour",
    "this model",
    "one person against the others",
    "this model, pictures shuffled",
}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home of its own."""
    return Home(tmp_path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Training data as it is laid out: three pictures of the test part, two to learn from."""
    test = sorted(committed_split()["test"])
    names = [*test[:3], "moose.jpg", "bridge.jpg"]
    data = tmp_path / "captions"
    (data / "some").mkdir(parents=True)
    lines = []
    for name, (picture, captions) in zip(names, SAID.items(), strict=True):
        shutil.copy(PICTURES / f"{picture}.jpg", data / "some" / name)
        lines.append(json.dumps({"image": f"some/{name}", "captions": captions}))
    (data / "some.jsonl").write_text("\n".join(lines))
    return data


def test_a_model_is_compared_with_chance_neighbours_and_people(home: Home, folder: Path) -> None:
    """Every figure has an interval around it, and people's own words fit people's best."""
    ran = home.run("eval", "--baselines", "--data", str(folder), "--drawn", "2", "--json")

    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    assert (found["pictures"], found["failed"], found["model"]) == (3, 0, "lite")
    assert set(found["rougeL"]) == ROWS
    for row in found["rougeL"].values():
        for key in ("mean", "best"):
            low, high = row[f"{key}_interval"]
            assert 0 <= low <= row[key] <= high <= 100
    rows = found["rougeL"]
    for key, other in (
        ("over_nearest_neighbour", "nearest neighbour"),
        ("fall_when_shuffled", "this model, pictures shuffled"),
    ):
        difference = rows["this model"]["mean"] - rows[other]["mean"]
        assert found[key]["mean"] == pytest.approx(difference)
    assert 1 <= found["different_captions"] <= 3
    assert found["called_drawn"] == 0
    assert {row["of"] for row in found["drawn"].values()} == {2}
    assert set(found["drawn"]) == {"page", "chart", "blank", "icon"}


def test_a_test_picture_without_a_caption_counts_as_an_empty_one(home: Home, folder: Path) -> None:
    """Leaving it out would make the figures better than the model is."""
    first = folder / "some" / sorted(committed_split()["test"])[0]
    with Image.open(first) as image:
        image.save(first, "TIFF")  # the host reads no TIFF, whatever its name

    ran = home.run("eval", "--baselines", "--data", str(folder), "--drawn", "1", "--json")

    found = json.loads(ran.stdout)
    assert ran.returncode == 1
    assert (found["pictures"], found["failed"]) == (3, 1)


def test_without_data_the_drawn_pictures_are_judged(home: Home) -> None:
    """They come with the package; a table for people says how many were right."""
    ran = home.run("eval", "--baselines", "--drawn", "1")

    assert ran.returncode == 0, ran.stderr
    for kind in ("page", "chart", "blank", "icon"):
        assert f"{kind} " in ran.stdout
    assert " of 1 " in ran.stdout
    assert "--data" in ran.stdout


def test_the_words_of_the_model_are_judged_and_not_what_was_read(home: Home) -> None:
    """With the extra [ocr] a page is answered with what it says, which names no page."""
    ran = home.run("eval", "--baselines", "--drawn", "2", "--json")
    told = home.run("eval", "--baselines", "--drawn", "1")

    found = json.loads(ran.stdout)
    assert (found["drawn"]["page"]["right"], found["read_text"]) == (2, False)
    assert "text in pictures     not read" in told.stdout


@pytest.mark.parametrize("lacking", ["test", "other"])
def test_data_without_a_part_is_one_line(home: Home, folder: Path, lacking: str) -> None:
    """It says which pictures are missing, before any model is loaded."""
    lines = (folder / "some.jsonl").read_text().splitlines()
    kept = lines[3:] if lacking == "test" else lines[:3]
    (folder / "some.jsonl").write_text("\n".join(kept))

    ran = home.run("eval", "--baselines", "--data", str(folder))

    assert ran.returncode == 1
    (said,) = ran.stderr.splitlines()
    assert f"no {lacking} pictures" in said


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--baselines", "--raw-references"],
        ["--baselines", "--drawn", "0"],
        ["--baselines", "--markdown"],
        ["--baselines", "--split", "test"],
        ["--data", "x", "--json", "--markdown"],
    ],
)
def test_what_cannot_be_meant_is_wrong_usage(home: Home, arguments: list[str]) -> None:
    """Neither data nor --baselines, raw references with debiased baselines, no picture at all."""
    ran = home.run("eval", *arguments)

    assert ran.returncode == 2
    assert ran.stderr.startswith("usage: altlens eval")
