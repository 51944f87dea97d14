"""altlens-train distilvit: from sets of captioned pictures to a model in the hub's layout."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path

from altlens_training import readers
from altlens_training.debias import load_rewriter, rewriter
from altlens_training.finetune_recipe import Finetune
from altlens_training.readers import Record

_NUMBERS = {
    "seed": "of everything random",
    "epochs": "how often the first stage sees each caption",
    "debiased_epochs": "how often the second stage does",
    "batch": "pairs of picture and caption in a step, on each device",
    "accumulation": "steps whose gradients are added up",
    "rate": "learning rate of the first step, which falls to nothing",
    "longest": "tokens of a caption, at most",
    "every": "steps from one checkpoint to the next",
    "patience": "checkpoints without a lower validation loss that end a stage",
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of the command; the recipe's numbers keep their meaning and their names."""
    add = parser.add_argument
    add("--data", action="append", default=[], metavar="SET", help="captions as people wrote them")
    add("--debiased", action="append", default=[], metavar="SET",
        help="for the second stage, instead of those of --data; rewritten as well")  # fmt: skip
    add("--documents", action="append", default=[], metavar="SET", help="such as Mozilla/docornot")
    add("--pictures", type=Path, metavar="DIR", help="where the pictures of COCO or Flickr are")
    add("--out", type=Path, required=True, metavar="DIR", help="checkpoints, logs and the model")
    add("--from", dest="start", default="distilvit", metavar="WHAT",
        help="distilvit, small or tiny: from nothing in that shape; distilvit-hub, DIR or "
        "OWNER/NAME@REVISION: a checkpoint (distilvit)")  # fmt: skip
    add("--encoder", metavar="DIR|NAME@REVISION", help="a trained ViT, with --decoder")
    add("--decoder", metavar="DIR|NAME@REVISION", help="a trained GPT-2, with --encoder")
    add("--rewriter", metavar="MODULE:FUNCTION", help="writes debiased captions, before the rules")
    add("--stage", choices=("captions", "debiased"), help="one stage alone (both)")
    add("--resume", action="store_true", help="go on from the newest whole checkpoint")
    add("--offline", action="store_true", help="use no network")
    add("--workers", type=int, default=0, metavar="N", help="processes that read pictures (0)")
    add("--bfloat16", action="store_true", help="compute in 16 bits where that is safe")
    for field in fields(Finetune):
        kind = float if field.name.endswith("epochs") or field.name == "rate" else int
        add(f"--{field.name.replace('_', '-')}", type=kind, metavar="N",
            help=f"{_NUMBERS[field.name]} ({field.default})")  # fmt: skip


def distilvit(options: argparse.Namespace) -> Path:
    """Run the command; returns the folder of the model.

    Raises:
        ValueError: A set, a model or the folder of the run cannot be used.
        ModuleNotFoundError: A package of the extra [train] is missing.
    """
    written = load_rewriter(options.rewriter) if options.rewriter else None
    stages = [one for one in _stages(options) if one[1] and options.stage in (None, one[0])]
    if not stages:
        raise ValueError("there is nothing to train on; name sets with --data or --debiased")
    chosen = {
        field.name: value
        for field in fields(Finetune)
        if (value := getattr(options, field.name)) is not None
    }
    recipe = replace(Finetune(), **chosen)
    from altlens_training.finetune import run
    from altlens_training.finetune_model import begin

    spoken = [text for _, records, _ in stages for one in records for text in one.references]
    return run(
        lambda: begin(
            options.start, spoken, recipe.seed,
            encoder=options.encoder, decoder=options.decoder, offline=options.offline,
        ),
        [(name, some, rewriter(written) if debias else None) for name, some, debias in stages],
        options.out,
        recipe,
        resumed=options.resume,
        workers=options.workers,
        half=options.bfloat16,
    )  # fmt: skip


def _stages(options: argparse.Namespace) -> list[tuple[str, list[Record], bool]]:
    captions = _read(options.data, options)
    debiased = _read(options.debiased, options) or captions
    documents = _read(options.documents, options)
    if documents and not debiased:
        raise ValueError("--documents goes with captions; a model of documents alone calls all so")
    return [("captions", captions, False), ("debiased", [*debiased, *documents], True)]


def _read(sources: Sequence[str], options: argparse.Namespace) -> list[Record]:
    return [
        record
        for source in sources
        for record in readers.read(source, options.pictures, offline=options.offline)
    ]
