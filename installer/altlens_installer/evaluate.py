"""altlens eval: the host's captions against people's, as ROUGE."""

from __future__ import annotations

import importlib.util
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from altlens_host.errors import AltlensError
from altlens_host.messages import Result
from altlens_installer import caption, client
from altlens_installer.errors import DataUnusableError, ExtraMissingError
from altlens_installer.terminal import counted, say, table

if TYPE_CHECKING:
    from altlens_training.data import Picture
    from altlens_training.evaluation import Entry, Prediction

ROUGE = {"rouge1": "ROUGE-1", "rouge2": "ROUGE-2", "rougeL": "ROUGE-L", "rougeLsum": "ROUGE-Lsum"}


def evaluate(
    data: Path, model: str | None, raw_references: bool, as_json: bool, out: IO[str]
) -> int:
    """Caption the pictures of a file and print how near the captions are to people's.

    A picture that gets no caption counts with an empty one. The first caption waits for the
    model to be loaded, so captions per second are of those after it.

    Args:
        data: JSON lines of {"image", "captions"}; others are counted and skipped.
        model: The model's name or folder; None for the usual one.
        raw_references: Do not send people's captions through the debiasing rules.
        as_json: Print one JSON object.
        out: Where the figures go.

    Returns:
        0, or 1 if a picture got no answer.

    Raises:
        ExtraMissingError: The package rouge-score is not installed.
        DataUnusableError: The file cannot be read, or names no picture with captions.
        InstallerError: There is no host to ask.
    """
    require("rouge_score")
    from altlens_training.evaluation import score

    entries, skipped = _load(data)
    with client.Host(client.command(model)) as host:
        replies, rate = _timed(host, entries)
        used = host.welcome.model
    figures = score(predictions(entries, replies), raw_references=raw_references)
    failed = sum(not isinstance(reply, Result) for reply in replies.values())
    figures |= {
        "captions_per_second": rate,
        "pictures": len(entries),
        "failed": failed,
        "skipped_lines": skipped,
        "model": used,
        "raw_references": raw_references,
    }
    if as_json:
        say(json.dumps(figures), out)
    else:
        _print(figures, out)
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


def _load(data: Path) -> tuple[list[Entry], int]:
    from altlens_training.evaluation import load_entries

    try:
        entries = load_entries(data)
        lines = sum(1 for line in data.read_text(encoding="utf-8").splitlines() if line.strip())
    except (OSError, ValueError) as error:
        raise DataUnusableError(f"{error}") from None
    if not entries:
        raise DataUnusableError(f"{data} names no picture with captions.")
    return entries, lines - len(entries)


def _timed(host: client.Host, entries: Sequence[Entry]) -> tuple[dict[int, client.Reply], float]:
    most = host.welcome.limits["max_image_bytes"]

    def pictures(some: Sequence[Entry]) -> Iterator[bytes | AltlensError]:
        return (caption.read(entry.path, most) for entry in some)

    replies = dict(host.captions(pictures(entries[:1])))
    started = time.monotonic()
    rest = entries[1:]
    for index, reply in counted("captions", host.captions(pictures(rest)), len(rest)):
        replies[index + 1] = reply
    elapsed = time.monotonic() - started
    return replies, len(rest) / elapsed if rest else 0.0


def predictions(
    pictures: Sequence[Entry | Picture], replies: Mapping[int, client.Reply]
) -> list[Prediction]:
    """Join what the host said of each picture, by its index, with people's captions of it.

    A picture that gets no caption counts with an empty one.
    """
    from altlens_training.evaluation import Prediction

    made = []
    for index, picture in enumerate(pictures):
        reply = replies[index]
        said = (reply.text, reply.tokens) if isinstance(reply, Result) else ("", 0)
        made.append(Prediction(*said, references=picture.captions))
    return made


def _print(figures: dict[str, Any], out: IO[str]) -> None:
    rows = [
        (name, f"{figures[key]['mean']:.2f}", f"{figures[key]['best']:.2f}")
        for key, name in ROUGE.items()
    ]
    table(("0 to 100", "mean over references", "best reference"), rows, out)
    say(f"mean length          {figures['gen_len']:.2f} tokens", out)
    say(f"captions per second  {figures['captions_per_second']:.2f}", out)
    say(f"pictures             {figures['pictures']}, of which {figures['failed']} failed", out)
    say(f"lines skipped        {figures['skipped_lines']}", out)
    say(f"references           {'as written' if figures['raw_references'] else 'debiased'}", out)
    say(f"model                {figures['model']}", out)
