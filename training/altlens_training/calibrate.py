"""`altlens-train calibrate`: how likely a model's captions are right, kept beside the model."""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

from altlens_host.errors import AltlensError
from altlens_host.models import catalogue
from altlens_host.models.catalogue import CALIBRATION, CARD, Model
from altlens_host.worker import images, kinds, triage
from altlens_host.worker.captioner import Captioner
from altlens_host.worker.confidence import VERSION, Calibration, measures
from altlens_host.worker.engines import open_engine
from altlens_training import files, readers
from altlens_training.calibration import Sample, cross_validated, fit
from altlens_training.evaluation import Prediction, picture_scores
from altlens_training.report import trust_rows
from altlens_training.trust import Judged, trust


def calibrate(options: argparse.Namespace) -> Path:
    """Measure a model, print what its confidence is worth, and write `calibration.json` beside it.

    Raises:
        ValueError: There is no such model or set, it cannot be run, or it cannot be calibrated
            with these pictures.
        OSError: A picture or file cannot be read, or the file cannot be written.
    """
    records = readers.read(options.data, options.pictures, offline=True)
    # What a model is calibrated with is no longer fit to judge it: the test part is left for that.
    held_out = any(one.split == "validation" for one in records)
    split = options.split or ("validation" if held_out else "test")
    if options.seen == split:
        raise ValueError(f"the part {split!r} cannot be both seen and not seen in training")
    if options.collect and (options.seen or options.also):
        raise ValueError("--collect keeps what was measured of one part, and fits nothing")
    try:
        model = catalogue.find(options.model)
        captioner = Captioner(model, open_engine(model, 0, "cpu"))
        fair = _samples(captioner, readers.select(records, split))
        parts = readers.select(records, options.seen) if options.seen else []
        seen = [sample for sample, _ in _samples(captioner, parts)]
    except AltlensError as error:
        raise ValueError(error.detail) from None
    if options.collect:
        files.write(options.collect, _lines(fair))
        return Path(options.collect)
    also = [sample for file in options.also for sample, _ in _collected(file)]
    samples = [sample for sample, _ in fair]
    fitted = fit(samples, seen, also)
    verdicts = cross_validated(samples, seen, also, seed=options.seed)
    figures = trust([
        Judged(one.confidence, one.level == "plain", mean, sample.rouge_l)
        for one, (sample, mean) in zip(verdicts, fair, strict=True)
    ])  # fmt: skip
    for name, value in trust_rows(figures):
        sys.stdout.write(f"{name:<40} {value}\n")
    counts = {"pictures": len(samples), "also": len(also), "seen": len(seen)}
    counts["seed"] = options.seed
    return write(model, contents(fitted, counts))


def _samples(captioner: Captioner, records: Sequence[readers.Record]) -> list[tuple[Sample, float]]:
    """Each photograph's caption as it is heard, with its mean ROUGE-L.

    Raises:
        ValueError: A picture cannot be used.
    """
    found = []
    for record in tqdm(records, "captions", unit="picture", disable=not records):
        try:
            image = images.decode(record.load(), captioner.engine.side, any_format=True)
        except AltlensError as error:
            raise ValueError(f"{record.name}: {error.detail}") from None
        looked = triage.look(image)
        if looked.kind is triage.Kind.DECORATIVE or kinds.is_drawn(looked):
            continue  # of these the host does not ask how sure the model is
        made, text = captioner.caption(image)
        if not text:
            continue
        prediction = Prediction(text, len(made.tokens), record.references)
        ((mean, best),) = picture_scores([prediction], kinds=("rougeL",))["rougeL"]
        found.append((Sample(measures(made), best), mean))
    return found


def _lines(measured: Sequence[tuple[Sample, float]]) -> bytes:
    """What was measured of each caption, a JSON object a line."""
    return b"".join(
        json.dumps({"measures": dict(one.measures), "best": one.rouge_l, "mean": mean}).encode()
        + b"\n"
        for one, mean in measured
    )


def _collected(file: Path) -> list[tuple[Sample, float]]:
    """Read what `_lines` wrote.

    Raises:
        ValueError: It is something else.
    """
    found = []
    try:
        for line in file.read_text(encoding="utf-8").splitlines():
            said = json.loads(line)
            measured = {name: float(value) for name, value in said["measures"].items()}
            found.append((Sample(measured, float(said["best"])), float(said["mean"])))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{file}: not what calibrate --collect writes: {error}") from None
    return found


def contents(fitted: Calibration, counts: dict[str, int]) -> bytes:
    """What `calibration.json` holds: what the host reads, and how it was made."""
    said: dict[str, Any] = {
        "version": VERSION,
        "bias": round(fitted.bias, 4),
        "weights": {name: round(weight, 4) for name, weight in fitted.weights.items()},
        "plain": round(fitted.plain, 4),
        "hedged": round(fitted.hedged, 4),
        "from": counts,
    }
    return f"{json.dumps(said, indent=2)}\n".encode()


def write(model: Model, data: bytes) -> Path:
    """Put a calibration beside a model, and its digest into the model's card if it has one.

    In between the host finds another digest, and takes the model for one that nobody measured.
    """
    target = model.path / CALIBRATION
    files.write(target, data)
    card = model.path / CARD
    if model.files:
        said = json.loads(card.read_text(encoding="utf-8"))
        one = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
        said["files"] = dict(sorted({**said["files"], CALIBRATION: one}.items()))
        files.write(card, f"{json.dumps(said, indent=2)}\n".encode())
    return target
