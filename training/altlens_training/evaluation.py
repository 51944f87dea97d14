"""ROUGE of captions against their references, as distilvit's card has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from altlens_host.wording.neutral import neutral

KINDS = ("rouge1", "rouge2", "rougeL", "rougeLsum")


@dataclass(frozen=True)
class Prediction:
    """What a model said of one picture.

    Attributes:
        caption: The words; empty where there was no caption.
        tokens: How many were generated: not the start token, but the end token.
        references: What people said.
        confidence: How likely it is right, from 0 to 1; 0 where there was no caption.
        plain: Whether it is said without a hedge.
        label: The picture's class, where the set has classes.
    """

    caption: str
    tokens: int
    references: tuple[str, ...]
    confidence: float = 0.0
    plain: bool = False
    label: str | None = None


def heard(references: tuple[str, ...], *, raw: bool) -> tuple[str, ...]:
    """The references as captions are compared with them: in neutral words, or `raw`."""
    return references if raw else tuple(map(neutral, references))


def picture_scores(
    predictions: Sequence[Prediction],
    *,
    raw_references: bool = False,
    kinds: Sequence[str] = KINDS,
) -> dict[str, list[tuple[float, float]]]:
    """For each kind of ROUGE and each picture, (mean over references, best reference), 0 to 100.

    Raises:
        ValueError: a prediction has no references.
    """
    from rouge_score.rouge_scorer import RougeScorer

    scorer = RougeScorer(list(kinds), use_stemmer=True)
    scores: dict[str, list[tuple[float, float]]] = {kind: [] for kind in kinds}
    for prediction in predictions:
        if not prediction.references:
            raise ValueError("a prediction has no references")
        references = heard(prediction.references, raw=raw_references)
        results = [scorer.score(reference, prediction.caption) for reference in references]
        for kind in kinds:
            values = [100 * result[kind].fmeasure for result in results]
            scores[kind].append((sum(values) / len(values), max(values)))
    return scores


def score(predictions: Sequence[Prediction], *, raw_references: bool = False) -> dict[str, Any]:
    """Averages over pictures: {"rouge1": {"mean", "best"}, …, "gen_len"}, ROUGE from 0 to 100.

    References go through `neutral`, as the captions a model learned from did, unless
    `raw_references`.

    Raises:
        ValueError: there are no predictions, or one has no references.
    """
    if not predictions:
        raise ValueError("no predictions to score")
    report: dict[str, Any] = {}
    for kind, pairs in picture_scores(predictions, raw_references=raw_references).items():
        means, bests = zip(*pairs, strict=True)
        report[kind] = {"mean": sum(means) / len(means), "best": sum(bests) / len(bests)}
    report["gen_len"] = sum(p.tokens for p in predictions) / len(predictions)
    return report
