"""A model that was trained, in distilvit's layout: fetched, prepared, and used as prepared."""

import json
import shutil
from pathlib import Path

import pytest
from integration.models.conftest import FIRST, REPO, User

from altlens_installer.demo.judge import PICTURES

PROBE = str(PICTURES / "cat.jpg")


@pytest.fixture
def trained(user: User, repository: Path, tmp_path: Path) -> Path:
    """The model, as the hub's first commit."""
    folder = tmp_path / "trained"
    shutil.unpack_archive(repository / "tests/fixtures/trained.zip", folder)
    user.hub.add(REPO, folder, FIRST, "v0.5.0")
    return folder


def prepared(folder: Path) -> str:
    """Return what a model's graphs were prepared as."""
    return str(json.loads((folder / "prepared/prepared.json").read_text())["variant"])


def words(user: User) -> tuple[str, str]:
    """Return what is said of a picture, and by which revision."""
    said = json.loads(user.home.run("caption", "--json", PROBE).stdout)
    return said["text"], said["revision"]


def test_it_is_prepared_when_it_is_installed(user: User, trained: Path) -> None:
    """With its steps told; and it says the words of the hub's graphs."""
    before = user.home.run("caption", "--json", "--model", str(trained), PROBE)

    ran = user.model("install", "distilvit")

    assert ran.returncode == 0, ran.stderr
    assert "Preparing: " in ran.stderr
    assert "slower" not in ran.stdout
    assert prepared(user.distilvit) == "q8"
    assert words(user) == (json.loads(before.stdout)["text"], FIRST)


@pytest.mark.parametrize("variant", ["precise", "fast"])
def test_from_full_precision_it_goes_by_a_revision_of_its_own(
    user: User, trained: Path, variant: str
) -> None:
    """What is only needed to prepare it does not stay; the other revision does."""
    user.model("install", "distilvit")

    ran = user.model("install", "distilvit", f"--{variant}")

    assert ran.returncode == 0, ran.stderr
    place = user.distilvit.with_name(f"{FIRST}-{variant}")
    assert prepared(place) == variant
    assert words(user)[1] == place.name
    assert sorted(one.name for one in (place / "onnx").iterdir()) == [
        "decoder_model_merged_quantized.onnx",
        "encoder_model_quantized.onnx",
    ]
    assert user.model("verify").returncode == 0
    assert user.model("remove", f"distilvit@{place.name}").returncode == 0
    assert words(user)[1] == FIRST


def test_prepared_graphs_that_were_damaged_are_found_and_made_anew(
    user: User, trained: Path
) -> None:
    """From what is there; nothing is fetched again."""
    user.model("install", "distilvit")
    weights = user.distilvit / "prepared/decoder.bin"
    data = bytearray(weights.read_bytes())
    data[1000] ^= 1
    weights.write_bytes(data)
    said = json.loads(user.home.run("caption", "--json", PROBE).stdout)
    broken = user.model("verify", "distilvit")
    before = user.hub.sent

    ran = user.model("install", "distilvit")

    assert said["error"]["code"] == 405
    assert broken.returncode == 1
    assert "prepared/decoder.bin" in broken.stdout
    assert ran.returncode == 0, ran.stderr
    assert user.hub.sent == before
    assert user.model("verify").returncode == 0
    assert words(user)[1] == FIRST


def test_the_model_that_ships_can_be_had_prepared_by_another_name(user: User) -> None:
    """Its own folder may be one to read only; golden captions of the one are not of the other."""
    before = user.home.run("caption", "--json", "--model", "lite", PROBE)

    ran = user.model(
        "install", "lite-prepared", "--from", user.model("path", "lite").stdout.strip()
    )

    assert ran.returncode == 0, ran.stderr
    assert "slower" not in ran.stdout
    assert user.model("use", "lite-prepared").returncode == 0
    place = Path(user.model("path").stdout.strip())
    assert prepared(place) == "q8"
    assert not (place / "golden.json").exists()
    assert words(user)[0] == json.loads(before.stdout)["text"]
    assert user.model("verify", "lite-prepared").returncode == 0
