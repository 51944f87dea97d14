"""What of a repository is a model; how a download is told; what a preparing process may say."""

import io
import json
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altlens_installer.errors import DiskFullError, ModelIncompleteError, NotWritableError
from altlens_installer.models import choice, layout, lock, preparing, program
from altlens_installer.models.hub import COMMIT
from altlens_installer.models.preparing import Outcome
from altlens_installer.models.progress import Progress
from altlens_installer.models.source import blob, refused, sha256, told_size

CONFIGS = [*layout.NEEDED, "generation_config.json"]


def graphs(end: str, *decoders: str) -> list[str]:
    """Return the paths of an encoder and decoders."""
    return [f"onnx/{one}{end}.onnx" for one in ("encoder_model", *decoders)]


MERGED = "decoder_model_merged"
SPLIT = ("decoder_model", "decoder_with_past_model")


@pytest.mark.parametrize(
    ("there", "taken"),
    [
        (graphs("_quantized", MERGED, *SPLIT), graphs("_quantized", MERGED)),
        (graphs("_quantized", MERGED) + graphs("", MERGED), graphs("_quantized", MERGED)),
        (graphs("_quantized", *SPLIT), graphs("_quantized", *SPLIT)),
        (graphs("", "decoder_model"), graphs("", "decoder_model")),
        (graphs("_fp16", MERGED) + graphs("", MERGED), graphs("", MERGED)),
        (graphs("_fp16", MERGED), graphs("_fp16", MERGED)),
        (
            [*graphs("", MERGED), "onnx/encoder_model.onnx_data", "onnx/other.onnx_data"],
            [*graphs("", MERGED), "onnx/encoder_model.onnx_data"],
        ),
        (["model.safetensors", "pytorch_model.bin"], ["model.safetensors"]),
        ([*graphs("_quantized", MERGED), "model.safetensors"], graphs("_quantized", MERGED)),
    ],
)
def test_one_set_of_weights_is_taken(there: list[str], taken: list[str]) -> None:
    """The smallest that serves; a repository holds the same weights five times."""
    assert layout.wanted([*CONFIGS, *there, "README.md"]) == (*CONFIGS, *taken)


def test_full_precision_comes_on_top_where_it_is_asked_for() -> None:
    """What is made from it is measured against the quantized ones."""
    there = [*CONFIGS, *graphs("_quantized", MERGED), *graphs("", MERGED)]

    assert set(layout.wanted(there, "fast")) == set(there)
    assert set(layout.dispensable(there)) == set(graphs("", MERGED))
    assert layout.dispensable([*CONFIGS, *graphs("", MERGED)]) == ()


def test_what_torch_runs_comes_on_top_where_it_is_asked_for() -> None:
    """Whoever has a graphics card may want it; nobody else pays for it."""
    there = [*CONFIGS, *graphs("_quantized", MERGED), layout.WEIGHTS]

    assert layout.WEIGHTS not in layout.wanted(there)
    assert layout.wanted(there, torch=True) == tuple(there)
    with pytest.raises(ModelIncompleteError):
        layout.wanted(there[:-1], torch=True)


@pytest.mark.parametrize(
    ("there", "variant"),
    [
        (CONFIGS[1:], "q8"),
        (CONFIGS, "q8"),
        ([*CONFIGS, "pytorch_model.bin"], "q8"),
        ([*CONFIGS, *graphs("_quantized")], "q8"),
        ([*CONFIGS, *graphs("_quantized", MERGED)], "fast"),
    ],
)
def test_what_lacks_a_part_is_no_model(there: list[str], variant: str) -> None:
    """It is said before anything is fetched."""
    with pytest.raises(ModelIncompleteError):
        layout.wanted(there, variant)


@given(st.lists(st.text(max_size=40), max_size=20))
def test_nothing_is_taken_but_names_that_are_known(names: list[str]) -> None:
    """Whatever a repository holds."""
    taken = layout.wanted([*CONFIGS, *graphs("_quantized", MERGED), *names])

    for name in taken:
        assert name in {*CONFIGS, *graphs("_quantized", MERGED)} or name.startswith("onnx/")
        assert ".." not in name
        assert not name.endswith(".bin")


@given(st.lists(st.integers(1, 10**8), min_size=1, max_size=8))
def test_who_listens_hears_a_line_for_each_tenth(sizes: list[int]) -> None:
    """However many files and blocks there are."""
    out = io.StringIO()
    progress = Progress(out)

    progress.begin(sum(sizes))
    for size in sizes:
        for part in range(1, 50):
            progress.at(size * part // 50)
        progress.file_done(size)
    progress.end()

    lines = out.getvalue().splitlines()
    assert len(lines) <= 11
    assert lines[-1].startswith("100%")
    assert lines == sorted(lines, key=lambda line: int(line.partition("%")[0]))


class Terminal(io.StringIO):
    """A stream that a person looks at."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def test_who_looks_sees_a_bar_unless_words_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence in between does not break it."""
    for name in ("NO_COLOR", "ACCESSIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    out = Terminal()
    progress = Progress(out)

    progress.begin(100)
    progress.at(50)
    progress.note("The line broke.")
    progress.end()
    progress.step(0.5, "comparing")
    progress.end()

    assert "\x1b" in out.getvalue()
    assert "The line broke." in out.getvalue()
    assert "comparing" in out.getvalue()


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("print('{\"prepared\": {}}')", Outcome("prepared")),
        ('print(\'{"refused": "no"}\'); exit(3)', Outcome("refused", "no")),
        ('print(\'{"error": "bad"}\'); exit(1)', Outcome("failed", "bad")),
        ("print('{\"prepared\": {}}'); exit(1)", Outcome("failed", "it ended with status 1")),
        ("exit(2)", Outcome("absent")),
        ("import os; os.kill(os.getpid(), 9)", Outcome("failed", "it ended with status -9")),
        ("print('nonsense'); print('[1]'); exit(0)", Outcome("failed", "it ended with status 0")),
        (
            'print(\'{"progress": "x"}\'); print(\'{"refused": "\\\\u001b[2J"}\'); exit(3)',
            Outcome("refused", "\\x1b[2J"),
        ),
    ],
)
def test_whatever_preparing_comes_to_has_a_name(
    code: str, outcome: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is a process of its own, which may say anything or die."""
    monkeypatch.setattr(program, "worker", lambda *_: [sys.executable, "-c", code])

    assert preparing.prepare(Path("/nowhere"), "q8", lambda _share, _step: None) == outcome


def test_preparing_tells_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Step by step, while it runs."""
    code = 'print(\'{"progress": 0.5, "step": "comparing"}\'); print(\'{"prepared": {}}\')'
    monkeypatch.setattr(program, "worker", lambda *_: [sys.executable, "-c", code])
    told: list[tuple[float, str]] = []

    preparing.prepare(Path("/nowhere"), "q8", lambda share, step: told.append((share, step)))

    assert told == [(0.5, "comparing")]


def test_what_was_prepared_is_verified_too(tmp_path: Path) -> None:
    """Its files have a card of their own."""
    (tmp_path / "prepared").mkdir()
    (tmp_path / "prepared/encoder.onnx").write_bytes(b"graph")
    (tmp_path / "config.json").write_bytes(b"{}")
    digest = sha256(tmp_path / "prepared/encoder.onnx")
    own = {"files": {"encoder.onnx": {"sha256": digest}}}
    (tmp_path / "prepared/prepared.json").write_text(json.dumps(own))
    card = {"files": {"config.json": {"sha256": sha256(tmp_path / "config.json")}}}
    (tmp_path / "altlens.json").write_text(json.dumps(card))

    whole = lock.faults(tmp_path)
    (tmp_path / "prepared/encoder.onnx").write_bytes(b"other")
    changed = lock.faults(tmp_path)
    (tmp_path / "prepared/prepared.json").write_text("{}")
    damaged = lock.faults(tmp_path)

    assert whole == []
    assert [len(changed), len(damaged)] == [1, 1]
    assert "encoder.onnx" in changed[0]


def test_a_graph_beside_the_declared_ones_is_a_fault(tmp_path: Path) -> None:
    """The worker would refuse the model for it."""
    (tmp_path / "onnx").mkdir()
    (tmp_path / "config.json").write_bytes(b"{}")
    (tmp_path / "onnx/encoder_model.onnx").write_bytes(b"x")
    card = {"files": {"config.json": {"sha256": sha256(tmp_path / "config.json")}}}
    (tmp_path / "altlens.json").write_text(json.dumps(card))

    assert lock.faults(tmp_path) == ["onnx/encoder_model.onnx is not declared in altlens.json."]


def test_git_ids_are_those_of_git(tmp_path: Path) -> None:
    """`git hash-object` of an empty file, and of "hello" with a line feed."""
    path = tmp_path / "file"
    path.write_bytes(b"")
    empty = blob(path)
    path.write_bytes(b"hello\n")

    assert empty == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
    assert blob(path) == "ce013625030ba8dba906f756967f9e9ca394464a"
    assert COMMIT.fullmatch(empty)


def test_a_full_disk_is_told_apart_from_a_missing_right() -> None:
    """What helps is not the same."""
    full = refused(Path("/x"), OSError(28, "No space left on device"))
    denied = refused(Path("/x"), PermissionError(13, "Permission denied"))

    assert isinstance(full, DiskFullError)
    assert isinstance(denied, NotWritableError)


@pytest.mark.parametrize(
    ("size", "told"), [(0, "0 kB"), (51_234, "51 kB"), (9_999_999, "10,000 kB"), (187e6, "187 MB")]
)
def test_sizes_are_told_as_people_say_them(size: int, told: str) -> None:
    """Never "0 MB" for something that takes room."""
    assert told_size(int(size)) == told


def test_a_folder_does_not_hide_a_model_of_the_catalogue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever stands beside a folder `distilvit` means the model all the same."""
    for name in ("distilvit", "lite", "other"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path)

    names = [choice.named(one) for one in ("distilvit", "lite", "auto", "./lite", "other")]

    assert names == ["distilvit", "lite", "auto", str(tmp_path / "lite"), str(tmp_path / "other")]
    assert Path(choice.named("other")).is_absolute()
