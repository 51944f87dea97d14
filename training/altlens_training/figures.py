"""The figures of a finished model on the test split: what the model card states."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image
from tokenizers import Tokenizer
from tqdm import tqdm

from altlens_training import baselines, drawn_check
from altlens_training.captioners import OnnxModel, write_captions
from altlens_training.data import Corpus, Picture
from altlens_training.debias import debias
from altlens_training.evaluation import Prediction, score
from altlens_training.features import compute, picture_openers
from altlens_training.recipe import Recipe

_SHUFFLES = 5


def caption_all(
    model: OnnxModel, pictures: Sequence[Picture], tokenizer: Tokenizer, recipe: Recipe
) -> list[Prediction]:
    """What the exported model says of each picture."""
    said = []
    for picture in tqdm(pictures, "captions", unit="picture"):
        with Image.open(picture.path) as image:
            memory = model.memory(image)
        caption, tokens = write_captions(model.step, memory, tokenizer, recipe)[0]
        said.append(Prediction(caption, tokens, picture.captions))
    return said


def measure(
    quantized: OnnxModel,
    whole: OnnxModel,
    tokenizer: Tokenizer,
    corpus: Corpus,
    recipe: Recipe,
    *,
    cache: Path,
) -> dict[str, Any]:
    """Figures of the quantized files, of the float ones, and whether the model looks."""
    said = caption_all(quantized, corpus.test, tokenizer, recipe)
    unrounded = caption_all(whole, corpus.test, tokenizer, recipe)
    shuffled = [
        score(baselines.shuffled(said, recipe.seed + turn))["rougeL"]["mean"]
        for turn in range(_SHUFFLES)
    ]

    return {
        "pictures": len(said),
        "quantized": score(said),
        "quantized_raw_references": score(said, raw_references=True),
        "float": score(unrounded),
        "same_captions": sum(a.caption == b.caption for a, b in zip(said, unrounded, strict=True)),
        "different_captions": len({p.caption for p in said}),
        "shuffled_rougeL_mean": sum(shuffled) / len(shuffled),
        "drawn": judge_drawn(quantized, tokenizer, recipe),
        "baselines": compare(said, corpus, recipe, cache),
    }


def judge_drawn(model: OnnxModel, tokenizer: Tokenizer, recipe: Recipe) -> dict[str, float]:
    """The share of 100 drawn pictures a kind that the model alone names rightly.

    In the host, triage answers flat pictures before they come to the model.
    """
    kinds, said = [], []
    for kind, data in tqdm(drawn_check.pictures(100, recipe.seed), "drawn", unit="picture"):
        with Image.open(io.BytesIO(data)) as image:
            memory = model.memory(image)
        kinds.append(kind)
        said.append(write_captions(model.step, memory, tokenizer, recipe)[0][0])
    return drawn_check.shares(kinds, said)


def compare(
    said: Sequence[Prediction], corpus: Corpus, recipe: Recipe, folder: Path
) -> dict[str, dict[str, Any]]:
    """ROUGE-L with 95% bootstrap intervals of the model and of what it is compared with."""
    captioned = [p for p in corpus.train if p.captions]
    references = [p.captions for p in corpus.test]
    known = [tuple(map(debias, p.captions)) for p in captioned]
    seen = compute(
        "captioned", picture_openers(captioned, recipe.views, recipe.seed), recipe, folder
    )
    unseen = compute("test", picture_openers(corpus.test, 1, recipe.seed), recipe, folder)
    flat = [caption for captions in known for caption in captions]
    rows = {
        "random caption": baselines.rouge_l(
            baselines.random_captions(references, flat, recipe.seed)
        ),
        "nearest neighbour": baselines.nearest_neighbours(
            references,
            unseen.places.astype("float32").mean(1),
            seen.places[:: recipe.views].astype("float32").mean(1),
            known,
        ),
        "this model": baselines.rouge_l(said),
        "one person against the others": baselines.person_against_others(references, debias),
    }
    return {name: _summary(pairs) for name, pairs in rows.items()}


def _summary(pairs: baselines.Pairs) -> dict[str, Any]:
    means, bests = zip(*pairs, strict=True)
    return {
        "mean": sum(means) / len(means), "mean_interval": baselines.interval(means),
        "best": sum(bests) / len(bests), "best_interval": baselines.interval(bests),
    }  # fmt: skip
