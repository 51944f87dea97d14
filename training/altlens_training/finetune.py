"""distilvit's two stages: captions as people wrote them, then debiased ones with documents.

transformers' Trainer does the steps, on whatever devices there are. What is added to it: a loss
that shifts the labels once, checkpoints that count only when they are whole, and stages.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from transformers import (
    EarlyStoppingCallback,
    PrinterCallback,
    Trainer,
    TrainerCallback,
    TrainingArguments,
)

from altlens_training.debias import Rewriter
from altlens_training.files import write
from altlens_training.finetune_model import Parts
from altlens_training.finetune_recipe import Finetune
from altlens_training.readers import Record, SetError

IGNORED = -100
STAGES = ("captions", "debiased")
_WHOLE = "whole"
"""The file that a checkpoint gets once everything else of it is on the disk."""


class Pairs(torch.utils.data.Dataset[dict[str, Any]]):
    """Each caption of each picture, as a decoder's input and labels."""

    def __init__(
        self, records: Sequence[Record], parts: Parts, longest: int, rewrite: Rewriter | None = None
    ) -> None:
        """Keep records; their captions go through `rewrite` first."""
        self.parts = parts
        self.longest = min(longest, parts.model.config.decoder.max_position_embeddings)
        said = [(r, rewrite(text) if rewrite else text) for r in records for text in r.references]
        self.pairs = [(record, text) for record, text in said if text]

    def __len__(self) -> int:
        return len(self.pairs)

    def __getitem__(self, index: int) -> dict[str, Any]:
        record, text = self.pairs[index]
        with Image.open(io.BytesIO(record.load())) as image:
            pixels = self.parts.processor(image.convert("RGB"), return_tensors="pt")
        # A caption that is too long has no end: to stop in the middle shall not be learned.
        ids = [*self.parts.tokenizer(text).input_ids, self.parts.tokenizer.eos_token_id]
        return {"pixel_values": pixels.pixel_values[0], "ids": ids[: self.longest]}

    def digest(self) -> str:
        """A digest of the names and captions, and so of what training sees in which order."""
        said = json.dumps([(record.name, text) for record, text in self.pairs])
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    def collate(self, rows: Sequence[dict[str, Any]]) -> dict[str, torch.Tensor]:
        """A batch: pixels [batch, 3, side, side]; decoder_input_ids and labels [batch, length]."""
        end = self.parts.tokenizer.eos_token_id
        length = max(len(row["ids"]) for row in rows)
        given = torch.full((len(rows), length), end)
        labels = torch.full((len(rows), length), IGNORED)
        for number, row in enumerate(rows):
            ids = torch.tensor(row["ids"])
            given[number, 1 : len(ids)] = ids[:-1]
            labels[number, : len(ids)] = ids
        pixels = torch.stack([row["pixel_values"] for row in rows])
        return {"pixel_values": pixels, "decoder_input_ids": given, "labels": labels}


def loss_of(
    outputs: Any, labels: torch.Tensor, num_items_in_batch: torch.Tensor | int | None = None
) -> torch.Tensor:
    """Cross-entropy of each token but what fills up.

    The model's own loss shifts labels a second time in transformers 4.57, as if it were given
    what the decoder reads. Dividing by `num_items_in_batch`, the tokens of all steps whose
    gradients are added up, makes their sum the gradient of one large batch.
    """
    how = "mean" if num_items_in_batch is None else "sum"
    logits = outputs.logits.float()
    loss = torch.nn.functional.cross_entropy(
        logits.flatten(0, 1), labels.flatten(), ignore_index=IGNORED, reduction=how
    )
    return loss if num_items_in_batch is None else loss / num_items_in_batch


class _Marking(TrainerCallback):  # type: ignore[misc]
    """Marks a checkpoint as whole after all its files have reached the disk."""

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        folder = Path(args.output_dir, f"checkpoint-{state.global_step}")
        for path in folder.rglob("*"):
            if path.is_file():
                _sync(path)
        (folder / _WHOLE).touch()
        _sync(folder)


class _Telling(TrainerCallback):  # type: ignore[misc]
    """Writes a line now and then where no progress bar can be drawn."""

    def on_log(self, args: Any, state: Any, control: Any, **more: Any) -> None:
        logs = more["logs"]
        told = [f"{name} {logs[name]:.4f}" for name in ("loss", "eval_loss") if name in logs]
        if told and args.disable_tqdm:
            line = f"step {state.global_step} of {state.max_steps}: {', '.join(told)}\n"
            sys.stderr.write(line)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def last_whole(folder: Path) -> Path | None:
    """The newest checkpoint that is whole; what a kill left half written is taken away."""
    found = sorted(folder.glob("checkpoint-*"), key=lambda path: int(path.name.rpartition("-")[2]))
    for path in found:
        if not (path / _WHOLE).is_file():
            shutil.rmtree(path)
    whole = [path for path in found if path.is_dir()]
    return whole[-1] if whole else None


def run(
    parts_of: Callable[[], Parts],
    stages: Sequence[tuple[str, Sequence[Record], Rewriter | None]],
    out: Path,
    recipe: Finetune,
    *,
    resumed: bool = False,
    workers: int = 0,
    half: bool = False,
    callbacks: Sequence[TrainerCallback] = (),
) -> Path:
    """Train through the stages; the same input and seed give the same weights on one machine.

    `out` gets a folder for each stage, with checkpoints, TensorBoard log and model, and at the
    end `model`, a checkpoint in the hub's layout.

    Args:
        parts_of: Makes what training begins with.
        stages: Name, pictures and the rewriter of their captions, in order.
        out: The folder of the run.
        recipe: The numbers.
        resumed: Go on from the newest whole checkpoint that `out` has.
        workers: Processes that read pictures.
        half: Compute in bfloat16 where that is safe.
        callbacks: More for transformers' Trainer.

    Returns:
        The folder of the finished model.

    Raises:
        ValueError: `out` holds a run, and `resumed` is not set or it is one of other numbers or
            pictures; or a stage has nothing to train on.
        SetError: A picture cannot be read, which is looked at first.
    """
    parts = parts_of()
    sets = []
    for name, records, rewrite in stages:
        train, check = (
            Pairs([r for r in records if r.split == split], parts, recipe.longest, rewrite)
            for split in ("train", "validation")
        )
        if not len(train):
            raise ValueError(f"the stage {name!r} has no picture in the split 'train'")
        sets.append((name, train, check))
    if not resumed:
        check_pictures([*{id(r): r for _, records, _ in stages for r in records}.values()])
    digests = {name: train.digest() for name, train, _ in sets}
    counts = {name: len(train) for name, train, _ in sets}
    state = {"recipe": recipe.to_dict(), "counts": counts, "pairs": digests}
    _claim(out, state, resumed=resumed)
    for name, train, check in sets:
        folder = out / name
        if (folder / "model").is_dir():
            _take_weights(parts.model, folder / "model")
            continue
        epochs = recipe.debiased_epochs if name == "debiased" else recipe.epochs
        trainer = _trainer(
            parts, train, check, folder,
            recipe=recipe, epochs=epochs, workers=workers, half=half, callbacks=callbacks,
        )  # fmt: skip
        whole = last_whole(folder / "checkpoints")
        trainer.train(resume_from_checkpoint=str(whole) if whole else None)
        _write(parts, folder / "model")
    _write(parts, out / "model")
    return out / "model"


def check_pictures(records: Sequence[Record]) -> None:
    """Look at every picture before hours of training end at one that is broken.

    Raises:
        SetError: Some cannot be read; the message names them, up to ten.
    """
    with ThreadPoolExecutor() as threads:
        found = [told for told in threads.map(_fault, records) if told]
    if found:
        more = f"; and {len(found) - 10} more" if len(found) > 10 else ""
        raise SetError(f"pictures that cannot be read: {', '.join(found[:10])}{more}")


def _fault(record: Record) -> str:
    """The name of a picture that cannot be read and why; empty for one that can."""
    try:
        with Image.open(io.BytesIO(record.load())) as image:
            image.draft("RGB", (32, 32))  # the whole of a JPEG is read, little of it reckoned
            image.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        return f"{record.name} ({error})"
    return ""


def _trainer(
    parts: Parts,
    train: Pairs,
    check: Pairs,
    folder: Path,
    *,
    recipe: Finetune,
    epochs: float,
    workers: int,
    half: bool,
    callbacks: Sequence[TrainerCallback],
) -> Trainer:
    judged = len(check) > 0
    arguments = TrainingArguments(
        output_dir=str(folder / "checkpoints"),
        logging_dir=str(folder / "log"),
        report_to=["tensorboard"],
        seed=recipe.seed,
        data_seed=recipe.seed,
        num_train_epochs=epochs,
        per_device_train_batch_size=recipe.batch,
        per_device_eval_batch_size=recipe.batch,
        gradient_accumulation_steps=recipe.accumulation,
        learning_rate=recipe.rate,
        logging_steps=min(50, recipe.every),
        save_strategy="steps",
        save_steps=recipe.every,
        save_total_limit=3,
        eval_strategy="steps" if judged else "no",
        eval_steps=recipe.every,
        load_best_model_at_end=judged,
        metric_for_best_model="eval_loss",
        greater_is_better=False,
        label_names=["labels"],
        remove_unused_columns=False,
        dataloader_num_workers=workers,
        dataloader_pin_memory=torch.cuda.is_available(),
        bf16=half,
        disable_tqdm=not sys.stderr.isatty(),
    )
    stopping = [EarlyStoppingCallback(recipe.patience)] if judged else []
    trainer = Trainer(
        model=parts.model,
        args=arguments,
        train_dataset=train,
        eval_dataset=check if judged else None,
        data_collator=train.collate,
        compute_loss_func=loss_of,
        callbacks=[*stopping, _Marking(), _Telling(), *callbacks],
    )
    trainer.remove_callback(PrinterCallback)
    return trainer


def _claim(out: Path, state: dict[str, Any], *, resumed: bool) -> None:
    """Write down what the run is made of, or compare it with what was written."""
    note = out / "run.json"
    if not note.is_file():
        out.mkdir(parents=True, exist_ok=True)
        write(note, f"{json.dumps(state, indent=2)}\n".encode())
        return
    if not resumed:
        raise ValueError(f"{out} holds a run already; go on with --resume, or name another folder")
    before = json.loads(note.read_text(encoding="utf-8"))
    for part, now in state.items():
        was = before.get(part, {})
        other = sorted(key for key in {*was, *now} if was.get(key) != now.get(key))
        if other:
            raise ValueError(f"the run in {out} was begun with other {part}: {', '.join(other)}")


def _take_weights(model: Any, folder: Path) -> None:
    """Go on from a stage that is done."""
    done = type(model).from_pretrained(folder, use_safetensors=True)
    model.load_state_dict(done.state_dict())


def _write(parts: Parts, folder: Path) -> None:
    """Save model, tokenizer and processor as the hub has them; whole, or not at all."""
    temporary = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(temporary, ignore_errors=True)
    parts.model.save_pretrained(temporary, safe_serialization=True)
    parts.tokenizer.save_pretrained(temporary)
    parts.processor.save_pretrained(temporary)
    for path in temporary.iterdir():
        _sync(path)
    shutil.rmtree(folder, ignore_errors=True)
    temporary.replace(folder)
