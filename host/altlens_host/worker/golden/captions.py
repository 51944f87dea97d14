"""The golden captions as a file, and how each of them is made."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from altlens_host.errors import ModelBrokenError
from altlens_host.models.catalogue import Model
from altlens_host.worker.engines.generation import Caption, generate
from altlens_host.worker.engines.generation_config import GenerationConfig
from altlens_host.worker.engines.interface import Generation
from altlens_host.worker.engines.onnx import Graphs
from altlens_host.worker.golden.pictures import draw
from altlens_host.worker.model_files import read_config
from altlens_host.worker.tokenizer import Tokenizer

FORMAT = 1


@dataclasses.dataclass(frozen=True, slots=True)
class Golden:
    """One golden caption.

    Attributes:
        picture: The number of the drawn picture.
        without: Tokens that are forbidden. A small model says the same of most drawn pictures;
            what it says without these words is another way through all of its weights.
        said: What the reference engine made of it.
    """

    picture: int
    without: tuple[int, ...]
    said: Generation


@dataclasses.dataclass(frozen=True, slots=True)
class Recording:
    """What was recorded of one revision of a model.

    Attributes:
        model: Its id.
        revision: Which revision of it.
        engine: What made the captions.
        withstood: The words stay the same if each logit is off by up to so much.
        tolerance: By so much the log-probabilities may differ on another machine.
        pictures: The SHA-256 of the pictures' pixels.
        vocabulary: The SHA-256 of the words of all tokens.
        captions: The captions.
    """

    model: str
    revision: str
    engine: str
    withstood: float
    tolerance: float
    pictures: str
    vocabulary: str
    captions: tuple[Golden, ...]


def search(
    graphs: Graphs, config: GenerationConfig, picture: int, without: Sequence[int]
) -> Caption:
    """Caption a drawn picture, with some tokens forbidden."""
    run = graphs.start(Image.fromarray(draw(picture)))
    return generate(run, config.without(without))


def vocabulary_of(words: Tokenizer) -> str:
    """Return the SHA-256 of what each token of a tokenizer says, in hexadecimal."""
    said = [words.decode([token]) for token in range(words.size)]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def written(recording: Recording) -> bytes:
    """Return a recording as the bytes of its file, a caption a line."""
    head = {"format": FORMAT, **dataclasses.asdict(recording)}
    lines = [json.dumps(_row(one)) for one in recording.captions]
    del head["captions"]
    told = json.dumps(head, indent=1).removesuffix("\n}")
    body = ",\n  ".join(lines)
    return f'{told},\n "captions": [\n  {body}\n ]\n}}\n'.encode()


def _row(one: Golden) -> dict[str, Any]:
    return {
        "picture": one.picture,
        "without": one.without,
        "text": one.said.text,
        "tokens": one.said.tokens,
        "logprobs": [round(value, 5) for value in one.said.logprobs],
    }


def read(path: Path, model: Model) -> Recording:
    """Read golden captions.

    Args:
        path: Their file.
        model: What they should be of.

    Raises:
        ModelBrokenError: They cannot be read, or are of another model.
    """
    said = read_config(path)
    try:
        if said["format"] != FORMAT:
            raise ModelBrokenError(f"{path.name} was recorded by another version of altlens.")
        captions = tuple(
            Golden(
                int(one["picture"]),
                tuple(map(int, one["without"])),
                Generation(
                    tuple(map(int, one["tokens"])),
                    tuple(map(float, one["logprobs"])),
                    str(one["text"]),
                ),
            )
            for one in said["captions"]
        )
        made = Recording(
            model=str(said["model"]),
            revision=str(said["revision"]),
            engine=str(said["engine"]),
            withstood=float(said["withstood"]),
            tolerance=float(said["tolerance"]),
            pictures=str(said["pictures"]),
            vocabulary=str(said["vocabulary"]),
            captions=captions,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelBrokenError(f"{path.name} is damaged: {type(error).__name__}.") from None
    if (made.model, made.revision) != (model.id, model.revision) or not captions:
        raise ModelBrokenError(f"{path.name} was recorded of {made.model} {made.revision}.")
    return made
