"""altlens model list, use, path, verify and remove, and what the host makes of it."""

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from integration.models.conftest import FIRST, User
from support.host_process import HELLO, HostProcess
from support.installer import ALTLENS

from altlens_installer.demo.judge import PICTURES


def test_the_list_says_what_each_is_for_and_which_is_in_use(user: User) -> None:
    """Also of those that are not installed: how large, which revision, which licence."""
    before = user.model("list").stdout
    rows = {one["id"]: one for one in json.loads(user.model("list", "--json").stdout)}
    user.model("install", "distilvit")
    after = {one["id"]: one for one in json.loads(user.model("list", "--json").stdout)}

    assert list(rows) == ["distilvit", "distilvit-coco", "lite"]
    assert all(one in before for one in ("distilvit-coco", "187 MB", "Apache-2.0", "in use"))
    assert rows["distilvit"]["revision"] == "v0.5.0"
    assert rows["distilvit-coco"]["revision"] == "3083a3cef6e3c8dd90df3f088074bbe836b0f403"
    assert [one["used"] for one in rows.values()] == [False, False, True]
    assert [one["used"] for one in after.values()] == [True, False, False]
    assert after["distilvit"]["revision"] == FIRST


def test_what_was_begun_is_in_the_list_and_can_be_removed(user: User) -> None:
    """It takes room."""
    user.hub.fault = lambda _method, path: 404 if "decoder" in path else None
    user.model("install", "distilvit")

    (one,) = (
        row for row in json.loads(user.model("list", "--json").stdout) if row["id"] == "distilvit"
    )
    ran = user.model("remove", "distilvit")

    assert one["state"] == "begun to download"
    assert ran.returncode == 0, ran.stderr
    assert not (user.models / "distilvit").exists()


def test_a_choice_is_kept_beside_the_other_settings(user: User) -> None:
    """Nothing that a person has written there is lost."""
    settings = user.home.path / ".config/altlens/settings.json"
    settings.parent.mkdir(parents=True)
    settings.write_text('{"threads": 2}')
    user.model("install", "distilvit")

    chosen = user.model("use", "lite")
    said = json.loads(settings.read_text())
    again = user.model("use", "lite")
    back = user.model("use", "auto")

    assert "next start" in chosen.stdout
    assert said == {"threads": 2, "model": "lite"}
    assert "already" in again.stdout
    assert json.loads(settings.read_text()) == {"threads": 2}
    assert [one.returncode for one in (chosen, again, back)] == [0, 0, 0]
    assert user.used()["id"] == "distilvit"


def test_settings_that_cannot_be_read_are_left(user: User) -> None:
    """What cannot be read cannot be written anew without losing it."""
    settings = user.home.path / ".config/altlens/settings.json"
    settings.parent.mkdir(parents=True)
    settings.write_text('{"threads": 2')

    ran = user.model("use", "lite")

    assert ran.returncode == 1
    assert settings.read_text() == '{"threads": 2'


def test_a_folder_can_be_chosen(user: User, published: Path) -> None:
    """By its absolute path; the host has another working folder."""
    ran = subprocess.run(
        [*ALTLENS, "model", "use", "model"],
        env=user.environment(),
        cwd=published.parent,
        capture_output=True,
        text=True,
    )

    assert ran.returncode == 0, ran.stderr
    assert user.model("path").stdout.strip() == str(published)


@pytest.mark.parametrize("command", ["use", "path", "remove", "verify"])
@pytest.mark.parametrize("name", ["distilvit", "nowhere", "../../nowhere", "a/b/c"])
def test_a_model_that_is_not_there_is_one_line(user: User, command: str, name: str) -> None:
    """With what could be done; and no name leads out of the folder of models."""
    ran = user.model(command, name)

    assert ran.returncode == 1
    (line,) = ran.stderr.splitlines()
    assert name in line
    assert "fault of altlens" not in line
    if name == "distilvit" and command != "remove":
        assert "Run: altlens model install distilvit" in line


def test_what_ships_with_altlens_is_not_removed(user: User) -> None:
    """Nor is what an administrator has installed."""
    ran = user.model("remove", "lite")

    assert ran.returncode == 1
    assert "ships with altlens" in ran.stderr


def test_one_revision_can_be_removed(user: User, republished: Path) -> None:
    """The other is used then."""
    second = "2" * 40
    user.hub.add("mozilla/distilvit", republished, second)
    user.model("install", "distilvit")
    ran = user.model("install", "distilvit", "--revision", second)

    removed = user.model("remove", f"distilvit@{second[:7]}")

    assert f"altlens model remove distilvit@{FIRST}" in ran.stdout
    assert removed.returncode == 0, removed.stderr
    assert user.used() == {"id": "distilvit", "revision": FIRST}
    assert user.model("remove", "distilvit@7777777").returncode == 1


def test_a_changed_file_is_found_with_both_hashes(user: User) -> None:
    """By verify, and by the worker before it opens one."""
    user.model("install", "distilvit")
    graph = user.distilvit / "onnx/encoder_model_quantized.onnx"
    data = bytearray(graph.read_bytes())
    data[200] ^= 1
    graph.write_bytes(data)

    ran = user.model("verify", "--json")
    said = user.home.run("caption", "--json", str(PICTURES / "cat.jpg"))

    assert ran.returncode == 1
    faults = {one["id"]: one["faults"] for one in json.loads(ran.stdout)}
    assert faults["lite"] == []
    card = json.loads((user.distilvit / "altlens.json").read_text())
    assert card["files"]["onnx/encoder_model_quantized.onnx"]["sha256"] in faults["distilvit"][0]
    assert json.loads(said.stdout)["error"]["code"] == 405


def test_a_model_for_all_users_is_found_and_only_read(user: User, tmp_path: Path) -> None:
    """An administrator put it there; a user's own of that name comes first."""
    shared = tmp_path / "share"
    user.model("install", "distilvit")
    (shared / "altlens").mkdir(parents=True)
    shutil.move(user.models, shared / "altlens/models")
    places = {"XDG_DATA_DIRS": f"/nowhere:{shared}"}

    listed = json.loads(user.model("list", "--json", **places).stdout)
    removed = user.model("remove", "distilvit", **places)
    said = user.home.run("caption", "--json", str(PICTURES / "cat.jpg"), **places)

    assert [one["id"] for one in listed if one["used"]] == ["distilvit"]
    assert removed.returncode == 1
    assert "for all users" in removed.stderr
    assert json.loads(said.stdout)["model"] == "distilvit"


def test_an_administrator_installs_for_all_users(user: User, tmp_path: Path) -> None:
    """Readable for everybody, changeable for its owner alone."""
    shared = tmp_path / "share"
    places = {"XDG_DATA_DIRS": str(shared)}

    ran = subprocess.run(
        [*ALTLENS, "model", "install", "distilvit", "--system"],
        env=user.environment(**places),
        capture_output=True,
        text=True,
        timeout=110,
        preexec_fn=lambda: os.umask(0o077),
    )

    assert ran.returncode == 0, ran.stderr
    place = shared / "altlens/models/distilvit" / FIRST
    above = [place, *list(place.parents)[:4], place.parent / "current"]
    files = [*above, *place.rglob("*")]
    assert all(one.stat().st_mode & 0o044 == 0o044 for one in files)
    assert all(one.stat().st_mode & 0o022 == 0 for one in files)
    assert not user.models.exists()
    assert user.model("remove", "distilvit", "--system", **places).returncode == 0
    assert not place.exists()


def test_a_host_that_runs_keeps_its_model_until_its_next_start(user: User) -> None:
    """What it told Firefox holds: a worker that it starts later has that model, too."""
    cat = (PICTURES / "cat.jpg").read_bytes()
    with HostProcess(home=user.home.path) as host:
        welcome = host.greet()
        user.model("install", "distilvit")
        host.caption(2, cat)
        first = host.wait(2)
    with HostProcess(home=user.home.path) as host:
        host.ask(**HELLO)
        later = host.wait(1)
        host.caption(2, cat)
        second = host.wait(2)

    assert (welcome["model"], first["model"]) == ("lite", "lite")
    assert (later["model"], second["model"]) == ("distilvit", "distilvit")
    assert {one["id"] for one in later["models"]} == {"lite", "distilvit"}


def test_what_firefox_starts_follows_the_settings_and_what_a_person_types_does_not(
    user: User,
) -> None:
    """A launcher that names a model was written at the installation; the choice came later."""
    user.model("install", "distilvit")
    user.model("use", "lite")
    browser = ("--model", "distilvit", "/nowhere/altlens.json", "altlens@altlens")

    with HostProcess(*browser, home=user.home.path) as host:
        started_by_firefox = host.greet()["model"]
    with HostProcess("--model", "distilvit", home=user.home.path) as host:
        typed = host.greet()["model"]

    assert (started_by_firefox, typed) == ("lite", "distilvit")


def test_the_demonstration_shows_the_model_in_use(user: User) -> None:
    """It has a home of its own, in which nothing is installed; this one's words make no sense."""
    nothing = user.home.path / "bin"
    nothing.mkdir()
    shipped = user.home.run("demo", "--headless", PATH=str(nothing))
    user.model("install", "distilvit")

    ran = user.home.run("demo", "--headless", PATH=str(nothing))

    assert "All well" in shipped.stdout
    assert ran.returncode == 1
    assert "Not well" in ran.stdout


def test_uninstalling_altlens_leaves_no_choice_of_a_model_that_went(user: User) -> None:
    """Installed again, it captions with what ships."""
    user.home.profile()
    user.model("install", "distilvit")
    user.model("use", "distilvit")

    ran = user.home.run("uninstall")

    assert ran.returncode == 0, ran.stderr
    assert not user.models.exists()
    assert user.used()["id"] == "lite"
    settings = user.home.path / ".config/altlens/settings.json"
    assert "model" not in json.loads(settings.read_text())


def test_the_host_starts_as_quickly_with_models_installed(user: User) -> None:
    """It reads cards, and no file of a model: a card beside gigabytes costs the same."""
    user.model("install", "distilvit")
    graph = user.distilvit / "onnx/encoder_model_quantized.onnx"
    graph.unlink()
    subprocess.run(["mkfifo", str(graph)], check=True)  # who opens it, waits for ever

    began = time.monotonic()
    with HostProcess(home=user.home.path) as host:
        assert host.greet()["model"] == "distilvit"
    assert time.monotonic() - began < 60
