"""The figures of a finished model on the test split: what the model card states."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from tokenizers import Tokenizer
from tqdm import tqdm

from altlens_training import baselines, drawn_check
from altlens_training.captioners import OnnxModel, write_captions
from altlens_training.data import Corpus, Picture
from altlens_training.evaluation import Prediction, score
from altlens_training.recipe import Recipe


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
) -> dict[str, Any]:
    """Figures of the quantized files, of the float ones, and whether the model looks."""
    said = caption_all(quantized, corpus.test, tokenizer, recipe)
    unrounded = caption_all(whole, corpus.test, tokenizer, recipe)
    captioned = [p for p in corpus.train if p.captions]
    standing = baselines.compare(
        said, features(quantized, corpus.test), captioned, features(quantized, captioned)
    )
    rouge_l = standing["rougeL"]
    return {
        "pictures": len(said),
        "quantized": score(said),
        "quantized_raw_references": score(said, raw_references=True),
        "float": score(unrounded),
        "same_captions": sum(a.caption == b.caption for a, b in zip(said, unrounded, strict=True)),
        "different_captions": standing["different_captions"],
        "shuffled_rougeL_mean": rouge_l.pop("this model, pictures shuffled")["mean"],
        "drawn": judge_drawn(quantized, tokenizer, recipe),
        "baselines": rouge_l,
    }


def features(model: OnnxModel, pictures: Sequence[Picture]) -> NDArray[np.float32]:
    """What the exported encoder makes of each picture, [pictures, width]."""
    found = tqdm(pictures, "features", unit="picture")
    return np.stack([model.encoder.features(picture.path) for picture in found])


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
