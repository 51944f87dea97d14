"""altlens eval --baselines: how a model stands to chance, to its neighbours and to people."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from altlens_host.messages import Result
from altlens_host.models import catalogue
from altlens_installer import caption, client, evaluate
from altlens_installer.errors import DataUnusableError
from altlens_installer.terminal import counted, say, table

if TYPE_CHECKING:
    from altlens_training.data import Picture

_ENCODER = catalogue.EMBEDDED / "lite/onnx/encoder_model_quantized.onnx"


def baselines(data: Path | None, model: str | None, drawn: int, as_json: bool, out: IO[str]) -> int:
    """Print where a model stands, with 95% intervals.

    The photographs are those of the project's split, part `test`; the neighbours are those that
    training sees. The drawn pictures need no data. As for `evaluate`, no text is read.

    Args:
        data: The folder of captioned pictures that training reads; None to judge drawn ones only.
        model: The model's name or folder; None for the usual one.
        drawn: How many pictures to draw of each kind.
        as_json: Print one JSON object.
        out: Where the figures go.

    Returns:
        0, or 1 if a picture got no answer.

    Raises:
        ExtraMissingError: What the extra [eval] brings is not installed.
        DataUnusableError: The folder cannot be read, or lacks test or training pictures.
        InstallerError: There is no host to ask.
    """
    from altlens_training.drawn_check.canvas import FACES

    evaluate.require("rouge_score", *(package for package, _ in FACES.values()))
    known, test = _load(data) if data else ((), ())
    with client.Host(client.command(model, read_text=False)) as host:
        figures: dict[str, Any] = {"model": host.welcome.model, "read_text": False, "failed": 0}
        if test:
            figures |= _judge_photographs(host, test, known)
        rates, failed = _judge_drawn(host, drawn)
    figures |= {"drawn": rates, "failed": figures["failed"] + failed}
    if as_json:
        say(json.dumps(figures), out)
    else:
        _print(figures, out)
    return 1 if figures["failed"] else 0


def _load(folder: Path) -> tuple[Sequence[Picture], Sequence[Picture]]:
    """The training pictures with captions, and the test pictures."""
    from altlens_training.data import load_corpus

    try:
        corpus = load_corpus(folder)
    except (OSError, ValueError) as error:
        raise DataUnusableError(f"{error}") from None
    known = [picture for picture in corpus.train if picture.captions]
    test = [picture for picture in corpus.test if picture.captions]
    if not known or not test:
        lacking = "other" if test else "test"
        raise DataUnusableError(f"{folder} has no {lacking} pictures with captions.")
    return known, test


def _judge_photographs(
    host: client.Host, test: Sequence[Picture], known: Sequence[Picture]
) -> dict[str, Any]:
    from altlens_training.baselines import compare
    from altlens_training.drawn_check import named

    most = host.welcome.limits["max_image_bytes"]
    answers = host.captions(caption.read(picture.path, most) for picture in test)
    replies = dict(counted("captions", answers, len(test)))
    said = evaluate.predictions([picture.captions for picture in test], replies)
    figures = compare(said, _features(test), known, _features(known))
    return figures | {
        "called_drawn": sum(bool(named(prediction.caption)) for prediction in said),
        "failed": sum(not isinstance(reply, Result) for reply in replies.values()),
    }


def _features(pictures: Sequence[Picture]) -> Any:
    """What lite's encoder makes of each picture, [pictures, width]."""
    import numpy as np

    from altlens_training.encoder import Encoder

    encoder = Encoder(_ENCODER)
    try:
        found = counted("features", (encoder.features(p.path) for p in pictures), len(pictures))
        return np.stack(list(found))
    except OSError as error:
        raise DataUnusableError(f"{error}") from None


def _judge_drawn(host: client.Host, each: int) -> tuple[dict[str, Any], int]:
    """For each kind how many are named rightly, and how many pictures got no answer."""
    from altlens_training import drawn_check
    from altlens_training.baselines import share_interval

    kinds, pictures = zip(*drawn_check.pictures(each, seed=0), strict=True)
    replies = dict(counted("drawn pictures", host.captions(pictures), len(pictures)))
    said = [_said(replies[index]) for index in range(len(pictures))]
    rates = {}
    for kind, share in drawn_check.shares(kinds, said).items():
        right = round(share * each)
        rates[kind] = {"right": right, "of": each, "interval": share_interval(right, each)}
    return rates, sum(not isinstance(reply, Result) for reply in replies.values())


def _said(reply: client.Reply) -> str | None:
    """The caption; None for a picture that needs none."""
    if not isinstance(reply, Result):
        return ""
    return None if reply.kind == "decorative" else reply.text


def _print(figures: dict[str, Any], out: IO[str]) -> None:
    if "rougeL" in figures:
        rows = [
            (name, *(_with_interval(row[key], row[f"{key}_interval"]) for key in ("mean", "best")))
            for name, row in figures["rougeL"].items()
        ]
        columns = "ROUGE-L, 0 to 100 (95% interval)", "mean over references", "best reference"
        table(columns, rows, out)
        over, fall = figures["over_nearest_neighbour"], figures["fall_when_shuffled"]
        total, different = figures["pictures"], figures["different_captions"]
        say(f"over the neighbour   {_with_interval(over['mean'], over['interval'])}", out)
        say(f"fall when shuffled   {_with_interval(fall['mean'], fall['interval'])}", out)
        say(f"different captions   {different} of {total}", out)
        drawn = figures["called_drawn"]
        say(f"called page, chart, blank or icon: {drawn} of {total} photographs", out)
    rows = [
        (kind, f"{row['right']} of {row['of']}", "{:.0%} to {:.0%}".format(*row["interval"]))
        for kind, row in figures["drawn"].items()
    ]
    table(("drawn pictures", "named as such", "95% interval"), rows, out)
    if "rougeL" not in figures:
        say("photographs          not judged; name the folder of the captions with --data", out)
    say("text in pictures     not read", out)
    say(f"failed               {figures['failed']}", out)
    say(f"model                {figures['model']}", out)


def _with_interval(value: float, interval: Sequence[float]) -> str:
    return f"{value:.1f} ({interval[0]:.1f} to {interval[1]:.1f})"
