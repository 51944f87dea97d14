"""Sets of pictures with captions, in small files of the forms that the real ones have."""

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from support.encoding import encoded
from support.hub import FakeHub, serve

from altlens_training import readers
from altlens_training.data import committed_split
from altlens_training.readers.record import split_by_name

RED, BLUE = (200, 10, 10), (10, 10, 200)


def picture(colour: tuple[int, int, int] = RED) -> bytes:
    """A PNG of one colour."""
    return encoded(Image.new("RGB", (6, 4), colour))


def colour_of(record: readers.Record) -> Any:
    """What the record's picture looks like."""
    return Image.open(io.BytesIO(record.load())).getpixel((0, 0))


def draw(folder: Path, *names: str) -> None:
    """Write pictures into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_bytes(picture())


def coco(folder: Path, part: str = "val2017") -> Path:
    """COCO's annotations of captions, with what else stands in them."""
    draw(folder / part, "000000000139.jpg", "000000000285.jpg")
    annotations = folder / "annotations"
    annotations.mkdir(exist_ok=True)
    path = annotations / f"captions_{part}.json"
    images = [
        {"id": 139, "file_name": "000000000139.jpg", "height": 426, "width": 640, "license": 2},
        {"id": 285, "file_name": "000000000285.jpg", "height": 640, "width": 586, "license": 4},
        {"id": 632, "file_name": "not-there.jpg", "height": 4, "width": 4, "license": 4},
    ]
    said = [
        {"image_id": 285, "id": 1, "caption": "A big bear\nsits in the grass. "},
        {"image_id": 139, "id": 2, "caption": "A room with a table."},
        {"image_id": 285, "id": 3, "caption": "A brown bear."},
        {"image_id": 632, "id": 4, "caption": "A bedroom."},
    ]
    path.write_text(json.dumps({"info": {}, "licenses": [], "images": images, "annotations": said}))
    return path


@pytest.mark.parametrize("whole", [False, True])
def test_coco_is_read_from_its_json_or_its_folder(tmp_path: Path, whole: bool) -> None:
    """Captions join by the picture's number; a picture that is not there is left out."""
    path = coco(tmp_path)

    found = {one.name: one for one in readers.read(str(tmp_path if whole else path))}

    assert set(found) == {"000000000139.jpg", "000000000285.jpg"}
    bear = found["000000000285.jpg"]
    assert bear.references == ("A big bear sits in the grass.", "A brown bear.")
    assert bear.split == "validation"
    assert colour_of(bear) == RED


def test_pictures_may_lie_elsewhere(tmp_path: Path) -> None:
    """With --pictures; COCO's training part is trained on."""
    path = coco(tmp_path, "train2017")
    (tmp_path / "train2017").rename(tmp_path / "elsewhere")

    with pytest.raises(readers.SetError, match=r"none of its 3 pictures is in .*train2017"):
        readers.read(str(path))
    found = readers.read(str(path), tmp_path / "elsewhere")

    assert {one.split for one in found} == {"train"}


FLICKR = {
    "Flickr8k.token.txt": "1.jpg#0\tA dog runs .\n1.jpg#1\tDogs .\n2.jpg.1#0\tGone .\n"
    "3.jpg#0\tA cat .\n",
    "results_20130124.token": "1.jpg#0\tA dog runs .\n1.jpg#1\tDogs .\n3.jpg#0\tA cat .\n",
    "captions.txt": 'image,caption\n1.jpg,A dog runs .\n1.jpg,"Dogs ."\n3.jpg,A cat .\n',
    "results.csv": "image_name| comment_number| comment\n1.jpg| 0| A dog runs .\n1.jpg| 1| Dogs .\n"
    "3.jpg| 0| A cat .\n",
}


@pytest.mark.parametrize("name", FLICKR)
@pytest.mark.parametrize("where", ["flickr30k-images", "Flicker8k_Dataset", "Images", "."])
def test_flickr_in_its_forms(tmp_path: Path, name: str, where: str) -> None:
    """Token files and the tables made of them say the same."""
    draw(tmp_path / where, "1.jpg", "3.jpg")
    (tmp_path / name).write_text(FLICKR[name])

    found = readers.read(str(tmp_path))

    assert {one.name: one.references for one in found} == {
        "1.jpg": ("A dog runs .", "Dogs ."),
        "3.jpg": ("A cat .",),
    }


def test_the_hubs_flickr30k_has_a_split_of_its_own(tmp_path: Path) -> None:
    """The table that nlphuji/flickr30k's files hold: captions as JSON, Karpathy's split."""
    draw(tmp_path / "flickr30k-images", "1.jpg", "2.jpg", "3.jpg")
    with (tmp_path / "flickr_annotations_30k.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["raw", "sentids", "split", "filename", "img_id"])
        for number, split in enumerate(("train", "val", "test"), 1):
            said = [f'A "{split}" dog, running.', "A dog."]
            rows.writerow([json.dumps(said), "[0, 1]", split, f"{number}.jpg", number])

    found = readers.read(str(tmp_path))

    assert [one.split for one in found] == ["train", "validation", "test"]
    assert found[0].references == ('A "train" dog, running.', "A dog.")


def test_a_text_beside_each_picture(tmp_path: Path) -> None:
    """The form of somebody's own pictures; folders may be the splits."""
    draw(tmp_path / "train", "a.png", "untold.png")
    draw(tmp_path / "val", "b.png")
    (tmp_path / "train/a.txt").write_text("A red field.\n\nRed.\n")
    (tmp_path / "val/b.txt").write_text("A red wall.")

    found = readers.read(str(tmp_path))

    assert [(one.name, one.references, one.split) for one in found] == [
        ("train/a.png", ("A red field.", "Red."), "train"),
        ("val/b.png", ("A red wall.",), "validation"),
    ]


def test_json_lines_keep_to_the_committed_split(tmp_path: Path) -> None:
    """What lite is judged by, no other model may be trained on either."""
    held = min(committed_split()["test"])
    draw(tmp_path, held, "other.jpg")
    lines = [{"image": name, "captions": ["A dog."]} for name in (held, "other.jpg")]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, lines)))

    found = readers.read(str(tmp_path))

    assert {one.name: one.split for one in found} == {held: "test", "other.jpg": "train"}


def test_json_lines_are_relative_to_the_file_and_labels_alone_are_skipped(tmp_path: Path) -> None:
    """A set may be moved as a whole; pictures without captions cannot be judged."""
    draw(tmp_path / "p", "a.jpg")
    lines = [{"image": "p/a.jpg", "captions": ["x", "y"]}, {"image": "b.jpg", "label": "tabby"}]
    (tmp_path / "set.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n\n")

    (found,) = readers.read(str(tmp_path / "set.jsonl"))

    assert (found.name, found.references, colour_of(found)) == ("a.jpg", ("x", "y"), RED)


@pytest.mark.parametrize("line", ["{", '{"captions": ["x"]}', "[1]", '{"image": 3}'])
def test_a_malformed_line_names_its_place(tmp_path: Path, line: str) -> None:
    """The error says which line to mend."""
    file = tmp_path / "set.jsonl"
    file.write_text(f'{{"image": "a.jpg"}}\n{line}\n')

    with pytest.raises(readers.SetError, match=r"set\.jsonl:2: "):
        readers.read(str(file))


BROKEN: dict[str, tuple[str, str]] = {
    "coco that is a list": ("captions_val2017.json", "[1]"),
    "coco cut off": ("captions_val2017.json", '{"images": ['),
    "coco of a picture that it does not name": (
        "captions_val2017.json",
        '{"images": [], "annotations": [{"image_id": 3, "caption": "a"}]}',
    ),
    "coco without captions": ("captions_val2017.json", '{"images": [], "annotations": []}'),
    "a token file of prose": ("x.token", "There was a dog.\n"),
    "a token file that names no caption": ("x.token", "1.jpg#0\t \n"),
    "flickr30k with captions that are no JSON": (
        "flickr_annotations_30k.csv",
        "raw,sentids,split,filename,img_id\nhello,[0],train,1.jpg,1\n",
    ),
    "a split that is none": (
        "flickr_annotations_30k.csv",
        'raw,sentids,split,filename,img_id\n"[""a""]",[0],kitchen,1.jpg,1\n',
    ),
    "not text": ("x.token", "1.jpg#0\t\udcff"),
    "JSON lines without an image": ("x.jsonl", '{"captions": ["a"]}'),
    "captions that are numbers": ("x.jsonl", '{"image": "1.jpg", "captions": [3]}'),
    "another ending": ("x.xml", "<a/>"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_is_one_error_that_names_it(tmp_path: Path, case: str) -> None:
    """Whatever is wrong with it."""
    name, text = BROKEN[case]
    draw(tmp_path, "1.jpg")
    (tmp_path / name).write_bytes(text.encode("utf-8", "surrogateescape"))

    with pytest.raises(readers.SetError) as told:
        readers.read(str(tmp_path / name))

    assert name in str(told.value) or "split" in str(told.value) or "captions" in str(told.value)


@pytest.mark.parametrize("source", ["nowhere", "/no/where.json", "a/b/c", ""])
def test_what_is_nowhere(source: str) -> None:
    """Neither here nor a name of the hub."""
    with pytest.raises(readers.SetError):
        readers.read(source, offline=True)


def test_an_empty_folder(tmp_path: Path) -> None:
    """Says what was looked for."""
    with pytest.raises(readers.SetError, match="no picture with a text beside it"):
        readers.read(str(tmp_path))


@given(st.lists(st.text(min_size=1), unique=True, max_size=40))
def test_the_split_by_names_stays(names: list[str]) -> None:
    """The same name is always in the same part, whatever stands beside it."""
    assert [split_by_name(n) for n in names] == [split_by_name(n) for n in reversed(names)][::-1]


def test_the_split_by_names_has_eight_of_ten_for_training() -> None:
    """And one each for choosing and judging."""
    parts = [split_by_name(f"{number}.jpg") for number in range(5000)]

    assert 0.78 < parts.count("train") / 5000 < 0.82
    assert 0.08 < parts.count("test") / 5000 < 0.12


def test_what_is_judged_is_the_test_part_if_there_is_one(tmp_path: Path) -> None:
    """Else the validation part, else all."""
    some = [
        readers.Record(name, ("a",), split, lambda: b"")
        for name, split in (("1", "train"), ("2", "validation"), ("3", "test"))
    ]

    assert [one.name for one in readers.select(some)] == ["3"]
    assert [one.name for one in readers.select(some[:2])] == ["2"]
    assert [one.name for one in readers.select(some[:1])] == ["1"]
    assert [one.name for one in readers.select(some, "train")] == ["1"]
    with pytest.raises(readers.SetError, match=r"'test'.*train \(1\)"):
        readers.select(some[:1], "test")


# What `datasets` reads.

Rows = list[dict[str, Any]]


def rows(**columns: list[Any]) -> Rows:
    """Rows of columns, each with a picture as the hub's parquet files hold it."""
    names = [f"{number}.jpg" for number in range(1, 1 + len(next(iter(columns.values()))))]
    pictures = [{"bytes": picture(BLUE), "path": name} for name in names]
    whole = {"image": pictures, **columns}
    return [dict(zip(whole, row, strict=True)) for row in zip(*whole.values(), strict=True)]


SETS: dict[str, tuple[Rows, list[tuple[str, ...]], list[str] | None]] = {
    "nlphuji/flickr30k": (
        rows(
            caption=[["A dog.", "Dogs."], ["A cat."]],
            sentids=[["0", "1"], ["2"]],
            split=["train", "val"],
            img_id=["0", "1"],
            filename=["1.jpg", "2.jpg"],
        ),
        [("A dog.", "Dogs."), ("A cat.",)],
        ["train", "validation"],
    ),
    "Mozilla/flickr30k-transformed-captions": (
        rows(
            alt_text=[["A person running."], ["A child."]],
            sentids=[["0"], ["2"]],
            split=["test", "train"],
            filename=["1.jpg", "2.jpg"],
            original_alt_text=[["A man running."], ["A boy."]],
        ),
        [("A person running.",), ("A child.",)],
        ["test", "train"],
    ),
    "Mozilla/docornot": (rows(is_document=[1, 0, 1]), [("Text document.",)] * 2, None),
    "Mozilla/alt-text-validation": (
        rows(alt_text=["x", "y"], gpt_alt_text=["A tree.", " "], need_training=[False, True]),
        [("A tree.",)],
        None,
    ),
    "Mozilla/alt-text-validation, as it was": (
        rows(
            alt_text=["x", "y"], inclusive_alt_text=["A tree.", "B."], need_training=[True, False]
        ),
        [("A tree.",)],
        None,
    ),
    "COCO 2017": (
        rows(captions=[["A bear.", "Bears."]], image_id=[285]),
        [("A bear.", "Bears.")],
        None,
    ),
}


def as_parquet(table: Any, folder: Path) -> str:
    """The hub's own layout."""
    (folder / "data").mkdir(parents=True)
    table.to_parquet(folder / "data/test-00000-of-00001.parquet")
    return str(folder)


def as_saved(table: Any, folder: Path) -> str:
    """What `save_to_disk` writes of a set with splits: arrow files."""
    import datasets

    datasets.DatasetDict({"test": table}).save_to_disk(str(folder))
    return str(folder)


def as_file(table: Any, folder: Path) -> str:
    """One file of it."""
    folder.mkdir(parents=True)
    table.to_parquet(folder / "test.parquet")
    return str(folder / "test.parquet")


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What `datasets` keeps goes with the test."""
    datasets = pytest.importorskip("datasets", reason="needs the extra [data]")
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")


@pytest.mark.usefixtures("own_cache")
@pytest.mark.parametrize("write", [as_parquet, as_saved, as_file])
@pytest.mark.parametrize("name", SETS)
def test_sets_of_the_hub_from_a_local_copy(
    tmp_path: Path, name: str, write: Callable[[Any, Path], str]
) -> None:
    """The captions that each is trained with, the pictures' own bytes, the set's own split."""
    import datasets

    whole, captions, splits = SETS[name]
    table = datasets.Dataset.from_list(whole).cast_column("image", datasets.Image())

    found = readers.read(write(table, tmp_path / "set"))

    assert [one.references for one in found] == captions
    assert {one.load() for one in found} == {picture(BLUE)}
    if splits:
        assert [one.split for one in found] == splits
        assert [one.name for one in found] == ["1.jpg", "2.jpg"]


@pytest.mark.usefixtures("own_cache")
def test_splits_are_those_of_the_files(tmp_path: Path) -> None:
    """Where the set has more than one and says nothing else."""
    import datasets

    (tmp_path / "set/data").mkdir(parents=True)
    for part in ("train", "validation"):
        table = datasets.Dataset.from_list(rows(caption=[f"{part}."]))
        table.to_parquet(tmp_path / f"set/data/{part}-00000-of-00001.parquet")

    found = readers.read(str(tmp_path / "set"))

    assert {one.references: one.split for one in found} == {
        ("train.",): "train",
        ("validation.",): "validation",
    }


@pytest.mark.usefixtures("own_cache")
@pytest.mark.parametrize(
    ("some", "told"),
    [
        (rows(colour=["red"]), "no column of captions among image, colour"),
        ([{"caption": "a"}], "no column 'image' among caption"),
        (rows(caption=[3]), "captions are texts"),
        (rows(caption=[""]), "no picture with captions"),
        (rows(caption=["a"], split=["kitchen"]), "'kitchen' is no split"),
    ],
)
def test_a_table_that_is_no_set_of_captions(tmp_path: Path, some: Rows, told: str) -> None:
    """Names what is missing."""
    import datasets

    where = as_file(datasets.Dataset.from_list(some), tmp_path / "set")

    with pytest.raises(readers.SetError, match=told):
        readers.read(where)


@pytest.mark.usefixtures("own_cache")
def test_a_damaged_table(tmp_path: Path) -> None:
    """Names the file."""
    (tmp_path / "a.parquet").write_bytes(b"PAR1 but not really")

    with pytest.raises(readers.SetError, match=r"a\.parquet"):
        readers.read(str(tmp_path / "a.parquet"))


@pytest.mark.usefixtures("own_cache")
def test_a_set_of_the_hub_that_is_not_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a network: what to do instead."""
    import datasets
    import huggingface_hub.constants

    # Put back after what the reader changes for its process.
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)

    with pytest.raises(readers.SetError, match="give the folder of a local copy"):
        readers.read("nlphuji/flickr30k", offline=True)


def ask(hub: FakeHub, home: Path, *, offline: bool) -> str:
    """What a process of its own reads of nlphuji/flickr30k."""
    code = (
        "from altlens_training import readers\n"
        f"found = readers.read('nlphuji/flickr30k', offline={offline})\n"
        "print([(one.name, one.references, one.split, len(one.load())) for one in found])"
    )
    # Who was asked to stay offline, as by a test before this one, stays so.
    fresh = {"HF_ENDPOINT": hub.address, "HF_HOME": str(home), "HF_HUB_OFFLINE": "0"}
    environment = {**os.environ, **fresh}
    ran = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True
    )
    return ran.stdout or ran.stderr


@pytest.mark.usefixtures("own_cache")
@pytest.mark.parametrize("program", [False, True])
def test_a_set_is_fetched_from_the_hub_once(tmp_path: Path, program: bool) -> None:
    """Also one that came as a program, which is not run: the hub has its own files of it."""
    import datasets

    whole, _, _ = SETS["nlphuji/flickr30k"]
    table = datasets.Dataset.from_list(whole).cast_column("image", datasets.Image())
    as_parquet(table, tmp_path / "set")
    (tmp_path / "program").mkdir()
    (tmp_path / "program/flickr30k.py").write_text("raise SystemExit('was run')")
    read = str([
        ("1.jpg", ("A dog.", "Dogs."), "train", len(picture(BLUE))),
        ("2.jpg", ("A cat.",), "validation", len(picture(BLUE))),
    ])  # fmt: skip

    with serve() as hub:
        if program:
            hub.add("nlphuji/flickr30k", tmp_path / "program", "b" * 40, "main")
        where = "refs/convert/parquet" if program else "main"
        hub.add("nlphuji/flickr30k", tmp_path / "set", "a" * 40, where)
        before = ask(hub, tmp_path / "home", offline=True)
        quiet = len(hub.requests)
        fetched = ask(hub, tmp_path / "home", offline=False)
        asked = len(hub.requests)
        again = ask(hub, tmp_path / "home", offline=True)

        assert "give the folder of a local copy" in before
        assert fetched.strip() == again.strip() == read
        assert quiet == 0
        assert len(hub.requests) == asked > 0
        assert not any("authorization" in one.headers for one in hub.requests)
