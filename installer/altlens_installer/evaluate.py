"""altlens eval: the host's captions against people's."""

from __future__ import annotations

import importlib.util
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from altlens_host.errors import AltlensError, ImageTooManyBytesError
from altlens_host.messages import Result
from altlens_installer import client
from altlens_installer.errors import (
    DataUnusableError,
    ExtraMissingError,
    PictureUnreadableError,
)
from altlens_installer.terminal import counted, say, table

if TYPE_CHECKING:
    from altlens_training.evaluation import Prediction
    from altlens_training.readers import Record

FORMATS = ("text", "json", "markdown")


def evaluate(
    data: str,
    model: str | None,
    raw_references: bool,
    form: str,
    out: IO[str],
    *,
    pictures: Path | None = None,
    split: str | None = None,
) -> int:
    """Caption the pictures of a set and print how near the captions are to people's.

    A picture that gets no caption counts with an empty one. Text in pictures is not read: what
    stands there is no caption, and figures must not depend on whether the extra [ocr] is
    installed. The first caption waits for the
    model to be loaded, so captions per second are of those after it.

    Args:
        data: The set (`altlens_training.readers.read`); one of the hub must be on this machine.
        model: The model's name or folder; None for the usual one.
        raw_references: Do not send people's captions through the debiasing rules.
        form: One of FORMATS.
        out: Where the figures go.
        pictures: The folder of the pictures, where it is not beside the captions.
        split: The part of the set; None for all of JSON lines, else for its test part.

    Returns:
        0, or 1 if a picture got no answer.

    Raises:
        ExtraMissingError: A package of the extra [eval] or [data] is not installed.
        DataUnusableError: The set cannot be read, or has no picture with captions.
        InstallerError: There is no host to ask.
    """
    require("rouge_score")
    from altlens_training.assessment import assess

    records, skipped = _load(data, pictures, split)
    with client.Host(client.command(model, read_text=False)) as host:
        replies, rate = _timed(host, records)
        used = host.welcome.model
    said = predictions([one.references for one in records], replies)
    labelled = [replace(one, label=rec.label) for one, rec in zip(said, records, strict=True)]
    failed = sum(not isinstance(reply, Result) for reply in replies.values())
    figures = assess(labelled, raw_references=raw_references)
    figures |= {
        "calibrated": any(getattr(one, "calibrated", False) for one in replies.values()),
        "captions_per_second": rate,
        "pictures": len(records),
        "failed": failed,
        "skipped_lines": skipped,
        "model": used,
        "data": data,
        "split": split,
        "raw_references": raw_references,
        "read_text": False,
    }
    _show(figures, form, out)
    return 1 if failed else 0


def require(*packages: str) -> None:
    """Check that packages of the extra [eval] are there.

    Raises:
        ExtraMissingError: One is not; the message says how to install it.
    """
    for package in packages:
        if importlib.util.find_spec(package) is None:
            name = package.replace("_", "-")
            raise ExtraMissingError(f"Figures need {name}: pip install 'altlens[eval]'")


def _load(data: str, pictures: Path | None, split: str | None) -> tuple[list[Record], int]:
    """The records to be judged, and how many lines of JSON lines had no captions."""
    from altlens_training import readers

    lines = data.endswith(".jsonl")
    try:
        found = readers.read(data, pictures, offline=True)
        chosen = found if lines and not split else readers.select(found, split)
        text = Path(data).read_text(encoding="utf-8") if lines else ""
    except (OSError, ValueError) as error:
        raise DataUnusableError(f"{error}.") from None
    except ModuleNotFoundError as error:
        raise ExtraMissingError(
            f"This set needs {error.name}: pip install 'altlens[data]'"
        ) from None
    return chosen, sum(bool(line.strip()) for line in text.splitlines()) - len(
        found
    ) if lines else 0


def _timed(host: client.Host, records: Sequence[Record]) -> tuple[dict[int, client.Reply], float]:
    most = host.welcome.limits["max_image_bytes"]

    def pictures(some: Sequence[Record]) -> Iterator[bytes | AltlensError]:
        return (_bytes(record, most) for record in some)

    replies = dict(host.captions(pictures(records[:1])))
    started = time.monotonic()
    rest = records[1:]
    for index, reply in counted("captions", host.captions(pictures(rest)), len(rest)):
        replies[index + 1] = reply
    elapsed = time.monotonic() - started
    return replies, len(rest) / elapsed if rest else 0.0


def _bytes(record: Record, most: int) -> bytes | AltlensError:
    """A picture's bytes, or the error that is its answer."""
    try:
        data = record.load()
    except OSError as error:
        return PictureUnreadableError(f"{error.strerror or error}.")
    if len(data) > most:
        return ImageTooManyBytesError(f"{len(data)} bytes; {most} are taken.")
    return data


def predictions(
    references: Sequence[tuple[str, ...]], replies: Mapping[int, client.Reply]
) -> list[Prediction]:
    """Join what the host said of each picture, by its index, with people's captions of it.

    A picture that gets no caption counts with an empty one.
    """
    from altlens_training.evaluation import Prediction

    made = []
    for index, theirs in enumerate(references):
        reply = replies[index]
        if isinstance(reply, Result):
            plain = reply.level == "plain"
            made.append(Prediction(reply.text, reply.tokens, theirs, reply.confidence, plain))
        else:
            made.append(Prediction("", 0, theirs))
    return made


def _show(figures: dict[str, Any], form: str, out: IO[str]) -> None:
    from altlens_training import report

    if form == "json":
        say(json.dumps(figures), out)
        return
    if form == "markdown":
        source = f"{figures['data']}" + (f", {figures['split']}" if figures["split"] else "")
        say(f"# {figures['model']} on {source}\n\n{report.markdown(figures)}".rstrip(), out)
        return
    table(("0 to 100 (95% interval)", "mean over references", "best reference"),
          report.main_rows(figures), out)  # fmt: skip
    table(("words", *report.GROUP_COLUMNS), report.group_rows(figures["by_length"]), out)
    table(("class", *report.GROUP_COLUMNS), report.group_rows(figures["by_class"]), out)
    if figures["abstention"]:
        table(report.COVERAGE_COLUMNS, report.coverage_rows(figures["abstention"]), out)
    for name, value in report.trust_rows(figures["trust"]):
        say(f"{name:<36} {value}", out)
    measured = "measured for this model" if figures["calibrated"] else "a guess"
    say(f"{'confidence':<36} {measured}", out)
    for name, value in report.notes(figures):
        say(f"{name:<20} {value}", out)
    say(f"{'lines skipped':<20} {figures['skipped_lines']}", out)
    say(f"{'model':<20} {figures['model']}", out)
