"""What the host refuses before it serves anybody."""

import json
import struct
from pathlib import Path

import pytest

from altlens_host import startup
from altlens_host.errors import (
    ExtensionNotAllowedError,
    ManifestWritableError,
    ModelWritableError,
)
from altlens_host.framing import Frame, FrameDecoder
from altlens_host.models import catalogue
from altlens_host.permissions import replaceable_by_all

ALTLENS = "altlens@altlens"
REPOSITORY = Path(__file__).parents[3]


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """A native manifest as the installer leaves it."""
    path = tmp_path / "native-messaging-hosts" / "altlens.json"
    path.parent.mkdir(mode=0o755)
    path.write_text("{}")
    path.chmod(0o644)
    return path


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A model's folder, of which only the permissions are looked at."""
    folder = tmp_path / "model"
    (folder / "onnx").mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    (folder / "onnx" / "encoder.onnx").write_bytes(b"")
    return folder


def test_firefox_with_our_extension_may_start_the_host(manifest: Path, model: Path) -> None:
    """As it does on every machine, with the model that ships."""
    startup.check([str(manifest), ALTLENS], model)
    startup.check([str(manifest), ALTLENS], catalogue.find("lite").path)


def test_people_may_start_the_host(model: Path) -> None:
    """The altlens command gives none of the browser's arguments."""
    startup.check([], model)
    startup.check([], None)


@pytest.mark.parametrize(
    "arguments",
    [
        ["{manifest}", "other@example.org"],
        ["{manifest}", "ALTLENS@altlens"],
        ["{manifest}", ""],
        ["{manifest}"],
        ["chrome-extension://knldjmfmopnpolahpmmgbagdohdnhkik/"],
        ["{manifest}", ALTLENS, "more"],
    ],
)
def test_another_extension_may_not(manifest: Path, arguments: list[str]) -> None:
    """Whatever the manifest allows."""
    given = [argument.format(manifest=manifest) for argument in arguments]

    with pytest.raises(ExtensionNotAllowedError):
        startup.check(given, None)


def test_the_extensions_are_those_of_the_manifests() -> None:
    """The id stands in three places; they must not drift apart."""
    native = json.loads((REPOSITORY / "manifests" / "altlens.json").read_text())
    extension = json.loads((REPOSITORY / "extension" / "manifest.json").read_text())

    assert tuple(native["allowed_extensions"]) == startup.EXTENSIONS
    assert extension["browser_specific_settings"]["gecko"]["id"] in startup.EXTENSIONS


def test_a_manifest_that_everybody_may_change_is_refused(manifest: Path) -> None:
    """Any user of the machine could name another program in it."""
    manifest.chmod(0o666)

    with pytest.raises(ManifestWritableError, match="altlens") as raised:
        startup.check([str(manifest), ALTLENS], None)
    assert "chmod o-w" in raised.value.hint


def test_a_manifest_that_everybody_may_replace_is_refused(manifest: Path) -> None:
    """The right to write to the folder is the right to put another file there."""
    manifest.parent.chmod(0o777)

    with pytest.raises(ManifestWritableError):
        startup.check([str(manifest), ALTLENS], None)


def test_a_folder_like_tmp_is_no_danger(manifest: Path) -> None:
    """With the sticky bit only its owner may replace a file."""
    manifest.parent.chmod(0o1777)

    startup.check([str(manifest), ALTLENS], None)


def test_a_link_is_judged_by_what_it_points_to(manifest: Path, tmp_path: Path) -> None:
    """Whoever can change the file behind it can change what is read."""
    link = tmp_path / "link.json"
    link.symlink_to(manifest)
    assert not replaceable_by_all(link)

    manifest.parent.chmod(0o777)

    assert replaceable_by_all(link)


def test_a_manifest_that_went_meanwhile_is_no_reason_to_refuse(tmp_path: Path) -> None:
    """Firefox has read it; an update may be replacing it just now."""
    startup.check([str(tmp_path / "gone.json"), ALTLENS], None)


@pytest.mark.parametrize("part", [".", "config.json", "onnx", "onnx/encoder.onnx"])
def test_a_model_that_everybody_may_change_is_refused(model: Path, part: str) -> None:
    """In whichever part: who writes the model writes the captions, and feeds a C++ library."""
    (model / part).chmod(0o777)

    with pytest.raises(ModelWritableError):
        startup.check([], model)


def test_a_model_that_is_not_there_is_somebody_elses_error(tmp_path: Path) -> None:
    """Hello says it, with error 404."""
    startup.check([], tmp_path / "none")


def test_a_refusal_answers_the_request_that_it_refuses() -> None:
    """So that the extension can say what is wrong; what has no id is answered without."""
    error = ExtensionNotAllowedError("Started for another extension.")
    frames = [b'{"type":"hello","id":7}', b"[]", b"{}"]
    decoder = FrameDecoder(1000)
    events = list(decoder.feed(b"".join(struct.pack("=I", len(one)) + one for one in frames)))
    (oversized,) = FrameDecoder(10).feed(struct.pack("=I", 5000))

    replies = [startup.refusal(event, error) for event in (*events, oversized)]

    assert all(isinstance(event, Frame) for event in events)
    assert [(one.id, one.code) for one in replies] == [
        (7, 711),
        (None, 711),
        (None, 711),
        (None, 711),
    ]
