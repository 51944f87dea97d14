"""A hub on this machine, and a home to install its models into."""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from contract.tiny_model import LAYOUTS, build
from huggingface_hub import constants
from support.hub import FakeHub, serve
from support.installer import ALTLENS, Home

REPO = "mozilla/distilvit"
FIRST, SECOND = "1" * 40, "2" * 40
"""Two commits."""


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small model of distilvit's layout, with what its repository holds besides."""
    folder = build(tmp_path_factory.mktemp("published") / "model")
    _publish(folder)
    return folder


@pytest.fixture(scope="session")
def republished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The next commit of it: other words are allowed."""
    folder = build(tmp_path_factory.mktemp("republished") / "model", max_length=10)
    _publish(folder)
    return folder


def _publish(folder: Path) -> None:
    (folder / "altlens.json").unlink()
    (folder / "pytorch_model.bin").write_bytes(b"\x80\x04a pickle, which nobody must fetch.")
    (folder / "README.md").write_text("# A model\n")
    for layout in ("fp32 names",):
        full = build(folder / "full", LAYOUTS[layout])
        for graph in (full / "onnx").iterdir():
            graph.rename(folder / "onnx" / graph.name)
        for path in full.rglob("*.*"):
            path.unlink()
        (full / "onnx").rmdir()
        full.rmdir()


@pytest.fixture
def hub(published: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    """A hub that has the first commit, with the tag that altlens knows."""
    # The torch engine forbids the process that it is in to use the network; an earlier test's may
    # have been this one.
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    with serve() as made:
        made.add(REPO, published, FIRST, "v0.5.0")
        yield made


@dataclass(frozen=True)
class User:
    """Somebody who types commands."""

    home: Home
    hub: FakeHub

    @property
    def models(self) -> Path:
        """The folder of models."""
        return self.home.places.data / "models"

    @property
    def distilvit(self) -> Path:
        """The folder of the first commit of distilvit."""
        return self.models / "distilvit" / FIRST

    def environment(self, **more: str) -> dict[str, str]:
        """Return the environment of a command."""
        own = self.home.environment()
        # Of the user who runs the tests, or of the torch engine where an earlier test loaded it.
        own.pop("HF_HUB_OFFLINE", None)
        return {
            **own,
            "HF_ENDPOINT": self.hub.address,
            "HF_HOME": str(self.home.path / "hf"),
            **more,
        }

    def model(
        self, *arguments: str, timeout: float = 110, **more: str
    ) -> subprocess.CompletedProcess[str]:
        """Run altlens model, with more of an environment."""
        return subprocess.run(
            [*ALTLENS, "model", *arguments],
            env=self.environment(**more),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
        )

    def begin(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start altlens model, without waiting."""
        return subprocess.Popen(
            [*ALTLENS, "model", *arguments],
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def used(self) -> dict[str, str]:
        """Return what a Firefox would be told about the model in use."""
        ran = self.model("list", "--json")
        assert ran.returncode == 0, ran.stderr
        (one,) = (row for row in json.loads(ran.stdout) if row["used"])
        return {"id": one["id"], "revision": one["revision"]}


@pytest.fixture
def user(tmp_path: Path, hub: FakeHub) -> User:
    """A user with an empty home."""
    folder = tmp_path / "home"
    folder.mkdir()
    return User(Home(folder), hub)


def size(folder: Path) -> int:
    """Return how many bytes lie below a folder."""
    return sum(one.stat().st_size for one in folder.rglob("*") if one.is_file())
