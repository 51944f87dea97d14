"""Models from a folder or a zip file, which somebody has carried to this machine."""

import hashlib
import json
import os
import shutil
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from integration.models.conftest import FIRST, User

Prepare = Callable[[Path, Path], Path]
"""Makes something to give to --from out of a published model; takes a folder to make it in."""


def folder(published: Path, _beside: Path) -> Path:
    return published


def packed(published: Path, beside: Path) -> Path:
    """As the hub's own way of packing: one folder in it."""
    return Path(shutil.make_archive(str(beside / "model"), "zip", published.parent, "model"))


def packed_flat(published: Path, beside: Path) -> Path:
    return Path(shutil.make_archive(str(beside / "model"), "zip", published))


def hub_cache(published: Path, beside: Path) -> Path:
    """As huggingface_hub keeps it: links to files named by their digests."""
    snapshot = beside / "models--mozilla--distilvit/snapshots" / FIRST
    blobs = beside / "models--mozilla--distilvit/blobs"
    (snapshot / "onnx").mkdir(parents=True)
    blobs.mkdir()
    for path in published.rglob("*.*"):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        shutil.copy(path, blobs / digest)
        link = snapshot / path.relative_to(published)
        link.symlink_to(os.path.relpath(blobs / digest, link.parent))
    return snapshot


@pytest.mark.parametrize("made", [folder, packed, packed_flat, hub_cache])
def test_a_model_is_installed_without_a_network(
    made: Prepare, user: User, published: Path, tmp_path: Path
) -> None:
    """Checked, tried and used like any other; nothing but its files is taken."""
    source = made(published, tmp_path)

    ran = user.model("install", "distilvit", "--from", str(source), "--offline")

    assert ran.returncode == 0, ran.stderr
    assert user.hub.requests == []
    used = user.used()
    assert used["id"] == "distilvit"
    assert used["revision"] == FIRST if made is hub_cache else used["revision"][:6] == "local-"
    assert user.model("verify").returncode == 0
    place = Path(user.model("path").stdout.strip())
    assert not list(place.glob("*.bin"))
    assert not [one for one in place.rglob("*") if one.is_symlink()]


def test_what_one_machine_fetched_another_takes_with_its_hashes(user: User, tmp_path: Path) -> None:
    """The card goes along, and a file that changed on the way is refused with both hashes."""
    user.model("install", "distilvit")
    stick = tmp_path / "stick"
    shutil.copytree(user.distilvit, stick)
    user.model("remove", "distilvit")
    good = (stick / "tokenizer.json").read_bytes()
    bad = good.replace(b"a", b"b", 1)
    (stick / "tokenizer.json").write_bytes(bad)

    refused = user.model("install", "distilvit", "--from", str(stick))
    (stick / "tokenizer.json").write_bytes(good)
    ran = user.model("install", "distilvit", "--from", str(stick))

    assert refused.returncode == 1
    for data in (good, bad):
        assert hashlib.sha256(data).hexdigest() in refused.stderr
    assert ran.returncode == 0, ran.stderr
    assert user.used() == {"id": "distilvit", "revision": FIRST}


def test_a_folder_of_another_model_is_not_called_distilvit(user: User, repository: Path) -> None:
    """Its card says what it is."""
    lite = repository / "host/altlens_host/models/embedded/lite"

    ran = user.model("install", "distilvit", "--from", str(lite))

    assert ran.returncode == 1
    assert "lite" in ran.stderr
    assert user.used()["id"] == "lite"


def test_somebodys_own_model_gets_a_name(user: User, published: Path) -> None:
    """A fine-tune: chosen by that name, removed by that name."""
    ran = user.model("install", "my-own", "--from", str(published))

    assert ran.returncode == 0, ran.stderr
    assert user.used()["id"] == "lite"
    assert user.model("use", "my-own").returncode == 0
    assert user.used()["id"] == "my-own"
    assert user.model("remove", "my-own").returncode == 0
    assert user.used()["id"] == "lite"


def lacking(published: Path, beside: Path) -> Path:
    shutil.copytree(published, beside / "lacking")
    (beside / "lacking/tokenizer.json").unlink()
    return beside / "lacking"


def only_a_pickle(published: Path, beside: Path) -> Path:
    shutil.copytree(published, beside / "pickle")
    shutil.rmtree(beside / "pickle/onnx")
    return beside / "pickle"


def nothing(_published: Path, beside: Path) -> Path:
    return beside / "nothing.zip"


def no_zip(_published: Path, beside: Path) -> Path:
    path = beside / "model.zip"
    path.write_bytes(b"PK\x03\x04 and no more")
    return path


def _zip(published: Path, beside: Path) -> Path:
    path = beside / "model.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in published.rglob("*.*"):
            name = one.relative_to(published).as_posix()
            archive.writestr(name, one.read_bytes())
    return path


def damaged_zip(published: Path, beside: Path) -> Path:
    path = _zip(published, beside)
    data = bytearray(path.read_bytes())
    start = data.index(b"onnx/decoder_model_merged_quantized.onnx") + 2000
    data[start : start + 100] = bytes(100)
    path.write_bytes(data)
    return path


def bomb(published: Path, beside: Path) -> Path:
    """A gigabyte of nothing in a megabyte."""
    path = _zip(published, beside)
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("onnx/encoder_model_fp16.onnx", "w", force_zip64=True) as file,
    ):
        for _ in range(1024):
            file.write(bytes(1 << 20))
    return path


def bomb_that_lies(published: Path, beside: Path) -> Path:
    """Its directory says that a file is small."""
    path = beside / "model.zip"
    name = "tokenizer.json"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in published.rglob("*.*"):
            inner = one.relative_to(published).as_posix()
            data = one.read_bytes() + (bytes(50 << 20) if inner == name else b"")
            archive.writestr(inner, data)
    data = bytearray(path.read_bytes())
    entry = data.rindex(name.encode()) - 46
    data[entry + 24 : entry + 28] = (3000).to_bytes(4, "little")
    path.write_bytes(data)
    return path


def link_in_zip(published: Path, beside: Path) -> Path:
    path = beside / "model.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for one in published.rglob("*.*"):
            name = one.relative_to(published).as_posix()
            info = zipfile.ZipInfo(name)
            data = one.read_bytes()
            if name == "tokenizer.json":
                info.external_attr = (stat.S_IFLNK | 0o777) << 16
                data = b"/etc/passwd"
            archive.writestr(info, data)
    return path


def _with_card(published: Path, beside: Path, said: str) -> Path:
    """A folder whose card is not ours."""
    shutil.copytree(published, beside / "carded")
    (beside / "carded/altlens.json").write_text(said)
    return beside / "carded"


def card_of_strings(published: Path, beside: Path) -> Path:
    return _with_card(published, beside, '{"files": {"tokenizer.json": "sha256"}}')


def card_of_a_list(published: Path, beside: Path) -> Path:
    return _with_card(published, beside, '["source"]')


def card_without_end(published: Path, beside: Path) -> Path:
    return _with_card(published, beside, "[" * 100_000)


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (lacking, "tokenizer.json"),
        (only_a_pickle, "model.safetensors"),
        (nothing, "nothing.zip"),
        (no_zip, "model.zip"),
        (damaged_zip, "model.zip"),
        (bomb, "encoder_model_fp16.onnx"),
        (bomb_that_lies, "tokenizer.json"),
        (link_in_zip, "link"),
        (card_of_strings, "altlens.json"),
        (card_of_a_list, "altlens.json"),
        (card_without_end, "altlens.json"),
    ],
)
def test_what_is_no_whole_model_is_refused(
    made: Prepare, told: str, user: User, published: Path, tmp_path: Path
) -> None:
    """In a sentence, with nothing installed and the disk not filled."""
    source = made(published, tmp_path)

    ran = user.model("install", "distilvit", "--from", str(source))

    assert ran.returncode == 1
    last = ran.stderr.splitlines()[-1]
    assert told in last
    assert "fault of altlens" not in last
    assert user.used()["id"] == "lite"
    left = [one for one in user.models.rglob("*") if one.is_file()] if user.models.exists() else []
    assert sum(one.stat().st_size for one in left) < 1_000_000


def test_a_zip_file_writes_nowhere_else(user: User, published: Path, tmp_path: Path) -> None:
    """Names that climb, absolute ones, and ones with a drive: none of them becomes a path."""
    path = _zip(published, tmp_path)
    climbing = ["../../../escaped", "/tmp/altlens-escaped", "onnx/../../escaped", "C:\\escaped"]
    with zipfile.ZipFile(path, "a") as archive:
        for name in climbing:
            archive.writestr(name, "out")

    ran = user.model("install", "distilvit", "--from", str(path))

    assert ran.returncode == 0, ran.stderr
    assert list(tmp_path.rglob("*escaped*")) == []
    assert not Path("/tmp/altlens-escaped").exists()
    place = Path(user.model("path").stdout.strip())
    card = json.loads((place / "altlens.json").read_text())
    there = {one.relative_to(place).as_posix() for one in place.rglob("*") if one.is_file()}
    assert there - {one for one in there if one.startswith("prepared/")} == {
        "altlens.json",
        *card["files"],
    }
