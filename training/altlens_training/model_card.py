"""A model's card, README.md in its folder, written from what `altlens eval --json` found.

The form is the hub's (https://huggingface.co/docs/hub/model-cards): YAML that its pages read,
and words for people. Licence and the sets trained on are the maker's to say; figures are not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from altlens_training.files import write
from altlens_training.report import NAMES, markdown

_NEEDED = {*NAMES, "gen_len_card", "by_length", "by_class", "abstention", "trust", "calibrated",
           "model", "data"}  # fmt: skip

_WORDS = """
# {name}

Captions a picture in one short English sentence: a vision transformer reads the picture, a
GPT-2 writes. It is of the family of [mozilla/distilvit](https://huggingface.co/mozilla/distilvit)
and was trained with altlens.

## Figures

`altlens eval` on {data}{split}: captions as they are heard, after altlens has mended them;
references {references}.

{figures}
The card of distilvit has ROUGE-1 43.0, ROUGE-2 17.0 and ROUGE-L 38.9, for one reference each of
Mozilla/flickr30k-transformed-captions. Only figures of the same pictures and references can be
compared.

## What it cannot do

Models of this kind miscount, do not read text, do not know who or what place is shown, and say
something common of what is uncommon. Try it on pictures of your own before somebody depends on it.
{recipe}"""

_RECIPE = """
## How it was made

    altlens-train distilvit

| number | value |
|---|---|
{rows}

Pairs of picture and caption, by stage: {stages}.
"""


def write_card(
    folder: Path,
    figures: Mapping[str, Any],
    *,
    name: str | None = None,
    licence: str = "unknown",
    sets: Sequence[str] = (),
    run: Path | None = None,
) -> Path:
    """Write README.md into a model's folder, in one step.

    Args:
        folder: The model's, with config.json.
        figures: What `altlens eval --json` printed.
        name: The model's name; None for the folder's.
        licence: As the hub writes it, such as apache-2.0.
        sets: What it was trained on, by their names on the hub.
        run: The folder of the run that made it; None tells nothing of that.

    Returns:
        The file.

    Raises:
        ValueError: The folder has no model, or the figures are not those of `altlens eval`.
    """
    from huggingface_hub import EvalResult, ModelCardData

    if not (folder / "config.json").is_file():
        raise ValueError(f"{folder} has no config.json, so no model")
    lacking = sorted(_NEEDED - set(figures))
    if lacking:
        raise ValueError(f"figures of `altlens eval --json` have {', '.join(lacking)}; these not")
    called = name or folder.resolve().name
    source = _public(str(figures["data"]))
    values = {label: figures[key]["mean"] for key, label in NAMES.items()}
    if figures["cider"]:
        values["CIDEr-D"] = figures["cider"]["mean"]
    values["gen_len"] = figures["gen_len_card"]
    results = [
        EvalResult(
            task_type="image-to-text", task_name="Image To Text",
            dataset_type=source, dataset_name=source,
            dataset_split=figures.get("split"),
            metric_type=label.lower().split("-")[0], metric_name=label,
            metric_value=round(value, 4),
        )
        for label, value in values.items()
    ]  # fmt: skip
    data = ModelCardData(
        language="en", license=licence, pipeline_tag="image-to-text",
        tags=["image-to-text", "image-captioning", "alt-text"], metrics=["rouge", "meteor"],
        datasets=list(sets) or None, model_name=called, eval_results=results,
    )  # fmt: skip
    split = f", split {figures['split']}" if figures.get("split") else ""
    words = _WORDS.format(
        name=called, data=source, split=split, figures=markdown(figures),
        references="as written" if figures["raw_references"] else "debiased likewise",
        recipe=_recipe(run) if run else "",
    )  # fmt: skip
    target = folder / "README.md"
    write(target, f"---\n{data.to_yaml()}\n---\n{words}".encode())
    return target


def _public(source: str) -> str:
    """A set's name without the folders of somebody's machine."""
    return Path(source).name if Path(source).exists() or source.count("/") != 1 else source


def _recipe(run: Path) -> str:
    """How a run made its model.

    Raises:
        ValueError: The folder is not that of a run.
    """
    try:
        told = json.loads((run / "run.json").read_text(encoding="utf-8"))
        rows = "\n".join(f"| {key} | {value} |" for key, value in told["recipe"].items())
        stages = ", ".join(f"{name} {count}" for name, count in told["counts"].items())
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise ValueError(f"{run} is not the folder of a run: {error}") from None
    return _RECIPE.format(rows=rows, stages=stages)


def read_figures(path: Path) -> dict[str, Any]:
    """What `altlens eval --json` printed.

    Raises:
        ValueError: It is something else.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path} is not what `altlens eval --json` prints: {error}") from None
    if not isinstance(found, dict):
        raise ValueError(f"{path} is not what `altlens eval --json` prints")
    return found
