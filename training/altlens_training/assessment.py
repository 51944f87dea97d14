"""Everything that `altlens eval` says of a model's captions, as plain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from altlens_training import metrics
from altlens_training.baselines import interval
from altlens_training.evaluation import KINDS, Prediction, picture_scores
from altlens_training.readers.record import DOCUMENT
from altlens_training.trust import Judged, trust

Pairs = Sequence[tuple[float, float]]

LENGTHS = ((6, "up to 6 words"), (9, "7 to 9"), (12, "10 to 12"), (10_000, "13 and more"))

CLASSES: Mapping[str, frozenset[str]] = MappingProxyType({
    name: frozenset(words.split())
    for name, words in {
        "people": "person people man men woman women child children boy boys girl girls kid kids "
        "baby crowd couple player players lady guy surfer skateboarder skier biker rider",
        "animals": "dog dogs cat cats horse horses cow cows sheep bird birds elephant elephants "
        "bear bears zebra zebras giraffe giraffes animal animals puppy kitten fish",
        "vehicles": "car cars bus train truck boat boats airplane plane motorcycle bicycle bike "
        "bikes van ship jet",
        "food": "pizza food plate sandwich cake bowl fruit vegetables salad banana broccoli meal",
        "indoors": "room kitchen bathroom toilet bed couch desk laptop television refrigerator",
        "outdoors": "street building mountain mountains beach field sky clock sign tower city",
    }.items()
})  # fmt: skip
"""Words that put a picture into a class; the first class that most references name counts."""


def class_of(prediction: Prediction) -> str:
    """The class of a picture: that of its set, else told from what people said of it."""
    if prediction.label:
        return prediction.label
    if all(said == DOCUMENT for said in prediction.references):
        return "documents"
    said = [set(metrics.tokens_of(reference)) for reference in prediction.references]
    for name, words in CLASSES.items():
        if sum(bool(words & some) for some in said) * 2 > len(said):
            return name
    return "other"


def length_of(prediction: Prediction) -> str:
    """Which of LENGTHS a caption has."""
    words = len(prediction.caption.split())
    return next(name for most, name in LENGTHS if words <= most)


def assess(predictions: Sequence[Prediction], *, raw_references: bool = False) -> dict[str, Any]:
    """Figures of captions against what people said, with 95% bootstrap intervals over pictures.

    Returns:
        For each kind of ROUGE and for "meteor" {"mean", "mean_interval", "best",
        "best_interval"}, over references and for the best of them; "meteor_synonyms", whether
        WordNet's data was there; "cider" {"mean", "interval"} or None; "gen_len", as
        `evaluation.score` counts, and "gen_len_card", as distilvit's card does; "by_length" and
        "by_class", {"pictures", "rougeL", "rougeL_interval", "best", "meteor", "cider"} by
        name; "abstention" (`metrics.risk_coverage`), None without a caption; "trust"
        (`trust.trust`).

    Raises:
        ValueError: There are no predictions, or one has no references.
    """
    if not predictions:
        raise ValueError("no predictions to score")
    scores: dict[str, Pairs] = dict(picture_scores(predictions, raw_references=raw_references))
    scores["meteor"] = metrics.meteor(predictions, raw_references=raw_references)
    cider = metrics.cider(predictions, raw_references=raw_references)
    report: dict[str, Any] = {kind: _summary(scores[kind]) for kind in (*KINDS, "meteor")}
    tables = {
        name: _table(predictions, of, scores, cider)
        for name, of in (("by_length", length_of), ("by_class", class_of))
    }
    judged = [
        Judged(one.confidence, one.plain, *pair) if one.caption else Judged(0.0, False, *pair)
        for one, pair in zip(predictions, scores["rougeL"], strict=True)
    ]
    confidences, bests = [one.confidence for one in judged], [one.best for one in judged]
    spoken = any(p.caption for p in predictions)
    return report | tables | {
        "meteor_synonyms": metrics.wordnet() is not None,
        "cider": {"mean": _mean(cider), "interval": interval(cider)} if cider else None,
        "gen_len": sum(p.tokens for p in predictions) / len(predictions),
        "gen_len_card": metrics.gen_len(predictions),
        "abstention": metrics.risk_coverage(confidences, bests) if spoken else None,
        "trust": trust(judged),
    }  # fmt: skip


def _table(
    predictions: Sequence[Prediction],
    group_of: Callable[[Prediction], str],
    scores: Mapping[str, Pairs],
    cider: Sequence[float] | None,
) -> dict[str, dict[str, Any]]:
    groups: dict[str, list[int]] = {}
    for index, prediction in enumerate(predictions):
        groups.setdefault(group_of(prediction), []).append(index)
    order = [name for _, name in LENGTHS] + [*CLASSES]
    rows = {}
    for name in sorted(groups, key=lambda one: (one not in order, order.index(one)
                                                if one in order else 0, one)):  # fmt: skip
        places = groups[name]
        means = [scores["rougeL"][index][0] for index in places]
        rows[name] = {
            "pictures": len(places),
            "rougeL": _mean(means),
            "rougeL_interval": interval(means),
            "best": _mean([scores["rougeL"][index][1] for index in places]),
            "meteor": _mean([scores["meteor"][index][0] for index in places]),
            "cider": _mean([cider[index] for index in places]) if cider else None,
        }
    return rows


def _summary(pairs: Pairs) -> dict[str, Any]:
    means, bests = zip(*pairs, strict=True)
    return {
        "mean": _mean(means), "mean_interval": interval(means),
        "best": _mean(bests), "best_interval": interval(bests),
    }  # fmt: skip


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
