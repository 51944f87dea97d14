"""Words are joined by the model's own tokenizer."""

import json
from pathlib import Path

import pytest
from contract.tiny_model import END, build

from altlens_host.errors import ModelBrokenError, ModelMissingError
from altlens_host.worker.tokenizer import Tokenizer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return build(tmp_path / "tiny")


def pieces(folder: Path) -> dict[str, int]:
    vocabulary: dict[str, int] = json.loads((folder / "tokenizer.json").read_text())["model"][
        "vocab"
    ]
    return vocabulary


def test_pieces_of_one_word_are_joined_without_spaces(folder: Path) -> None:
    """A screen reader that hears "sn ow" says nonsense."""
    piece = pieces(folder)

    said = Tokenizer(folder).decode([piece["s"], piece["n"], piece["ow"], piece["Ġ"], piece["d"]])

    assert said == "snow d"


def test_special_and_unknown_tokens_say_nothing(folder: Path) -> None:
    """Nobody should hear "endoftext"."""
    piece = pieces(folder)

    said = Tokenizer(folder).decode([piece[END], piece["a"], 9999, piece[END]])

    assert said == "a"


def test_a_tokenizer_that_is_not_there_is_missing(tmp_path: Path) -> None:
    """The user is told which file is not there."""
    with pytest.raises(ModelMissingError, match=r"tokenizer\.json"):
        Tokenizer(tmp_path)


def test_a_damaged_tokenizer_is_broken(tmp_path: Path) -> None:
    """A half-written file is told apart from a missing one."""
    (tmp_path / "tokenizer.json").write_text('{"model":')

    with pytest.raises(ModelBrokenError, match="damaged"):
        Tokenizer(tmp_path)


def test_a_tokenizer_that_joins_by_spaces_is_refused(folder: Path) -> None:
    """Without a decoder the library puts a space between all pieces."""
    path = folder / "tokenizer.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "decoder": None}))

    with pytest.raises(ModelBrokenError, match="joined"):
        Tokenizer(folder)
