"""The altlens command with the real host, worker and model: what a user types and sees."""

import json
import shutil
from pathlib import Path

import pytest
from support.installer import Home

from altlens_installer.demo.judge import PICTURES, load
from altlens_training import drawn_check

EMBEDDED = Path(__file__).parents[2] / "host/altlens_host/models/embedded/lite"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home of its own."""
    return Home(tmp_path)


def test_pictures_are_captioned_in_the_order_given(home: Home) -> None:
    """One line for each file, the same file twice included."""
    files = [str(PICTURES / name) for name in ("cat.jpg", "coffee.jpg", "cat.jpg")]

    ran = home.run("caption", *files)

    lines = ran.stdout.splitlines()
    assert ran.returncode == 0, ran.stderr
    assert [line.partition(": ")[0] for line in lines] == files
    assert all(line.partition(": ")[2] for line in lines)
    assert lines[0] == lines[2] != lines[1]


def test_a_file_that_fails_is_named_and_the_others_are_answered(home: Home) -> None:
    """No file, a folder, no picture, half a picture, an empty one."""
    half = home.path / "half.jpg"
    half.write_bytes((PICTURES / "cat.jpg").read_bytes()[:9000])
    empty = home.path / "empty.jpg"
    empty.touch()
    text = home.path / "text \x1b[31m.jpg"
    text.write_text("no picture")
    bad = [str(home.path / "nowhere.jpg"), str(home.path), str(text), str(half), str(empty)]

    ran = home.run("caption", *bad, str(PICTURES / "cat.jpg"))
    listed = home.run("caption", "--json", *bad, str(PICTURES / "cat.jpg"))

    assert (ran.returncode, listed.returncode) == (1, 1)
    assert len(ran.stdout.splitlines()) == 1
    assert len(ran.stderr.splitlines()) == 5
    assert "\x1b" not in ran.stderr
    objects = [json.loads(line) for line in listed.stdout.splitlines()]
    assert [one["file"] for one in objects] == [*bad, str(PICTURES / "cat.jpg")]
    assert [one["error"]["code"] for one in objects[:5]] == [610, 610, 301, 302, 303]
    assert all(one["error"]["hint"] for one in objects[:5])
    assert set(objects[5]) == {
        "file", "kind", "text", "mean_logprob", "tokens", "model", "revision",
        "confidence", "level", "calibrated", "read", "read_confidence", "barcode",
    }  # fmt: skip
    assert objects[5]["model"] == "lite"


def test_the_model_that_ships_says_how_sure_it_may_be(home: Home) -> None:
    """It was measured: a person is said plainly, a moose that it calls a cow is not."""
    names = [str(PICTURES / "photographer.jpg"), str(PICTURES / "moose.jpg")]

    told = home.run("caption", *names).stdout.splitlines()
    person, moose = map(json.loads, home.run("caption", "--json", *names).stdout.splitlines())

    assert (person["level"], person["calibrated"]) == ("plain", True)
    assert (moose["level"], moose["calibrated"]) == ("hedged", True)
    assert moose["confidence"] < person["confidence"] < 1
    assert told[0].endswith("photographer.jpg: A person with a tripod on the side of a tripod")
    assert told[1].endswith("moose.jpg: Perhaps: A close up of a cow")


def test_a_device_that_is_not_there_costs_no_caption(home: Home) -> None:
    """It is told beside the captions, whatever settings.json says; the processor has no excuse."""
    picture = str(PICTURES / "cat.jpg")
    folder = home.path / ".config/altlens"
    folder.mkdir(parents=True)
    (folder / "settings.json").write_text('{"device": "coreml"}')

    plain = home.run("caption", "--device", "cpu", picture)
    asked = home.run("caption", "--device", "cuda", picture)

    assert (plain.returncode, asked.returncode) == (0, 0)
    assert plain.stdout == asked.stdout != ""
    assert plain.stderr == ""
    assert asked.stderr == (
        "The model runs on cpu. cuda: the installed libraries do not find it.\n"
    )


def test_a_model_may_be_a_folder(home: Home) -> None:
    """By a relative path, too: the host has another working folder."""
    shutil.copytree(EMBEDDED, home.path / "mine")
    (home.path / "mine/altlens.json").unlink()

    ran = home.run(
        "caption", "--json", "--model", str(home.path / "mine"), str(PICTURES / "cat.jpg")
    )

    answer = json.loads(ran.stdout)
    assert (answer["model"], answer["revision"]) == ("mine", "local")
    assert answer["text"]


def test_a_model_that_is_not_there_is_one_line(home: Home) -> None:
    """With the host's own words."""
    ran = home.run("caption", "--model", "nowhere", str(PICTURES / "cat.jpg"))

    assert ran.returncode == 1
    (line,) = ran.stderr.splitlines()
    assert line.startswith("altlens: No model 'nowhere'")


@pytest.fixture
def data(home: Home) -> Path:
    """Five pictures with captions, and a line that has none."""
    lines = [
        {"image": str(one.path), "captions": [f"A {one.nouns[0]}.", f"There is a {one.nouns[0]}"]}
        for one in load()[:5]
    ]
    path = home.path / "data.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    with path.open("a") as file:
        file.write(json.dumps({"image": str(PICTURES / "cat.jpg"), "label": "cat"}) + "\n")
    return path


def test_captions_are_scored_against_peoples(home: Home, data: Path) -> None:
    """The keys that the figures are compared by."""
    ran = home.run("eval", "--data", str(data), "--json")
    again = home.run("eval", "--data", str(data), "--json", "--raw-references")

    found, raw = json.loads(ran.stdout), json.loads(again.stdout)
    assert ran.returncode == 0, ran.stderr
    for kind in ("rouge1", "rouge2", "rougeL", "rougeLsum"):
        assert set(found[kind]) == {"mean", "mean_interval", "best", "best_interval"}
        assert 0 <= found[kind]["mean"] <= found[kind]["best"] <= 100
    assert found["gen_len"] - found["gen_len_card"] == pytest.approx(1)
    assert found["cider"]["mean"] > 0
    assert sum(row["pictures"] for row in found["by_class"].values()) == 5
    assert all(0 < point["threshold"] < 1 for point in found["abstention"]["points"])
    assert found["calibrated"]
    assert 0 <= found["trust"]["ece"]["value"] <= 1
    assert found["captions_per_second"] > 0
    assert (found["pictures"], found["skipped_lines"], found["failed"]) == (5, 1, 0)
    assert (found["raw_references"], raw["raw_references"]) == (False, True)
    assert "4 of 4 captions" in ran.stderr


def test_a_picture_that_cannot_be_captioned_counts_as_an_empty_caption(
    home: Home, data: Path
) -> None:
    """Leaving it out would make the figures better than the model is."""
    whole = json.loads(home.run("eval", "--data", str(data), "--json").stdout)
    lines = data.read_text().splitlines()
    data.write_text("\n".join([*lines, json.dumps({"image": "gone.jpg", "captions": ["A cat"]})]))

    ran = home.run("eval", "--data", str(data), "--json")

    found = json.loads(ran.stdout)
    assert ran.returncode == 1
    assert (found["pictures"], found["failed"]) == (6, 1)
    assert found["rouge1"]["mean"] == pytest.approx(whole["rouge1"]["mean"] * 5 / 6)


def test_the_figures_are_a_table_for_people(home: Home, data: Path) -> None:
    """Each figure with its name."""
    ran = home.run("eval", "--data", str(data))

    for name in (
        "ROUGE-1", "ROUGE-2", "ROUGE-L ", "ROUGE-Lsum", "METEOR by", "CIDEr-D",
        "captions per second", "debiased", "confidence from", "up to 6 words",
        "said plainly", "measured for this model",
    ):  # fmt: skip
        assert name in ran.stdout


def test_the_figures_are_a_report_in_markdown(home: Home, data: Path) -> None:
    """Of the split that is asked for; the JSON lines here have none of the project's own."""
    ran = home.run("eval", "--data", str(data), "--markdown")

    assert ran.stdout.startswith(f"# lite on {data}\n")
    assert "| ROUGE-L | " in ran.stdout


def test_captions_are_judged_and_not_what_is_read_in_pictures(home: Home) -> None:
    """So a figure is the same whether the extra [ocr] is installed or not."""
    # The first page of those that judge lite, which it names.
    page = next(data for kind, data in drawn_check.pictures(1, seed=0) if kind == "page")
    (home.path / "page.jpg").write_bytes(page)
    line = {"image": str(home.path / "page.jpg"), "captions": ["a page of text"]}
    (home.path / "page.jsonl").write_text(json.dumps(line))

    ran = home.run("eval", "--data", str(home.path / "page.jsonl"), "--json")
    told = home.run("eval", "--data", str(home.path / "page.jsonl"))

    found = json.loads(ran.stdout)
    assert (found["rougeL"]["best"], found["read_text"]) == (100, False)
    assert "text in pictures     not read" in told.stdout


def test_coco_is_judged_by_its_own_annotations(home: Home) -> None:
    """The file as it is handed out, with the pictures where they are."""
    annotations = home.path / "captions_val2017.json"
    images = [{"id": n, "file_name": one.path.name} for n, one in enumerate(load()[:3])]
    said = [{"image_id": n, "caption": f"A {one.nouns[0]}."} for n, one in enumerate(load()[:3])]
    annotations.write_text(json.dumps({"images": images, "annotations": said}))

    ran = home.run("eval", "--data", str(annotations), "--pictures", str(PICTURES), "--json")
    other = home.run(
        "eval", "--data", str(annotations), "--pictures", str(PICTURES), "--split", "test"
    )

    assert json.loads(ran.stdout)["pictures"] == 3
    assert (other.returncode, "validation (3)" in other.stderr) == (1, True)


def test_a_set_of_the_hub_that_is_not_here_is_not_fetched(home: Home) -> None:
    """The command uses no network; where `datasets` is missing, the extra is named."""
    watch, called = home.path / "watch", home.path / "called"
    watch.mkdir()
    (watch / "sitecustomize.py").write_text(
        "import socket\n"
        f"socket.socket.connect = lambda *_: open({str(called)!r}, 'w').close()\n"
        f"socket.getaddrinfo = lambda *_, **__: open({str(called)!r}, 'w').close()\n"
    )

    ran = home.run(
        "eval", "--data", "Mozilla/docornot", HF_HOME=str(home.path), PYTHONPATH=str(watch)
    )

    assert ran.returncode == 1
    assert not called.exists()
    assert "local copy" in ran.stderr or "altlens[data]" in ran.stderr


@pytest.mark.parametrize("line", ["{", '{"image": 5, "captions": ["a"]}', '{"label": "x"}', ""])
def test_data_that_cannot_be_used_is_one_line(home: Home, line: str) -> None:
    """It names what is wrong before any model is loaded."""
    path = home.path / "bad.jsonl"
    path.write_text(line)

    ran = home.run("eval", "--data", str(path))

    assert ran.returncode == 1
    (said,) = ran.stderr.splitlines()
    assert "bad.jsonl" in said
    assert "Traceback" not in said


def test_without_rouge_score_the_extra_is_named(home: Home, data: Path) -> None:
    """The command to type is in the message."""
    hidden = home.path / "hidden"
    hidden.mkdir()
    (hidden / "sitecustomize.py").write_text(
        "import importlib.util as u\n"
        "real = u.find_spec\n"
        "u.find_spec = lambda name, *a: None if name == 'rouge_score' else real(name, *a)\n"
    )

    ran = home.run("eval", "--data", str(data), PYTHONPATH=str(hidden))

    assert ran.returncode == 1
    assert "pip install 'altlens[eval]'" in ran.stderr
