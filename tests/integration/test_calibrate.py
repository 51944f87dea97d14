"""altlens-train calibrate: with the model that ships, on pictures cut from photographs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from altlens_host.models import catalogue
from altlens_host.models.catalogue import CALIBRATION, CARD
from altlens_host.worker.captioner import Captioner
from altlens_host.worker.confidence import load
from altlens_host.worker.engines import open_engine
from altlens_installer.demo.judge import PICTURES
from altlens_training.calibration import FEWEST
from altlens_training.cli import main

pytest.importorskip("rouge_score", reason="needs the extra [eval]")

COUNT = FEWEST + 10


@pytest.fixture(scope="module")
def lite() -> catalogue.Model:
    """The model that ships."""
    return catalogue.find("lite")


@pytest.fixture
def model(lite: catalogue.Model, tmp_path: Path) -> Path:
    """A copy of it that nobody measured."""
    folder = tmp_path / "mine"
    shutil.copytree(lite.path, folder)
    (folder / CALIBRATION).unlink()
    card = json.loads((folder / CARD).read_text())
    del card["files"][CALIBRATION]
    (folder / CARD).write_text(json.dumps(card))
    return folder


@pytest.fixture(scope="module")
def data(lite: catalogue.Model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Parts of photographs; of the half that the model opens most surely, its words are right."""
    folder = tmp_path_factory.mktemp("data")
    rng = np.random.default_rng(0)
    photographs = sorted(PICTURES.glob("*.jpg"))
    captioner = Captioner(lite, open_engine(lite, 0, "cpu"))
    said = {}
    for number in range(COUNT):
        with Image.open(photographs[number % len(photographs)]) as whole:
            side = min(whole.size) // 2
            x, y = (int(rng.integers(0, 1 + edge - side)) for edge in whole.size)
            part = whole.convert("RGB").crop((x, y, x + side, y + side))
        path = folder / f"{number}.png"
        part.save(path)
        made, text = captioner.caption(part)
        said[path] = (sum(made.logprobs[:2]), text)
    middle = float(np.median([sure for sure, _ in said.values()]))
    for path, (sure, text) in said.items():
        words = text if sure > middle else "Zebras yawn"
        path.with_suffix(".txt").write_text(words)
    return folder


def calibrate(model: Path, data: Path, *more: str) -> int:
    """Run the command on one folder of pictures, all of which are for testing."""
    return main(["calibrate", "--model", str(model), "--data", str(data), *more])


def test_a_model_is_measured_and_the_host_believes_it(
    model: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The figures are printed, the file is declared, and how sure the model is means something."""
    (tmp_path / "set").mkdir()
    shutil.copytree(data, tmp_path / "set/test")

    assert calibrate(model, tmp_path / "set") == 0

    told = capsys.readouterr().out
    assert all(name in told for name in ("AUROC", "calibration error", "said plainly"))
    assert told.endswith(f"{model / CALIBRATION}\n")
    found = load(catalogue.find(str(model)))
    assert found.measured
    assert found.weights["opening"] > 0
    assert json.loads((model / CALIBRATION).read_text())["from"]["pictures"] > FEWEST - 1
    assert list(model.glob("*.part")) == []


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ((), "are too few to learn from"),
        (("--split", "train"), "no picture in the split 'train'"),
        (("--seen", "test"), "the part 'test' cannot be both seen and not seen"),
    ],
)
def test_what_cannot_be_measured_is_refused_and_nothing_is_written(
    model: Path,
    data: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    more: tuple[str, ...],
    told: str,
) -> None:
    """Too few pictures; a part that is not there; one part for both."""
    few = tmp_path / "set/test"
    few.mkdir(parents=True)
    for name in ("0.png", "0.txt", "1.png", "1.txt"):
        shutil.copy(data / name, few)

    assert calibrate(model, tmp_path / "set", *more) == 2

    assert told in capsys.readouterr().err
    assert not (model / CALIBRATION).exists()


def test_the_test_part_is_left_for_judging(
    model: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where there is a validation part; what was fitted to a picture cannot be judged by it."""
    for part, numbers in (("validation", (0, 1)), ("test", (2, 3, 4))):
        (tmp_path / "set" / part).mkdir(parents=True)
        for number in numbers:
            for ending in ("png", "txt"):
                shutil.copy(data / f"{number}.{ending}", tmp_path / "set" / part)

    assert calibrate(model, tmp_path / "set") == 2

    assert "2 captions, " in capsys.readouterr().err


def test_a_picture_that_cannot_be_used_is_named(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever has a thousand wants to know which."""
    folder = tmp_path / "set/test"
    folder.mkdir(parents=True)
    (folder / "broken.jpg").write_bytes(b"no picture")
    (folder / "broken.txt").write_text("A cat")

    assert calibrate(model, tmp_path / "set") == 2

    assert "broken.jpg: " in capsys.readouterr().err


def test_a_model_that_is_not_there_is_told(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As by every other command."""
    assert calibrate(Path("nowhere"), data) == 2

    assert "No model 'nowhere'" in capsys.readouterr().err


def test_what_models_of_its_kind_say_is_collected_and_learned_from(
    model: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each line of the file is a caption; a file of something else is named."""
    (tmp_path / "set").mkdir()
    shutil.copytree(data, tmp_path / "set/test")
    collected, junk = tmp_path / "half.jsonl", tmp_path / "junk.jsonl"
    junk.write_text('{"best": 1}\n')

    assert calibrate(model, tmp_path / "set", "--collect", str(collected)) == 0
    assert not (model / CALIBRATION).exists()
    assert calibrate(model, tmp_path / "set", "--also", str(collected)) == 0
    assert calibrate(model, tmp_path / "set", "--also", str(junk)) == 2
    for other in (("--also", str(collected)), ("--seen", "train")):
        assert calibrate(model, tmp_path / "set", "--collect", str(junk), *other) == 2
    assert junk.read_text() == '{"best": 1}\n'

    made = json.loads((model / CALIBRATION).read_text())["from"]
    assert made["also"] == len(collected.read_text().splitlines()) == made["pictures"]
    assert "junk.jsonl: not what calibrate --collect writes" in capsys.readouterr().err
