"""Preparing a model, as the installer runs it: a process, its lines, what it leaves behind."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from contract.drawn import KINDS, draw, fifty
from contract.layouts import full_size, keep, lite, prepare, prepared
from contract.tiny_model import LAYOUTS, build
from contract.trained_model import unpack
from onnx import numpy_helper
from PIL import Image

from altlens_host.errors import ModelBrokenError
from altlens_host.models.catalogue import find
from altlens_host.worker.engines import open_engine
from altlens_host.worker.engines.interface import SIGNS
from altlens_host.worker.engines.onnx import OnnxEngine
from altlens_host.worker.engines.prepared import PreparedGraphs
from altlens_host.worker.engines.reference import ReferenceGraphs
from altlens_host.worker.images import decode
from altlens_host.worker.model_files import check
from altlens_host.worker.prepare.checking import NEAR_TIE, difference
from altlens_host.worker.prepared_files import prepared_of

Said = Callable[[Path], list[tuple[int, ...]]]


@pytest.fixture
def trained(tmp_path: Path) -> Path:
    """The trained model as the hub would have it."""
    return unpack(tmp_path / "trained")


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The trained model with prepared graphs beside those of the hub."""
    folder = unpack(tmp_path_factory.mktemp("models") / "trained")
    assert prepare(folder).returncode == 0
    return folder


@pytest.fixture(scope="module")
def ready_lite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model that ships with prepared graphs beside its own."""
    folder = lite(tmp_path_factory.mktemp("models") / "lite")
    assert prepare(folder).returncode == 0
    return folder


@pytest.fixture(scope="module")
def cut_outs(repository: Path) -> list[Image.Image]:
    """A hundred parts of the demo's photographs: of what is drawn, lite says much the same."""
    folder = repository / "installer" / "altlens_installer" / "demo" / "pictures"
    photographs = [decode(path.read_bytes(), 512) for path in sorted(folder.glob("*.jpg"))]
    places = [(x / 5, y / 5) for x in range(3) for y in range(3)]
    boxes = [(x, y, x + 0.6, y + 0.6) for x, y in places]
    return [
        one.crop(tuple(int(at * side) for at, side in zip(box, one.size * 2, strict=True)))
        for box in boxes
        for one in photographs
    ][:100]


@pytest.fixture
def copy(ready: Path, tmp_path: Path) -> Path:
    """A copy of it, to damage."""
    return Path(shutil.copytree(ready, tmp_path / "copy"))


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def layout_of(folder: Path) -> type:
    return type(open_engine(find(str(folder)), 1).graphs)  # type: ignore[attr-defined]


def without_card(folder: Path) -> Path:
    (folder / "altlens.json").unlink()
    return folder


def test_it_tells_its_progress_and_what_it_checked(trained: Path) -> None:
    """The installer shows one and keeps the other."""
    made = prepare(trained)

    told = lines(made.stdout)
    shares = [line["progress"] for line in told[:-1]]
    assert (made.returncode, made.stderr) == (0, "")
    assert shares == sorted(shares)
    assert all(line["step"] for line in told[:-1])
    assert told[-1]["prepared"]["variant"] == "q8"
    assert told[-1]["prepared"]["checked"]["tokens"] > 20
    assert told[-1]["prepared"]["checked"]["largest_difference"] < 1e-3


def test_what_it_leaves_is_described_and_readable_by_all(ready: Path) -> None:
    """A model for all users of a system is installed by its administrator."""
    card = json.loads((ready / "prepared" / "prepared.json").read_text())

    assert sorted(path.name for path in ready.iterdir() if path.is_dir()) == ["onnx", "prepared"]
    for folder, named in ((ready, card["sources"]), (ready / "prepared", card["files"])):
        for name, said in named.items():
            data = (folder / name).read_bytes()
            assert (hashlib.sha256(data).hexdigest(), len(data)) == (said["sha256"], said["size"])
    assert {*card["files"], "prepared.json"} == {p.name for p in (ready / "prepared").iterdir()}
    assert all(path.stat().st_mode & 0o044 == 0o044 for path in (ready / "prepared").iterdir())


def test_the_prepared_graphs_are_the_ones_that_run(ready: Path, copy: Path) -> None:
    """And where there are none, those of the hub."""
    shutil.rmtree(copy / "prepared")

    assert layout_of(ready) is PreparedGraphs
    assert layout_of(copy) is ReferenceGraphs


@pytest.mark.parametrize("beams", [1, 2, 5])
def test_the_same_tokens_on_a_hundred_pictures(copy: Path, beams: int) -> None:
    """From the same weights: words that were equally likely are excused, and counted."""
    config = json.loads((copy / "generation_config.json").read_text())
    config |= {"num_beams": beams, "repetition_penalty": 1.2}
    (copy / "generation_config.json").write_text(json.dumps(config))
    random = np.random.default_rng(3)
    pictures = [draw(KINDS[at], random) for at in random.integers(0, len(KINDS), 100)]

    other, ties = compare(copy, pictures)

    assert other == 0
    assert ties <= 1


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_same_tokens_at_full_size(tmp_path: Path) -> None:
    """Fifty pictures with random weights of distilvit's exact shape."""
    folder = full_size(tmp_path / "full", with_prepared=False)
    assert prepare(folder).returncode == 0

    other, ties = compare(folder, fifty())

    assert other == 0
    assert ties <= 2


def compare(folder: Path, pictures: list[Any]) -> tuple[int, int]:
    """Count pictures of which other words are said, and those excused by a near-tie."""
    model = find(str(folder))
    reference = OnnxEngine(model, 0)
    made = OnnxEngine(model, 0, prepared=prepared_of(model))
    other = ties = 0
    for picture in pictures:
        said = [engine.caption(picture) for engine in (reference, made)]
        if said[0].tokens == said[1].tokens:
            assert np.allclose(said[0].logprobs, said[1].logprobs, atol=NEAR_TIE)
            continue
        start = reference.generation.start
        tokens = [(start, *one.tokens[:-1]) for one in said]
        near = difference(made.graphs, reference.graphs, picture, tokens) < NEAR_TIE / 2
        ties += near
        other += not near
    return other, ties


@pytest.mark.parametrize("variant", ["precise", "fast"])
def test_graphs_from_floats_are_measured_against_the_hubs(trained: Path, variant: str) -> None:
    """With the hub's quantized files or without, where they are made for the comparison."""
    errors = []
    for folder in (trained, keep(trained, ("encoder_model", "decoder_model_merged"))):
        said = lines(prepare(folder, variant).stdout)[-1]["prepared"]["checked"]
        errors.append((said["error"], said["q8_error"]))
        assert said["error"] <= 1.05 * said["q8_error"]

    assert errors[0] == pytest.approx(errors[1], rel=1e-3)


def test_floats_that_are_not_there_are_asked_for(trained: Path) -> None:
    """The user is told which file is missing, and has a model that works."""
    keep(trained, ("encoder_model_quantized", "decoder_model_merged_quantized"))

    made = prepare(trained, "precise")

    assert made.returncode == 3
    assert "encoder_model.onnx" in lines(made.stdout)[-1]["refused"]
    assert layout_of(trained) is ReferenceGraphs


@pytest.mark.parametrize(
    ("names", "other"),
    [
        (("encoder_model_quantized", "decoder_model_quantized"), "without a past"),
        (
            (
                "encoder_model_quantized",
                "decoder_model_quantized",
                "decoder_with_past_model_quantized",
            ),
            "in two",
        ),
    ],
)
def test_other_layouts_are_prepared_or_refused(
    trained: Path, names: tuple[str, ...], other: str
) -> None:
    """A decoder in two files has the same weights; one without a past rounds otherwise."""
    made = prepare(keep(trained, names))

    assert made.returncode == (0 if other == "in two" else 3), made.stdout


@pytest.mark.parametrize("beams", [1, 3])
def test_the_model_that_ships_says_the_same_of_a_hundred_pictures(
    ready_lite: Path, cut_outs: list[Image.Image], tmp_path: Path, beams: int
) -> None:
    """It is of another family, whose graphs are cut apart and joined otherwise."""
    folder = Path(shutil.copytree(ready_lite, tmp_path / "lite"))
    config = json.loads((folder / "generation_config.json").read_text())
    (folder / "generation_config.json").write_text(json.dumps(config | {"num_beams": beams}))

    other, ties = compare(folder, cut_outs)

    engine, reference = open_engine(find(str(folder)), 0), open_engine(find("lite"), 0)
    assert len({engine.caption(one).tokens for one in cut_outs}) >= 30
    signs = [one.caption(cut_outs[0]).signs for one in (engine, reference)]
    assert len(signs[0]) == len(SIGNS)
    assert signs[0] == pytest.approx(signs[1], abs=1e-3)
    assert other == 0
    assert ties <= 1


def test_only_what_is_slow_otherwise_is_optimized_anew(ready: Path, ready_lite: Path) -> None:
    """Convolutions are several times faster as onnxruntime lays them out for a processor."""
    levels = onnxruntime.GraphOptimizationLevel
    none, all_of_it = levels.ORT_DISABLE_ALL, levels.ORT_ENABLE_ALL
    for folder, wanted in ((ready, [none, none]), (ready_lite, [all_of_it, none])):
        graphs: Any = open_engine(find(str(folder)), 1).graphs  # type: ignore[attr-defined]
        options = [one.get_session_options() for one in (graphs._encoder, graphs.decoder)]

        assert [one.graph_optimization_level for one in options] == wanted


@pytest.mark.parametrize(
    ("layout", "told"),
    [
        ("hub", "anew for every token"),
        ("fp32 names", "encoder_model_quantized.onnx"),
        ("encoder past", "encoder_hidden_states is needed for a later token"),
        ("unmerged", "anew for every token"),
        ("half floats", "encoder_model_quantized.onnx"),
    ],
)
def test_other_families_are_refused_with_a_reason(tmp_path: Path, layout: str, told: str) -> None:
    """They go on as they are."""
    folder = build(tmp_path / "tiny", LAYOUTS[layout])
    before = sorted(folder.rglob("*"))

    made = prepare(folder)

    assert made.returncode == 3, made.stdout + made.stderr
    assert told in lines(made.stdout)[-1]["refused"]
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize("variant", ["precise", "fast"])
def test_the_model_that_ships_is_not_prepared_from_floats(tmp_path: Path, variant: str) -> None:
    """There are none of it."""
    made = prepare(lite(tmp_path / "lite"), variant)

    assert made.returncode == 3
    assert "from floats" in lines(made.stdout)[-1]["refused"]


def test_a_model_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    """Exit code 1: nothing that a user could run."""
    made = prepare(tmp_path)

    assert made.returncode == 1
    assert "config.json" in lines(made.stdout)[-1]["error"]


def test_a_file_that_is_not_the_declared_one_is_refused(trained: Path) -> None:
    """Nothing is made of it."""
    path = trained / "onnx" / "encoder_model_quantized.onnx"
    path.write_bytes(path.read_bytes()[:-1] + b"!")

    made = prepare(trained)

    assert made.returncode == 3
    assert "declared" in lines(made.stdout)[-1]["refused"]
    assert not (trained / "prepared").exists()
    assert not (trained / "prepared.new").exists()


@pytest.mark.parametrize("graph", ["encoder_model_quantized", "decoder_model_merged_quantized"])
@pytest.mark.parametrize("damage", ["cut", "renamed", "another weight", "a layer less"])
def test_a_damaged_or_foreign_graph_is_refused(trained: Path, graph: str, damage: str) -> None:
    """Whoever exported it: a sentence, not a stack of calls, and no prepared graphs."""
    path = without_card(trained) / "onnx" / f"{graph}.onnx"
    if damage == "cut":
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    elif damage == "a layer less":
        config = json.loads((trained / "config.json").read_text())
        config["encoder"]["num_hidden_layers"] = config["decoder"]["n_layer"] = 1
        (trained / "config.json").write_text(json.dumps(config))
    else:
        spoil(path, damage)

    made = prepare(trained)

    assert made.returncode == 3, made.stdout + made.stderr
    assert made.stderr == ""
    assert not (trained / "prepared").exists()


def spoil(path: Path, damage: str) -> None:
    model = onnx.load(str(path))
    biases = [one for one in model.graph.initializer if ".bias" in one.name and one.dims[0] > 1]
    if damage == "another weight":
        # One that two graphs of the model share would be the same for both.
        values = numpy_helper.to_array(biases[-1])
        biases[-1].CopyFrom(numpy_helper.from_array(values[:-1], biases[-1].name))
    else:
        for node in model.graph.node:
            node.input[:] = [f"x{name}" if name == biases[0].name else name for name in node.input]
        biases[0].name = f"x{biases[0].name}"
    onnx.save(model, str(path))


def test_a_changed_source_goes_back_to_the_hubs_graphs(copy: Path) -> None:
    """A revision that was put in place of another: prepared graphs of the old one are no use."""
    card = json.loads((copy / "altlens.json").read_text())
    card["files"]["onnx/encoder_model_quantized.onnx"]["sha256"] = "0" * 64
    (copy / "altlens.json").write_text(json.dumps(card))

    assert layout_of(copy) is ReferenceGraphs


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 1}', '{"format": 99}'])
def test_a_damaged_card_goes_back_to_the_hubs_graphs(copy: Path, text: str) -> None:
    """And so does one of another version."""
    (copy / "prepared" / "prepared.json").write_text(text)

    assert layout_of(copy) is ReferenceGraphs


def test_a_damaged_prepared_file_is_found_before_it_is_opened(copy: Path) -> None:
    """As many bytes, others."""
    path = copy / "prepared" / "decoder.bin"
    whole = check(find(str(copy)))
    path.write_bytes(b"!" + path.read_bytes()[1:])

    assert whole
    with pytest.raises(ModelBrokenError, match=r"decoder\.bin is not the file that prepared\.json"):
        check(find(str(copy)), whole)


def test_a_folder_without_a_card_is_checked_by_what_it_was_made_from(copy: Path) -> None:
    """Somebody's own model, exported again in place: as many bytes, others."""
    path = without_card(copy) / "onnx" / "encoder_model_quantized.onnx"
    whole = check(find(str(copy)))
    path.write_bytes(path.read_bytes()[:-1] + b"!")

    assert whole
    with pytest.raises(ModelBrokenError, match="encoder_model_quantized"):
        check(find(str(copy)))


def test_the_hubs_graphs_may_be_taken_away(copy: Path) -> None:
    """Prepared graphs need nothing of them, and a disk may be small."""
    shutil.rmtree(copy / "onnx")
    model = find(str(copy))

    assert check(model)
    assert open_engine(model, 1).caption(fifty()[0]).text


def test_a_processor_that_multiplies_otherwise_gets_the_hubs_graphs(copy: Path) -> None:
    """A folder that was prepared on one machine and is read by an older one."""
    path = copy / "prepared" / "probe.onnx"
    probe = onnx.load(str(path))
    for one in probe.graph.initializer:
        if one.data_type == onnx.TensorProto.INT32:
            one.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(one) - 1, one.name))
    onnx.save(probe, str(path))
    card = path.with_name("prepared.json")
    said = json.loads(card.read_text())
    said["files"]["probe.onnx"]["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    card.write_text(json.dumps(said))

    assert layout_of(copy) is ReferenceGraphs


def test_preparing_again_replaces_what_was_there(copy: Path) -> None:
    """Another variant, for one who changed his mind; the old one is gone at the end."""
    assert prepare(copy, "precise").returncode == 0

    card = json.loads((copy / "prepared" / "prepared.json").read_text())
    assert card["variant"] == "precise"
    assert layout_of(copy) is PreparedGraphs
    assert sorted(path.name for path in copy.iterdir() if path.is_dir()) == ["onnx", "prepared"]


def test_the_trained_model_names_what_it_sees(tmp_path: Path) -> None:
    """Otherwise the contract would be held against babble: 30 of 50 different captions."""
    folder = prepared(unpack(tmp_path / "trained"), "q8")
    engine = open_engine(find(str(folder)), 1)

    assert len({engine.caption(picture).text for picture in fifty()}) >= 30


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_it_can_be_trained_anew(tmp_path: Path) -> None:
    """The command that made the fixture, where torch is installed."""
    pytest.importorskip("torch", reason="the extra [train] is not installed")
    pytest.importorskip("optimum", reason="the extra [train] is not installed")
    from contract.trained_model import export, train

    folder = export(train(tmp_path / "checkpoint"), tmp_path / "trained")

    engine = open_engine(find(str(folder)), 0)
    assert len({engine.caption(picture).text for picture in fifty()}) >= 30
