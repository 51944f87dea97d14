"""Prepared graphs have a tokenizer of their own, which says the same words and no more."""

import json
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from contract.tiny_model import build

from altlens_host.errors import ModelBrokenError, ModelMissingError
from altlens_host.worker.prepare.refusal import RefusedError
from altlens_host.worker.prepare.vocabulary import write_words
from altlens_host.worker.tokenizer import Tokenizer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model with GPT-2's kind of tokenizer."""
    return build(tmp_path / "tiny")


@pytest.fixture
def target(tmp_path: Path) -> Path:
    made = tmp_path / "prepared"
    made.mkdir()
    return made


def changed(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    path = folder / "tokenizer.json"
    said = json.loads(path.read_text())
    change(said)
    path.write_text(json.dumps(said))


def test_all_pairs_of_tokens_are_the_same_words(folder: Path, target: Path) -> None:
    """Halves of letters, spaces and special tokens with them."""
    write_words(folder, target)

    whole, words = Tokenizer(folder), Tokenizer(target)
    for pair in product(range(whole.size + 1), repeat=2):
        assert words.decode(pair) == whole.decode(pair)


def test_no_rule_for_putting_words_together_is_kept(folder: Path, target: Path) -> None:
    """They are what takes the time."""
    write_words(folder, target)

    said = json.loads((target / "tokenizer.json").read_text())
    assert "merges" not in said["model"]
    assert said["pre_tokenizer"] is None
    assert said["decoder"]


def test_a_list_with_scores_is_kept_as_it_is(folder: Path, target: Path) -> None:
    """SentencePiece's kind, whose vocabulary is no table of words."""
    unigram = {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0.0], ["a", -1.0], ["b", -2.0]]}
    changed(folder, lambda said: said.update(model=unigram, added_tokens=[]))

    write_words(folder, target)

    assert Tokenizer(target).decode([1, 2]) == Tokenizer(folder).decode([1, 2]) == "ab"


def test_other_words_are_refused(
    folder: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next version of the library may read either file in another way."""
    decode = Tokenizer.decode
    calls = iter(range(10_000))
    monkeypatch.setattr(Tokenizer, "decode", lambda self, ids: f"{decode(self, ids)}{next(calls)}")

    with pytest.raises(RefusedError, match="Token 0"):
        write_words(folder, target)


def test_what_cannot_be_read_is_said(folder: Path, target: Path) -> None:
    """Not there, and damaged."""
    (folder / "tokenizer.json").write_text("{")
    with pytest.raises(ModelBrokenError):
        write_words(folder, target)
    (folder / "tokenizer.json").unlink()
    with pytest.raises(ModelMissingError):
        write_words(folder, target)
