"""The `altlens-train` command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="altlens-train",
        description="Make the embedded model, or bring another to the hub's layout.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    lite = commands.add_parser("lite", help="train, export, quantize and measure the lite model")
    lite.add_argument("--data", type=Path, required=True, help="folder of jsonl and text files")
    lite.add_argument("--out", type=Path, required=True, help="folder for cache, log and model")
    lite.add_argument("--poses", type=Path, help="MoveNet for TensorFlow.js (docs/TRAINING.md)")
    lite.add_argument("--resume", action="store_true", help="go on from the folder's checkpoint")
    lite.add_argument("--seed", type=int, help="seed of everything random")
    lite.add_argument("--threads", type=int, help="processor threads")
    lite.add_argument("--text-steps", type=int, help="steps of the decoder alone")
    lite.add_argument("--pair-epochs", type=int, help="epochs of cross-entropy on pairs")
    export = commands.add_parser("export", help="write a torch checkpoint in the hub's ONNX layout")
    export.add_argument("checkpoint", type=Path, help="folder with config.json and safetensors")
    export.add_argument("--out", type=Path, required=True, help="folder to make")
    export.add_argument("--licence", default="unknown", help="SPDX expression for the model's card")
    from altlens_training.finetune_command import add_options

    text = "train a model of distilvit's family, as distilvit was"
    add_options(commands.add_parser("distilvit", help=text, description=f"{text.capitalize()}."))
    card = commands.add_parser("card", help="write a model's card from what altlens eval found")
    card.add_argument("folder", type=Path, help="the model's folder, which gets README.md")
    card.add_argument(
        "--figures", type=Path, required=True, help="what altlens eval --json printed"
    )
    card.add_argument("--run", type=Path, help="the folder of altlens-train distilvit")
    card.add_argument("--name", help="the model's name (the folder's)")
    card.add_argument("--licence", default="unknown", help="as the hub writes it: apache-2.0")
    card.add_argument("--set", action="append", default=[], dest="sets", metavar="OWNER/NAME",
                      help="a set of the hub that it was trained on")  # fmt: skip
    calibrate = commands.add_parser(
        "calibrate", help="measure how likely a model's captions are right"
    )
    calibrate.add_argument("--model", required=True, help="name or folder of the model")
    calibrate.add_argument("--data", required=True, help="pictures with people's captions of them")
    calibrate.add_argument("--pictures", type=Path, help="their folder, if not the usual one")
    calibrate.add_argument("--split", help="part of the set (validation; test where there is none)")
    calibrate.add_argument(
        "--seen", metavar="SPLIT", help="part that the model was trained on, to learn more from"
    )
    calibrate.add_argument(
        "--collect", type=Path, metavar="FILE", help="only keep what was measured of each caption"
    )
    calibrate.add_argument(
        "--also", type=Path, nargs="+", default=[], metavar="FILE",
        help="what was collected of models of the same kind, on pictures that they had not seen",
    )  # fmt: skip
    calibrate.add_argument("--seed", type=int, default=0, help="seed of everything random")
    triage = commands.add_parser("triage", help="fit the worker's triage, or judge it")
    triage.add_argument("--data", type=Path, required=True, help="folder of jsonl and text files")
    triage.add_argument("--packages", type=Path, required=True, help="folder of unpacked packages")
    triage.add_argument("--check", action="store_true", help="print what it takes pictures for")
    triage.add_argument("--captions", action="store_true", help="with lite's words (--check)")
    triage.add_argument("--each", type=int, default=100, help="drawn pictures of a kind (--check)")
    triage.add_argument("--seed", type=int, default=1, help="seed of everything random")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; 0 if all went well, 2 if its input cannot be used or a part is missing."""
    options = _parser().parse_args(argv)
    if options.command == "triage":
        return _triage(options)
    try:
        folder = _MAKERS[options.command](options)
    except ModuleNotFoundError as error:
        sys.stderr.write(f"altlens-train: {error.name} is missing; install altlens[train]\n")
        return 2
    except (ValueError, OSError) as error:
        sys.stderr.write(f"altlens-train: {error}\n")
        return 2
    sys.stdout.write(f"{folder}\n")
    return 0


def _export(options: argparse.Namespace) -> Path:
    from altlens_training.export_checkpoint import export_checkpoint

    return export_checkpoint(options.checkpoint, options.out, options.licence)


def _distilvit(options: argparse.Namespace) -> Path:
    from altlens_training.finetune_command import distilvit

    return distilvit(options)


def _calibrate(options: argparse.Namespace) -> Path:
    from altlens_training.calibrate import calibrate

    return calibrate(options)


def _lite(options: argparse.Namespace) -> Path:
    from altlens_training.lite import make_lite
    from altlens_training.recipe import Recipe

    names = ("seed", "threads", "poses", "text_steps", "pair_epochs")
    chosen = {name: value for name in names if (value := getattr(options, name)) is not None}
    return make_lite(options.data, options.out, replace(Recipe(), **chosen), options.resume)


def _card(options: argparse.Namespace) -> Path:
    from altlens_training.model_card import read_figures, write_card

    return write_card(
        options.folder,
        read_figures(options.figures),
        name=options.name,
        licence=options.licence,
        sets=options.sets,
        run=options.run,
    )


_MAKERS = {
    "lite": _lite,
    "calibrate": _calibrate,
    "distilvit": _distilvit,
    "export": _export,
    "card": _card,
}


def _triage(options: argparse.Namespace) -> int:
    from altlens_training.triage import WEIGHTS, confusion, fit
    from altlens_training.triage_pictures import judging, teaching

    try:
        if options.check:
            shown = judging(options.data, options.packages, options.each, options.seed)
            sys.stdout.write(confusion(shown, captioned=options.captions))
        else:
            stored = fit(teaching(options.data, options.packages, options.seed))
            WEIGHTS.write_text(stored, encoding="utf-8")
            sys.stdout.write(f"{WEIGHTS}\n")
    except (ValueError, OSError) as error:
        sys.stderr.write(f"altlens-train: {error}\n")
        return 2
    return 0
