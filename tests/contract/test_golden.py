"""The golden self-test: a wrong download, a broken runtime, a bad quantization are found."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from contract.layouts import prepare
from contract.trained_model import unpack
from onnx import numpy_helper
from support.installer import ALTLENS, Home

from altlens_host.errors import ModelBrokenError
from altlens_host.models.catalogue import EMBEDDED, Model, find
from altlens_host.models.golden import FILE, golden_of
from altlens_host.worker.golden import captions, pictures
from altlens_host.worker.model_files import check
from altlens_installer.models import golden

LITE = EMBEDDED / "lite"


@pytest.fixture
def lite(tmp_path: Path) -> Path:
    """A copy of lite, with its golden captions."""
    return Path(shutil.copytree(LITE, tmp_path / "lite"))


def declare(folder: Path) -> None:
    """Declare the files of a model as they are now: whoever damaged them made the card, too."""
    card = json.loads((folder / "altlens.json").read_text())
    for name, one in card["files"].items():
        data = (folder / name).read_bytes()
        one |= {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
    (folder / "altlens.json").write_text(json.dumps(card))


def change_weights(path: Path, change: Callable[[onnx.TensorProto], Any]) -> None:
    """Change the constants of a graph, those of its branches too; None leaves one as it is."""
    model = onnx.load(path)

    def through(graph: onnx.GraphProto) -> None:
        for one in graph.initializer:
            changed = change(one)
            if changed is not None:
                one.CopyFrom(numpy_helper.from_array(changed, one.name))
        for node in graph.node:
            for attribute in node.attribute:
                if attribute.type == onnx.AttributeProto.GRAPH:
                    through(attribute.g)

    through(model.graph)
    onnx.save(model, path)


def damaged(folder: Path) -> None:
    """A stretch of 4096 bytes of the encoder's largest weights became zeros, of 1.3 million."""
    graph = folder / "onnx/encoder_model_quantized.onnx"
    model = onnx.load(graph)
    largest = max((len(one.raw_data), one.name) for one in model.graph.initializer if one.raw_data)[
        1
    ]

    def zeros(one: onnx.TensorProto) -> Any:
        if one.name != largest:
            return None
        weights = numpy_helper.to_array(one).copy()
        weights.reshape(-1)[:4096] = 0
        return weights

    change_weights(graph, zeros)


def badly_quantized(folder: Path) -> None:
    """The scales of one matrix of the decoder are a tenth too large."""
    seen: list[str] = []

    def larger(one: onnx.TensorProto) -> Any:
        a_scale = one.data_type == onnx.TensorProto.FLOAT16 and len(one.dims) == 2 and 1 in one.dims
        if not a_scale or (seen and one.name not in seen):
            return None
        seen.append(one.name)
        return numpy_helper.to_array(one) * np.float16(1.1)

    change_weights(folder / "onnx/decoder_model_merged_quantized.onnx", larger)
    assert seen


def other_tokenizer(folder: Path) -> None:
    """Two words that no golden caption has changed places."""
    path = folder / "tokenizer.json"
    said = json.loads(path.read_text())
    words = said["model"]["vocab"]
    first, second = sorted(words, key=words.get)[-2:]
    words[first], words[second] = words[second], words[first]
    path.write_text(json.dumps(said))


def other_preprocessing(folder: Path) -> None:
    """The colours are scaled otherwise."""
    path = folder / "preprocessor_config.json"
    said = json.loads(path.read_text())
    path.write_text(json.dumps(said | {"image_std": [0.4, 0.4, 0.4]}))


def test_lite_says_on_this_machine_what_was_recorded() -> None:
    """Recorded by `altlens model golden lite`, and declared in its card."""
    model = find("lite")

    outcome = golden.check(LITE)

    assert outcome.state == "same", outcome.told
    assert golden_of(model) == LITE / FILE
    assert FILE in model.files


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (damaged, "Of drawn picture"),
        (badly_quantized, "Of drawn picture"),
        (other_tokenizer, "The words of its tokens"),
        (other_preprocessing, "Of drawn picture"),
    ],
)
def test_a_model_that_says_something_else_is_found_though_its_hashes_are_right(
    lite: Path, spoil: Callable[[Path], None], told: str
) -> None:
    """The card declares the files as they are: nothing but the words can tell."""
    spoil(lite)
    declare(lite)

    assert check(find(str(lite)))
    outcome = golden.check(lite)

    assert outcome.state == "different"
    assert outcome.told.startswith(told)


def test_each_caption_withstands_noise_and_damage_is_more_than_that(lite: Path) -> None:
    """What differs between processors is some millionths; see the decision."""
    recording = captions.read(lite / FILE, find(str(lite)))

    assert recording.withstood >= 0.1
    assert len(recording.captions) >= 12
    assert len({one.said.text for one in recording.captions}) >= 5


def test_a_numbers_drift_is_found_where_the_words_are_the_same(lite: Path) -> None:
    """Words are the last to change: the recorded log-probabilities are compared too."""
    path = lite / FILE
    said = json.loads(path.read_text())
    for one in said["captions"]:
        one["logprobs"] = [value - 0.01 for value in one["logprobs"]]
    path.write_text(json.dumps(said))
    declare(lite)

    outcome = golden.check(lite)

    assert outcome.state == "different"
    assert "numbers are off by 0.01" in outcome.told


def test_recording_is_one_command_after_which_the_model_still_runs(
    lite: Path, tmp_path: Path
) -> None:
    """It replaces what was recorded before, and declares it."""
    (lite / FILE).write_text("{}")
    home = Home(tmp_path / "home")

    ran = home.run("model", "golden", str(lite))

    assert ran.returncode == 0, ran.stderr
    assert check(find(str(lite)))
    assert golden.check(lite).state == "same"
    verified = home.run("model", "verify", str(lite))
    assert verified.returncode == 0
    assert "what was recorded" in verified.stdout


def test_verify_tells_what_it_says_otherwise(lite: Path, tmp_path: Path) -> None:
    """Files that are as declared are not all."""
    damaged(lite)
    declare(lite)

    ran = Home(tmp_path / "home").run("model", "verify", str(lite))

    assert ran.returncode == 1
    assert "Of drawn picture" in ran.stdout


def test_what_says_something_else_is_not_installed(lite: Path, tmp_path: Path) -> None:
    """Its golden captions come along, and count before it takes its place."""
    home = Home(tmp_path / "home")
    card = json.loads((lite / "altlens.json").read_text())
    (lite / "altlens.json").write_text(json.dumps(card | {"id": "mine"}))
    said = json.loads((lite / FILE).read_text())
    (lite / FILE).write_text(json.dumps(said | {"model": "mine"}))
    declare(lite)
    well = home.run("model", "install", "mine", "--from", str(lite))
    assert well.returncode == 0, well.stderr
    assert (Path(home.run("model", "path", "mine").stdout.strip()) / FILE).is_file()
    assert home.run("model", "remove", "mine").returncode == 0
    badly_quantized(lite)
    declare(lite)

    ran = home.run("model", "install", "mine", "--from", str(lite))

    assert ran.returncode == 1
    assert "something else than it should" in ran.stderr
    assert home.run("model", "path", "mine").returncode == 1


def test_without_golden_the_prepared_graphs_are_compared_with_the_published_ones(
    tmp_path: Path,
) -> None:
    """As doctor says of distilvit until somebody records it where its weights are."""
    folder = unpack(tmp_path / "trained")
    assert golden.check(folder).state == "nothing"
    prepare(folder)

    outcome = golden.check(folder)

    assert outcome.state == "same"
    assert outcome.told.startswith("No golden: compared with the reference layout on this machine.")


def test_prepared_graphs_that_say_something_else_are_found_without_golden(tmp_path: Path) -> None:
    """Where nothing was recorded, the two layouts are each other's witness."""
    folder = unpack(tmp_path / "trained")
    prepare(folder)
    weights = folder / "prepared/decoder.bin"
    data = bytearray(weights.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 20_000] = bytes(20_000)
    weights.write_bytes(data)

    assert golden.check(folder).state == "different"


def test_what_ships_with_altlens_comes_before_what_came_with_the_model(tmp_path: Path) -> None:
    """The model may come from anywhere."""
    model = Model("owner/name", "abc", "MIT", LITE, {FILE: ""})
    shipped = tmp_path / "owner--name/abc.json"

    assert golden_of(model, tmp_path) == LITE / FILE
    shipped.parent.mkdir()
    shipped.write_text("{}")

    assert golden_of(model, tmp_path) == shipped
    assert golden_of(model._replace(files={"config.json": ""}), tmp_path / "none") is None


def test_what_was_recorded_of_another_revision_does_not_count(lite: Path) -> None:
    """Other graphs may say other words."""
    model = find(str(lite))

    with pytest.raises(ModelBrokenError, match="was recorded of lite"):
        captions.read(lite / FILE, model._replace(revision="other"))
    (lite / FILE).write_text('{"format": 1, "captions": [{}]}')
    with pytest.raises(ModelBrokenError, match="damaged"):
        captions.read(lite / FILE, model)


def test_the_file_is_read_as_it_was_written() -> None:
    """To the last digit that is kept."""
    said = captions.read(LITE / FILE, find("lite"))

    assert captions.written(said) == (LITE / FILE).read_bytes()


def test_the_pictures_are_the_same_bytes_everywhere() -> None:
    """Whoever changes how they are drawn has to record each model anew."""
    assert pictures.digest_of(range(16)) == (
        "739c8bc978928a4ac23fc739e482618699b222c5bb8d1272d3f01e20afbb815c"
    )
    assert pictures.draw(0).shape == (240, 320, 3)


def test_an_error_of_the_program_is_told(tmp_path: Path) -> None:
    """A folder that is no model."""
    outcome = golden.check(tmp_path)

    assert outcome.state == "failed"
    assert "No model" in outcome.told
    ran = subprocess.run([*ALTLENS, "model", "golden", str(tmp_path)], capture_output=True)
    assert ran.returncode == 1
