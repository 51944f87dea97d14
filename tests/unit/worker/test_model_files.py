"""The files beside a model's graphs."""

import hashlib
import json
import os
from pathlib import Path

import pytest

from altlens_host.errors import ModelBrokenError, ModelMissingError
from altlens_host.models.catalogue import EMBEDDED, embedded_names, find
from altlens_host.worker.model_files import (
    Check,
    check,
    digest_of,
    first_file,
    read_config,
    real_places,
)
from altlens_host.worker.prepared_files import FILES, FORMAT


@pytest.fixture
def declared(tmp_path: Path) -> Path:
    """A folder with two files, both declared by their digests."""
    folder = tmp_path / "model"
    (folder / "onnx").mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    (folder / "onnx" / "encoder_model.onnx").write_bytes(b"weights")
    files = {
        path.relative_to(folder).as_posix(): {
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest()
        }
        for path in folder.rglob("*.*")
    }
    card = {"id": "m", "revision": "1", "licence": "MIT", "files": files}
    (folder / "altlens.json").write_text(json.dumps(card))
    return folder


@pytest.mark.parametrize("name", embedded_names())
def test_the_models_that_ship_are_what_they_declare(name: str) -> None:
    """Every file that is used, and nothing that is not there."""
    model = find(name)

    assert check(model)
    assert {"config.json", "tokenizer.json"} < set(model.files)
    assert find(str(EMBEDDED / name)).files == model.files


def test_a_changed_file_is_found_before_it_is_opened(declared: Path) -> None:
    """As many bytes, others: a graph that was exchanged or rotted on the disk."""
    (declared / "onnx" / "encoder_model.onnx").write_bytes(b"WEIGHTS")

    with pytest.raises(ModelBrokenError, match=r"onnx/encoder_model\.onnx is not the file"):
        check(find(str(declared)))


def test_a_file_that_is_not_there_is_missing(declared: Path) -> None:
    """Code 404, not 405."""
    (declared / "onnx" / "encoder_model.onnx").unlink()

    with pytest.raises(ModelMissingError, match="encoder_model"):
        check(find(str(declared)))


@pytest.mark.parametrize(
    "name",
    ["generation_config.json", "onnx/encoder_model_quantized.onnx", "model.safetensors"],
)
def test_a_file_beside_the_declared_ones_is_not_used(declared: Path, name: str) -> None:
    """It would be opened instead of, or beside, what was checked."""
    (declared / name).write_text("{}")

    with pytest.raises(ModelBrokenError, match="not among the files"):
        check(find(str(declared)))


def test_graphs_that_another_device_runs_are_checked_beside_prepared_ones(declared: Path) -> None:
    """A card runs the hub's graphs; the processor, which has prepared ones, does not open them."""
    graph = declared / "onnx" / "encoder_model.onnx"
    source = {"sha256": hashlib.sha256(graph.read_bytes()).hexdigest(), "size": 7}
    made = declared / "prepared"
    made.mkdir()
    digests = {}
    for name in FILES:
        (made / name).write_bytes(name.encode())
        digests[name] = {"sha256": hashlib.sha256(name.encode()).hexdigest()}
    card = {
        "format": FORMAT, "variant": "q8", "files": digests,
        "sources": {"onnx/encoder_model.onnx": source},
    }  # fmt: skip
    (made / "prepared.json").write_text(json.dumps(card))
    model = find(str(declared))

    assert check(model) != check(model, every=True)
    graph.write_bytes(b"WEIGHTS")
    assert check(model)
    with pytest.raises(ModelBrokenError, match=r"encoder_model\.onnx is not the file"):
        check(model, every=True)
    graph.unlink()
    assert check(model, every=True)  # taken away when the others were prepared


def test_what_was_checked_is_not_read_again_until_it_is_touched(declared: Path) -> None:
    """By size, time and inode; a change that hides from all three is not looked for."""
    graph = declared / "onnx" / "encoder_model.onnx"
    seen, before = check(find(str(declared))), graph.stat()
    graph.write_bytes(b"WEIGHTS")
    os.utime(graph, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert check(find(str(declared)), seen) == seen
    with pytest.raises(ModelBrokenError):
        check(find(str(declared)), "another")
    os.utime(graph, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    with pytest.raises(ModelBrokenError):
        check(find(str(declared)), seen)


def test_an_exchanged_file_is_read_again_though_size_and_time_are_the_same(declared: Path) -> None:
    """It has another inode."""
    graph = declared / "onnx" / "encoder_model.onnx"
    seen, before = check(find(str(declared))), graph.stat()
    other = graph.with_name("other")
    other.write_bytes(b"WEIGHTS")
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(graph)

    with pytest.raises(ModelBrokenError):
        check(find(str(declared)), seen)


def test_a_folder_that_declares_nothing_is_taken_as_it_is(tmp_path: Path) -> None:
    """Somebody's own model."""
    (tmp_path / "config.json").write_text("{}")

    assert check(find(str(tmp_path))) == ""


def test_links_into_the_hubs_cache_lead_to_what_may_be_read(tmp_path: Path, declared: Path) -> None:
    """The hub keeps the files elsewhere; only those that are linked to are opened."""
    blob = tmp_path / "blobs" / "1234"
    blob.parent.mkdir()
    (declared / "config.json").replace(blob)
    (declared / "config.json").symlink_to(blob)

    assert real_places(find(str(declared))) == [declared, blob.resolve()]


def test_the_better_file_is_taken_where_both_are_there(tmp_path: Path) -> None:
    """The quantized graph before the large one."""
    for name in ("large", "small"):
        (tmp_path / name).touch()

    assert first_file(tmp_path, ["small", "large"]).name == "small"
    assert first_file(tmp_path, ["tiny", "large"]).name == "large"


def test_what_is_nowhere_is_named(tmp_path: Path) -> None:
    """The user learns which file to look for."""
    with pytest.raises(ModelMissingError, match=r"a\.onnx or b\.onnx"):
        first_file(tmp_path, ["a.onnx", "b.onnx"])


def test_a_missing_config_is_missing(tmp_path: Path) -> None:
    """Code 404, not 405."""
    with pytest.raises(ModelMissingError, match=r"config\.json"):
        read_config(tmp_path / "config.json")


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe", b"[" * 100_000])
def test_a_config_that_is_no_object_is_broken(tmp_path: Path, content: bytes) -> None:
    """Whatever a broken disk or an editor made of it, it ends in one error."""
    path = tmp_path / "config.json"
    path.write_bytes(content)

    with pytest.raises(ModelBrokenError, match=r"config\.json"):
        read_config(path)


def test_a_config_of_gigabytes_is_not_read(tmp_path: Path) -> None:
    """A file in the wrong place must not fill the memory."""
    path = tmp_path / "config.json"
    with path.open("wb") as file:
        file.truncate(1 << 30)

    with pytest.raises(ModelBrokenError, match="larger"):
        read_config(path)


def test_a_file_may_be_opened_before_the_others_were_compared(declared: Path) -> None:
    """Each is answered for by itself, and the end by all of them."""
    graph = declared / "onnx" / "encoder_model.onnx"
    graph.write_bytes(b"WEIGHTS")
    check = Check(find(str(declared)))

    check.wait_for(declared / "config.json")
    with pytest.raises(ModelBrokenError, match="encoder_model"):
        check.wait_for(graph)
    with pytest.raises(ModelBrokenError, match="encoder_model"):
        check.finish()


def test_a_graph_waits_for_the_weights_that_it_maps(declared: Path) -> None:
    """Opening it opens them."""
    graph = declared / "onnx" / "encoder_model.onnx"
    weights = graph.with_suffix(".bin")
    weights.write_bytes(b"weights")
    card = declared / "altlens.json"
    said = json.loads(card.read_text())
    said["files"]["onnx/encoder_model.bin"] = {"sha256": hashlib.sha256(b"other").hexdigest()}
    card.write_text(json.dumps(said))

    with pytest.raises(ModelBrokenError, match=r"encoder_model\.bin"):
        Check(find(str(declared))).wait_for(graph)


@pytest.mark.parametrize("data", [b"", b"a", bytes(range(256)) * 5000])
def test_digests_are_those_of_the_whole_file(tmp_path: Path, data: bytes) -> None:
    """An empty file cannot be mapped."""
    (tmp_path / "file").write_bytes(data)

    assert digest_of(tmp_path / "file") == hashlib.sha256(data).hexdigest()
