"""distilvit's recipe at a tiny scale: two stages, killed and gone on, and what comes of it."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from support.encoding import encoded

from altlens_host.models.catalogue import find
from altlens_host.worker.engines import open_engine
from altlens_training.cli import main
from altlens_training.shapes import drawn_pictures

pytestmark = pytest.mark.slow

COLOURS = {"red": (220, 20, 20), "green": (20, 200, 20), "blue": (20, 20, 220), "grey": (99,) * 3}
NUMBERS = "--from tiny --batch 4 --rate 5e-3 --epochs 6 --debiased-epochs 6 --every 4 --seed 3"

KILLED = """
import os, signal, sys
from transformers import TrainerCallback
from altlens_training import finetune
from altlens_training.cli import main
STAGE, STEP = sys.argv[1], int(sys.argv[2])
class Killer(TrainerCallback):
    def on_step_end(self, args, state, control, **_):
        if state.global_step == STEP and f"{os.sep}{STAGE}{os.sep}" in args.output_dir:
            os.kill(os.getpid(), signal.SIGKILL)
real = finetune.run
finetune.run = lambda *some, **more: real(*some, callbacks=[Killer()], **more)
main(sys.argv[3:])
"""


@pytest.fixture(scope="module", autouse=True)
def _needs_torch() -> None:
    pytest.importorskip("torch", reason="needs the extra [train]")
    pytest.importorskip("accelerate", reason="needs the extra [train]")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Eight captioned pictures, and two pages of text."""
    photos, pages = tmp_path_factory.mktemp("photos"), tmp_path_factory.mktemp("pages")
    for split, colours in (("train", [*COLOURS]), ("val", [*COLOURS])):
        (photos / split).mkdir()
        for name in colours:
            Image.new("RGB", (40, 30), COLOURS[name]).save(photos / split / f"{name}.png")
            said = f"A man is in a {name} room .\nThere is a woman near a {name} wall ."
            (photos / split / f"{name}.txt").write_text(said)
    (pages / "train").mkdir()
    for number in range(2):
        Image.new("RGB", (40, 30), (250 - number, 250, 250)).save(pages / f"train/{number}.png")
        (pages / f"train/{number}.txt").write_text("Text document.")
    return {"photos": photos, "pages": pages}


def arguments(data: dict[str, Path], out: Path, *more: str) -> list[str]:
    """The command of a whole run."""
    sets = ["--data", str(data["photos"]), "--documents", str(data["pages"])]
    return ["distilvit", *sets, "--out", str(out), *NUMBERS.split(), *more]


@pytest.fixture(scope="module")
def whole(data: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run without an interruption."""
    out = tmp_path_factory.mktemp("whole") / "run"
    assert main(arguments(data, out)) == 0
    return out


def weights(folder: Path) -> dict[str, Any]:
    """The tensors of a checkpoint."""
    from safetensors.torch import load_file

    return dict(load_file(folder / "model.safetensors"))


def same(first: Path, second: Path) -> bool:
    """Whether two checkpoints have the very same weights."""
    import torch

    one, other = weights(first), weights(second)
    return one.keys() == other.keys() and all(torch.equal(one[n], other[n]) for n in one)


@pytest.mark.parametrize(("stage", "step"), [("captions", 5), ("debiased", 6)])
def test_a_killed_run_goes_on_to_the_same_weights(
    whole: Path, data: dict[str, Path], tmp_path: Path, stage: str, step: int
) -> None:
    """Killed in either stage between two checkpoints, with a third half written."""
    out = tmp_path / "run"
    command = [sys.executable, "-c", KILLED, stage, str(step), *arguments(data, out)]
    ended = subprocess.run(command, capture_output=True)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()[-500:]
    checkpoints = out / stage / "checkpoints"
    half = checkpoints / "checkpoint-5"
    shutil.copytree(checkpoints / "checkpoint-4", half, dirs_exist_ok=True)
    (half / "whole").unlink()
    (half / "model.safetensors").write_bytes(b"half")

    assert main(arguments(data, out, "--resume")) == 0

    assert same(whole / "model", out / "model")
    assert same(whole / "captions/model", out / "captions/model")
    assert not same(whole / "captions/model", whole / "model")


def test_another_seed_gives_another_model(
    whole: Path, data: dict[str, Path], tmp_path: Path
) -> None:
    """So the sameness above is no accident."""
    assert main(arguments(data, tmp_path / "run", "--seed", "4", "--stage", "captions")) == 0

    assert not same(whole / "captions/model", tmp_path / "run/captions/model")


def test_the_log_shows_loss_of_training_and_of_the_validation_part(whole: Path) -> None:
    """In TensorBoard's own files, a folder for each stage; the loss falls."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    for stage in ("captions", "debiased"):
        events = EventAccumulator(str(whole / stage / "log")).Reload()
        losses = [event.value for event in events.Scalars("train/loss")]
        assert losses[-1] < losses[0]
        assert events.Scalars("eval/loss")


def test_the_second_stage_learns_debiased_captions_and_documents(data: dict[str, Path]) -> None:
    """What the first stage sees is what people wrote."""
    from altlens_training import readers
    from altlens_training.debias import rewriter
    from altlens_training.finetune import Pairs
    from altlens_training.finetune_model import begin

    records = readers.select(readers.read(str(data["photos"])), "train")
    parts = begin("tiny", ["a red room"], seed=1)

    first = {said for _, said in Pairs(records, parts, 20).pairs}
    second = {said for _, said in Pairs(records, parts, 20, rewriter()).pairs}

    assert "A man is in a red room ." in first
    assert {"A person in a red room.", "A person near a red wall."} <= second
    assert not any("man" in said.split() for said in second)


def test_labels_are_shifted_once_and_padding_is_left_out() -> None:
    """The decoder reads the token before the one it is to say; a whole caption ends, once."""
    from altlens_training import readers
    from altlens_training.finetune import IGNORED, Pairs
    from altlens_training.finetune_model import begin

    made = encoded(drawn_pictures(1)[0])
    said = ("a red room", "a wall", "a red room with a wall and a red wall")
    parts = begin("tiny", said, seed=1)
    ids = [parts.tokenizer(text).input_ids for text in said]
    end, longest = parts.tokenizer.eos_token_id, len(ids[0]) + 1
    pairs = Pairs([readers.Record("a", said, "train", lambda: made)], parts, longest)

    batch = pairs.collate([pairs[index] for index in range(3)])

    assert batch["labels"][0].tolist() == [*ids[0], end]
    assert batch["decoder_input_ids"][0].tolist() == [end, *ids[0]]
    rest = longest - len(ids[1]) - 1
    assert batch["labels"][1].tolist() == [*ids[1], end, *[IGNORED] * rest]
    assert batch["labels"][2].tolist() == ids[2][:longest]


def test_a_caption_is_cut_to_the_places_that_the_decoder_has() -> None:
    """Or the first long caption ends the run: the shape has 64 places, the recipe 128 tokens."""
    from altlens_training import readers
    from altlens_training.finetune import Pairs, loss_of
    from altlens_training.finetune_model import begin

    made = encoded(drawn_pictures(1)[0])
    parts = begin("tiny", ["a red room"], seed=1)
    said = ("a red room " * 60,)
    pairs = Pairs([readers.Record("a", said, "train", lambda: made)], parts, 128)

    batch = pairs.collate([pairs[0]])
    labels = batch.pop("labels")

    assert labels.shape[1] == 64
    assert float(loss_of(parts.model(**batch), labels)) > 0


def test_the_loss_is_of_whole_batches_however_they_are_parted() -> None:
    """Sums over steps whose gradients are added, divided by all their tokens."""
    import torch

    from altlens_training.finetune import loss_of

    torch.manual_seed(1)
    logits, labels = torch.randn(4, 5, 7), torch.randint(0, 7, (4, 5))
    labels[0, 2:] = -100
    count = int((labels != -100).sum())

    class Outputs:
        def __init__(self, some: torch.Tensor) -> None:
            self.logits = some

    parted = sum(loss_of(Outputs(logits[i : i + 1]), labels[i : i + 1], count) for i in range(4))

    assert float(loss_of(Outputs(logits), labels)) == pytest.approx(float(parted), abs=1e-5)


def test_the_model_captions_the_same_in_torch_in_both_engines_and_after_export(
    whole: Path, tmp_path: Path
) -> None:
    """What training ends with is what the host reads, and what `export` makes of it."""
    pytest.importorskip("optimum.exporters.onnx", reason="needs the extra [train]")
    from transformers import VisionEncoderDecoderModel, ViTImageProcessor

    from altlens_host.worker.engines.torch import TorchEngine

    model = VisionEncoderDecoderModel.from_pretrained(whole / "model").eval()
    processor = ViTImageProcessor.from_pretrained(whole / "model")
    pictures = [Image.new("RGB", (50, 50), colour) for colour in COLOURS.values()]
    pictures += drawn_pictures(8)
    said = []
    for picture in pictures:
        pixels = processor(picture, return_tensors="pt").pixel_values
        said.append(tuple(model.generate(pixels, do_sample=False)[0].tolist()[1:]))

    assert main(["export", str(whole / "model"), "--out", str(tmp_path / "tiny")]) == 0
    for graph in (tmp_path / "tiny/onnx").glob("*_quantized.onnx"):
        graph.unlink()
    (tmp_path / "tiny/altlens.json").unlink()
    exported = open_engine(find(str(tmp_path / "tiny")), threads=1)
    trained = TorchEngine(find(str(whole / "model")), threads=1)

    assert [exported.caption(picture).tokens for picture in pictures] == said
    assert [trained.caption(picture).tokens for picture in pictures] == said


def test_training_goes_on_from_a_checkpoint_and_from_a_vit_with_a_gpt2(
    whole: Path, data: dict[str, Path], tmp_path: Path
) -> None:
    """The card's way: two trained halves are joined, and training begins with what they know."""
    import torch
    from transformers import GPT2LMHeadModel, ViTModel

    from altlens_training.finetune_model import begin

    model = begin(str(whole / "model"), (), seed=1).model
    assert all(torch.equal(v, model.state_dict()[n]) for n, v in weights(whole / "model").items())
    for half, kind in (("encoder", ViTModel), ("decoder", GPT2LMHeadModel)):
        made = kind(getattr(model, half).config)
        made.load_state_dict(getattr(model, half).state_dict(), strict=False)
        made.save_pretrained(tmp_path / half)
        for name in ("tokenizer.json", "tokenizer_config.json", "preprocessor_config.json"):
            shutil.copy(whole / "model" / name, tmp_path / half)

    halves = [str(tmp_path / half) for half in ("encoder", "decoder")]
    joined = begin("distilvit", (), seed=1, encoder=halves[0], decoder=halves[1]).model

    seen = "encoder.encoder.layer.0.attention.attention.query.weight"
    said = "decoder.transformer.h.1.attn.c_attn.weight"
    for name in (seen, said):
        assert torch.equal(joined.state_dict()[name], model.state_dict()[name])
    more = ["--encoder", halves[0], "--decoder", halves[1], "--stage", "debiased"]
    assert main(arguments(data, tmp_path / "run", *more)) == 0
    assert (tmp_path / "run/model/model.safetensors").is_file()


def pickled(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def blip(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "model_type": "blip"}))


def damaged(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(b"damaged")


@pytest.mark.parametrize(("change", "told"), [(pickled, "pickle"), (blip, "blip"), (damaged, "")])
def test_a_checkpoint_that_cannot_be_trained_from(
    whole: Path,
    data: dict[str, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    change: Any,
    told: str,
) -> None:
    """One line, exit status 2, and no folder of a run."""
    copy = shutil.copytree(whole / "model", tmp_path / "copy")
    change(copy)

    status = main(arguments(data, tmp_path / "run", "--from", str(copy)))

    assert status == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--from", "lite"), "altlens-train lite"),
        (("--from", "nowhere"), "no such folder"),
        (("--from", "mozilla/distilvit"), "owner/name@revision"),
        (("--from", "distilvit-hub", "--offline"), "cannot be had from the hub"),
        (("--rewriter", "nowhere:nothing"), "no rewriter"),
        (("--encoder", "x"), "needs a decoder"),
        (("--data", "nowhere"), "no such file or folder"),
    ],
)
def test_what_cannot_be_trained_is_one_line(
    data: dict[str, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    more: tuple[str, ...],
    told: str,
) -> None:
    """With what to do, and exit status 2."""
    assert main(arguments(data, tmp_path / "run", *more)) == 2

    assert told in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_a_folder_with_a_run_is_not_mixed_with_another(
    whole: Path, data: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither without --resume, nor with other numbers or pictures."""
    before = weights(whole / "model")

    for more in ((), ("--resume", "--batch", "3"), ("--resume", "--data", str(data["pages"]))):
        assert main(arguments(data, whole, *more)) == 2
        assert "run" in capsys.readouterr().err

    assert weights(whole / "model").keys() == before.keys()


def test_pictures_that_are_none_are_named_before_anything_is_trained(
    data: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Among thousands they could not be found otherwise, and a run would end at each."""
    photos = shutil.copytree(data["photos"], tmp_path / "photos")
    (photos / "train/red.png").write_bytes(b"no picture")
    whole = (photos / "val/blue.png").read_bytes()
    (photos / "val/blue.png").write_bytes(whole[: len(whole) // 2])

    assert main(arguments({**data, "photos": photos}, tmp_path / "run")) == 2

    told = capsys.readouterr().err
    assert "train/red.png" in told
    assert "val/blue.png" in told
    assert not (tmp_path / "run").exists()
