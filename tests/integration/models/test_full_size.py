"""A model of distilvit's full size, with random weights, from the hub to a caption."""

import json
from pathlib import Path

import pytest
from integration.models.conftest import FIRST, REPO, User
from support.hub import FakeHub

from altlens_installer.demo.judge import PICTURES


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_model_of_full_size_goes_the_same_way(
    user: User, hub: FakeHub, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut once in the middle, gone on with, checked, prepared, tried, used and removed."""
    monkeypatch.syspath_prepend(repository)
    from bench import full_size

    hub.add(REPO, full_size.build().layout, FIRST, "v0.5.0")
    hub.cut = [50_000_000]

    ran = user.model("install", "distilvit", timeout=1200)

    assert ran.returncode == 0, ran.stderr
    ranges = [one.headers["range"] for one in hub.requests if "range" in one.headers]
    assert ranges
    assert all(int(one.removeprefix("bytes=").rstrip("-")) > 49_900_000 for one in ranges)
    assert user.used() == {"id": "distilvit", "revision": FIRST}
    assert (user.distilvit / "prepared/prepared.json").is_file(), ran.stdout
    assert user.model("verify").returncode == 0
    said = json.loads(user.home.run("caption", "--json", str(PICTURES / "cat.jpg")).stdout)
    assert (said["model"], said["revision"], said["tokens"]) == ("distilvit", FIRST, 12)
    assert user.model("install", "distilvit", timeout=600).stdout.count("already") == 1
    assert user.model("remove", "distilvit").returncode == 0
    assert user.used()["id"] == "lite"
