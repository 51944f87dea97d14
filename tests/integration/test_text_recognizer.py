"""The quicker recognizer of text, from the user's side: who makes it, and who takes it away."""

import io
import json
import os
from pathlib import Path

import pytest
from support import text_recognizer
from support.installer import Home, tree

from altlens_host.models import recognizer
from altlens_installer import reading

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with one profile."""
    made = Home(tmp_path / "home")
    made.profile("one")
    return made


def test_installing_makes_it_and_uninstalling_leaves_nothing(home: Home) -> None:
    """Once; it is a step of the plan, and what was planned only is not made."""
    profile = str(home.path / ".mozilla/firefox/one")
    wanted = ("install", "--profile", profile, "--allow-unsigned")
    start = tree(home.path)
    place = home.places.data / "text"

    planned = home.run(*wanted, "--dry-run", "--json")
    assert tree(home.path) == start
    ran = home.run(*wanted)
    before = recognizer.within(place).reader.stat().st_mtime_ns
    again = home.run(*wanted)

    assert planned.returncode == ran.returncode == again.returncode == 0, ran.stderr
    steps = json.loads(planned.stdout)["steps"]
    assert [one["where"] for one in steps if one["change"] == "make"] == [str(place)]
    assert f"made       {place}" in ran.stdout
    assert recognizer.quicker([place], recognizer.original()) == recognizer.within(place)
    assert not (place / "new").exists()
    assert recognizer.within(place).reader.stat().st_mtime_ns == before
    assert "nothing was changed" in again.stdout
    card = place / recognizer.CARD
    card.write_text(json.dumps(json.loads(card.read_text()) | {"sources": ["0" * 64] * 2}))

    updated = home.run("update")

    assert f"made       {place}" in updated.stdout
    assert recognizer.quicker([place], recognizer.original()) == recognizer.within(place)

    back = home.run("uninstall")

    assert f"taken back  {place}" in back.stdout
    assert not home.places.data.exists()


def test_it_is_kept_with_the_models_that_are_kept(home: Home) -> None:
    """It takes seconds to make."""
    place = text_recognizer.put(home.places.data)

    home.run("uninstall", "--keep-models")

    assert recognizer.quicker([place], recognizer.original())


def test_it_can_be_taken_away_and_made_by_its_name(home: Home) -> None:
    """As doctor says; that for all users is not taken for the user's own."""
    place = text_recognizer.put(home.places.data)

    there = home.run("model", "install", "text")
    gone = home.run("model", "remove", "text")
    twice = home.run("model", "remove", "text")

    assert "made already" in there.stdout
    assert gone.stdout == f"taken back  {place}\n"
    assert not place.exists()
    assert twice.returncode == 1
    assert len(twice.stderr.splitlines()) == 1


def _refused(place: Path, **changes: object) -> None:
    """Leave behind what making it leaves where the result reads worse."""
    place.mkdir(parents=True, exist_ok=True)
    known = recognizer.original().digests()
    said = {"version": recognizer.VERSION, "sources": known, "why": "It reads worse."}
    (place / recognizer.REFUSAL).write_text(json.dumps(said | changes))


def test_what_was_refused_once_is_not_made_with_each_update(home: Home) -> None:
    """Only where the user asks for it by its name; then the refusal is forgotten."""
    profile = str(home.path / ".mozilla/firefox/one")
    place = home.places.data / "text"
    _refused(place)

    ran = home.run("install", "--profile", profile, "--allow-unsigned")
    updated = home.run("update")

    assert ran.returncode == updated.returncode == 0, ran.stderr + updated.stderr
    assert not any(one.exists() for one in recognizer.within(place))

    made = home.run("model", "install", "text")

    assert f"made       {place}" in made.stdout
    assert not (place / recognizer.REFUSAL).exists()


@pytest.mark.parametrize(
    ("changes", "lacks"),
    [({}, False), ({"version": recognizer.VERSION - 1}, True), ({"sources": ["0" * 64] * 2}, True)],
)
def test_a_refusal_is_for_one_recognizer_and_one_way_of_making(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, object], lacks: bool
) -> None:
    """Another release of either may do better."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_DIRS", "/nowhere")
    _refused(tmp_path / "altlens/text", **changes)

    assert bool(reading.lacking(False)) is lacks
    assert (reading.state(os.environ) == "refused") is not lacks


def test_that_for_all_users_is_enough_for_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But what one user has is not for all."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "own"))
    monkeypatch.setenv("XDG_DATA_DIRS", str(tmp_path / "shared"))
    assert reading.lacking(False)
    text_recognizer.put(tmp_path / "own/altlens")
    assert reading.lacking(False) is None
    assert reading.lacking(True)
    os.rename(tmp_path / "own", tmp_path / "shared")  # noqa: PTH104  # of all of it

    assert reading.lacking(False) is None
    assert reading.lacking(True) is None


def test_a_folder_that_cannot_be_written_costs_the_quicker_one_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is said, in a sentence; an installation goes on."""
    (tmp_path / "shared").write_text("")
    monkeypatch.setenv("XDG_DATA_DIRS", str(tmp_path / "shared"))
    out = io.StringIO()

    assert not reading.make(True, out, io.StringIO())

    assert "is read as before, which takes longer: " in out.getvalue()
    assert str(tmp_path / "shared") in out.getvalue()
    assert len(out.getvalue().splitlines()) == 1
