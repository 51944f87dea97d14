"""METEOR, CIDEr-D, the length of captions, and how well confidence tells right from wrong."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from altlens_training.cider import Cider, Words
from altlens_training.evaluation import Prediction, heard

RIGHT = 40.0
"""The ROUGE-L against the best reference from which a caption counts as right."""


def tokens_of(text: str) -> Words:
    """The words of a text in lower case, without punctuation; endings stay."""
    return tuple(re.findall(r"[a-z0-9]+(?:['-][a-z0-9]+)*", text.lower()))


class _NoSynonyms:
    """Stands for WordNet where its data is not installed."""

    @staticmethod
    def synsets(_: str) -> list[Any]:
        return []


def wordnet() -> Any | None:
    """NLTK's WordNet if its data is on this machine (`corpora/wordnet`); None if not."""
    import nltk

    try:
        nltk.data.find("corpora/wordnet.zip")
    except LookupError:
        try:
            nltk.data.find("corpora/wordnet")
        except LookupError:
            return None
    from nltk.corpus import wordnet as found

    return found


def meteor(
    predictions: Sequence[Prediction], *, raw_references: bool = False
) -> list[tuple[float, float]]:
    """METEOR of each picture, (mean over references, best reference), 0 to 100.

    A. Lavie, A. Agarwal, METEOR: An Automatic Metric for MT Evaluation with High Levels of
    Correlation with Human Judgments, 2007, by NLTK: words, stems, and synonyms if `wordnet` is
    there. Without synonyms a figure is lower than one with them, and not to be compared with it.
    """
    from nltk.translate.meteor_score import meteor_score

    words = wordnet() or _NoSynonyms()
    pairs = []
    for prediction in predictions:
        said = tokens_of(prediction.caption)
        values = [
            100 * meteor_score([tokens_of(reference)], said, wordnet=words) if said else 0.0
            for reference in heard(prediction.references, raw=raw_references)
        ]
        pairs.append((sum(values) / len(values), max(values)))
    return pairs


def cider(predictions: Sequence[Prediction], *, raw_references: bool = False) -> list[float] | None:
    """CIDEr-D of each picture, where 100 is what papers write as 100; None for fewer than two.

    R. Vedantam, C. Zitnick, D. Parikh, CIDEr: Consensus-based Image Description Evaluation, 2015.
    How telling words are is reckoned from the references of all these pictures: one alone tells
    nothing, and figures of different sets are not to be compared.
    """
    if len(predictions) < 2:
        return None
    references = [
        [tokens_of(one) for one in heard(p.references, raw=raw_references)] for p in predictions
    ]
    judge = Cider(references)
    return [
        100 * judge.score(tokens_of(p.caption), theirs)
        for p, theirs in zip(predictions, references, strict=True)
    ]


def gen_len(predictions: Sequence[Prediction]) -> float:
    """The mean length in tokens as distilvit's card has it: without those that begin and end.

    The card counts what is not the padding token, which for GPT-2 is also the first and last.
    """
    return sum(max(0, p.tokens - 1) for p in predictions) / len(predictions)


def auroc(confidences: Sequence[float], right: Sequence[bool]) -> float | None:
    """How likely a right caption is surer than a wrong one, ties counting half; None without both.

    J. Hanley, B. McNeil, The Meaning and Use of the Area under a Receiver Operating
    Characteristic (ROC) Curve, 1982.
    """
    positives = sum(right)
    if positives in (0, len(right)):
        return None
    wins, below = 0.0, 0
    ordered = sorted(zip(confidences, right, strict=True))
    for _, group in groupby(ordered, key=lambda pair: pair[0]):
        some = [is_right for _, is_right in group]
        good = sum(some)
        wins += good * (below + (len(some) - good) / 2)
        below += len(some) - good
    return wins / (positives * (len(right) - positives))


def calibration_error(confidences: Sequence[float], right: Sequence[bool], bins: int = 10) -> float:
    """The expected calibration error: how far confidence is from the share that is right, 0 to 1.

    C. Guo et al., On Calibration of Modern Neural Networks, 2017: bins of equal width, the
    difference in each weighted by how many captions are in it.

    Raises:
        ValueError: There are none.
    """
    if not confidences:
        raise ValueError("no confidences")
    held: dict[int, list[float]] = {}
    for confidence, is_right in zip(confidences, right, strict=True):
        held.setdefault(min(bins - 1, int(confidence * bins)), []).append(is_right - confidence)
    return sum(abs(sum(some)) for some in held.values()) / len(confidences)


def risk_coverage(
    confidences: Sequence[float], rouge_l: Sequence[float], steps: int = 10
) -> dict[str, Any]:
    """What is left unsaid and what is wrong of the rest, if only surer captions are said.

    R. El-Yaniv, Y. Wiener, On the Foundations of Noise-free Selective Classification, 2010.

    Args:
        confidences: Of each caption.
        rouge_l: Of each against its best reference; RIGHT and more is right.
        steps: How many coverages.

    Returns:
        "auroc" (None if all are right or wrong), "aurc", the mean risk over all coverages, and
        "points": {"coverage", "threshold", "risk", "rougeL"}, the surest first.
    """
    order = sorted(range(len(confidences)), key=lambda index: -confidences[index])
    wrong, risks = 0, []
    for count, index in enumerate(order, 1):
        wrong += rouge_l[index] < RIGHT
        risks.append(wrong / count)
    points = []
    for step in range(1, steps + 1):
        count = math.ceil(len(order) * step / steps)
        said = order[:count]
        points.append({
            "coverage": count / len(order),
            "threshold": confidences[said[-1]],
            "risk": risks[count - 1],
            "rougeL": sum(rouge_l[index] for index in said) / count,
        })  # fmt: skip
    return {
        "auroc": auroc(confidences, [value >= RIGHT for value in rouge_l]),
        "aurc": sum(risks) / len(risks),
        "points": points,
    }
