"""What training may see, and what it must not."""

import hashlib
import json
from pathlib import Path

import pytest

from altlens_training import cli
from altlens_training.data import committed_split, load_corpus, load_pictures, plain
from altlens_training.labels import Classes, plain_nouns, with_article

DATA = Path(__file__).resolve().parents[4] / "shared/data/captions"


def test_committed_split_is_disjoint_and_large_enough() -> None:
    """No choice made on the validation part can have seen the test part."""
    split = committed_split()

    assert not split["test"] & split["validation"]
    assert len(split["test"]) >= 200
    assert len(split["validation"]) >= 50


@pytest.mark.skipif(not DATA.exists(), reason="../shared/data/captions is absent")
def test_nobody_has_chosen_what_is_held_back() -> None:
    """Neither easy photographs nor hard ones: the names' digests alone say which."""

    def ranked(name: str) -> list[str]:
        names = [one.id for one in load_pictures(DATA / f"{name}.jsonl")]
        return sorted(names, key=lambda one: hashlib.sha256(f"0:{one}".encode()).hexdigest())

    flickr, imagenet = ranked("flickr8k"), ranked("imagenet")
    assert committed_split() == {
        "test": set(flickr[:200]),
        "validation": set(flickr[200:280]),
        "labels": set(imagenet[:100]),
    }


def test_held_back_sentences_leave_the_text(tmp_path: Path) -> None:
    """A test picture's caption is not learned from the text file either."""
    held = sorted(committed_split()["test"])[0]
    lines = [
        {"image": held, "captions": ["A man rides ."]},
        {"image": "other.jpg", "captions": ["A dog runs ."]},
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, lines)))
    (tmp_path / "b-text.txt").write_text("a person rides\nA dog runs .\n\n")

    corpus = load_corpus(tmp_path)

    assert [p.id for p in corpus.test] == [held]
    assert [p.id for p in corpus.train] == ["other.jpg"]
    assert corpus.text == ("a dog runs",)


@pytest.mark.skipif(not DATA.exists(), reason="../shared/data/captions is absent")
def test_real_data_falls_into_disjoint_parts() -> None:
    """The committed split names real pictures, and no picture is in two parts."""
    corpus = load_corpus(DATA)

    judges = (corpus.labels, corpus.validation, corpus.test)
    parts = [{p.path for p in part} for part in (corpus.train, *judges)]

    assert [len(part) for part in parts[1:]] == [100, 80, 200]
    assert len(set.union(*parts)) == sum(map(len, parts))
    known = {plain(c) for p in (*corpus.test, *corpus.validation) for c in p.captions}
    assert not known & set(corpus.text)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("a animal on a orange boat", "an animal on an orange boat"),
        ("an man and an dog", "a person and a dog"),
        ("an unicycle and a umbrella", "a unicycle and an umbrella"),
        ("a european hour at a one man show", "a european hour at a one person show"),
        ("vitamin a in a hour", "vitamin a in an hour"),
    ],
)
def test_plain_repairs_articles(said: str, meant: str) -> None:
    """A listener does not hear "a animal" because somebody once typed it."""
    assert plain(said) == meant


def test_plain() -> None:
    """What the model learns to write: gender-neutral, lower case, no punctuation."""
    assert plain("A Man's dog , runs!") == "a person's dog runs"


@pytest.mark.parametrize(
    ("noun", "expected"),
    [("dog", "a dog"), ("otter", "an otter"), ("sunglasses", "sunglasses"), ("bus", "a bus")],
)
def test_with_article(noun: str, expected: str) -> None:
    """Class names read as a person would say them."""
    assert with_article(noun) == expected


def test_class_names_become_words_that_captions_use() -> None:
    """Common names stay, breeds become dogs, and what nobody says is an object."""
    labels = [f"thing {n}" for n in range(1000)]
    labels[207], labels[559], labels[620] = "golden retriever", "folding chair", "laptop"
    labels[924], labels[507] = "guacamole", "combination lock"

    nouns = plain_nouns(labels, ["a chair on the grass"] * 20 + ["a lock"])

    assert [nouns[i] for i in (207, 559, 620, 924, 507)] == [
        "dog", "chair", "laptop", "food", "object",
    ]  # fmt: skip


def test_classes_a_caption_speaks_of() -> None:
    """Text about a class looks as if the class had been seen; other text as if nothing had."""
    np = pytest.importorskip("numpy")
    nouns = ["object"] * 1000
    nouns[620] = nouns[681] = "laptop"
    classes, rng = Classes(nouns), np.random.default_rng(0)

    laptops, nothing = (classes.seen(c, rng) for c in ("two laptops on a desk", "an object"))
    caption, named = classes.example(rng)

    assert laptops[[620, 681]].sum() > 0.1
    assert laptops.sum() == pytest.approx(1)
    assert not nothing.any()
    assert named.sum() == pytest.approx(1)
    assert caption.endswith(("an object", "a laptop"))


def test_data_without_labels_is_refused() -> None:
    """Names are learned from labelled pictures; without any the run would end in nonsense."""
    with pytest.raises(ValueError, match="no labelled picture"):
        Classes([])


def test_pictures_keep_captions_and_labels(tmp_path: Path) -> None:
    """Both kinds of line are read."""
    file = tmp_path / "set.jsonl"
    file.write_text('{"image": "a.jpg", "captions": ["x"]}\n{"image": "b.jpg", "label": "tabby"}')

    first, second = load_pictures(file)

    assert (first.captions, first.label) == (("x",), None)
    assert (second.captions, second.label) == ((), "tabby")


def test_command_without_data_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong folder, or a missing extra, ends with a sentence and code 2."""
    code = cli.main(["lite", "--data", str(tmp_path), "--out", str(tmp_path / "out")])

    assert code == 2
    assert "altlens-train: " in capsys.readouterr().err
