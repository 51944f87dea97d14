"""The file of settings: what a user can choose, and what a slip in it costs."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altlens_host.settings import CHOICES, Settings, settings_file
from altlens_host.settings_file import MAX_BYTES, with_file


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.json"


def test_no_file_means_the_defaults(file: Path) -> None:
    """Most users have none."""
    assert with_file(Settings(model="m"), file) == Settings(model="m")


def test_what_the_file_says_is_in_force(file: Path) -> None:
    """All that can be chosen; `state` shows it, and the picture's time follows the deadline."""
    chosen = {
        "model": "distilvit",
        "deadline_seconds": 10,
        "idle_seconds": 1.5,
        "warm": True,
        "memory_megabytes": 512,
        "threads": 3,
        "device": "cuda",
        "engine": "torch",
        "neutral_words": False,
        "read_text": False,
        "adult_check": True,
        "resting_seconds": 5,
    }
    file.write_text(json.dumps(chosen))

    found = with_file(Settings(model="m"), file)

    assert found.in_force() == chosen
    assert found.problems == ()
    assert found.answer_seconds == 5
    assert chosen.keys() == CHOICES.keys()


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"{", "Not JSON"),
        (b"[]", "JSON, but a list"),
        (b" " * (MAX_BYTES + 1), "too large"),
        (b'{"idle_seconds": 0}', "idle_seconds: not a number from 1 to 86400"),
        (b'{"idle_seconds": "2"}', "idle_seconds: not a finite number"),
        (b'{"memory_megabytes": 1.5}', "memory_megabytes: not an integer"),
        (b'{"memory_megabytes": 255}', "memory_megabytes: not an integer from 256"),
        (b'{"warm": 1}', "warm: not true or false"),
        (b'{"device": "gpu"}', "device: not one of auto, coreml, cpu, cuda, directml, mps"),
        (b'{"engine": 1}', "engine: not one of auto, onnx, torch"),
        (b'{"model": 1}', "model: not a string of at most 4096"),
        (b'{"colour": "red"}', "'colour': not a field"),
    ],
)
def test_a_slip_costs_only_what_it_concerns(file: Path, body: bytes, problem: str) -> None:
    """The default stands in, and the problem is told."""
    file.write_bytes(body)

    found = with_file(Settings(), file)

    assert found._replace(problems=()) == Settings()
    assert len(found.problems) == 1
    assert problem in found.problems[0]


def test_a_good_field_beside_a_bad_one_counts(file: Path) -> None:
    """One slip does not undo the rest."""
    file.write_text('{"warm": true, "threads": -1, "colour": 1}')

    found = with_file(Settings(), file)

    assert (found.warm, found.threads, len(found.problems)) == (True, 0, 2)


def test_a_folder_in_its_place_is_told(file: Path) -> None:
    """Whatever cannot be read: no exception, the defaults."""
    file.mkdir()

    assert with_file(Settings(), file).problems == ("settings.json: IsADirectoryError.",)


@given(st.binary(max_size=80))
def test_no_content_ends_the_host(tmp_path_factory: pytest.TempPathFactory, body: bytes) -> None:
    """Nothing escapes, whatever stands in the file."""
    path = tmp_path_factory.mktemp("config") / "settings.json"
    path.write_bytes(body)

    assert with_file(Settings(), path).deadline_seconds > 0


@pytest.mark.parametrize(
    ("environ", "place"),
    [
        ({"HOME": "/h"}, "/h/.config/altlens/settings.json"),
        ({"HOME": "/h", "XDG_CONFIG_HOME": ""}, "/h/.config/altlens/settings.json"),
        ({"HOME": "/h", "XDG_CONFIG_HOME": "/c"}, "/c/altlens/settings.json"),
    ],
)
def test_the_file_is_where_the_desktop_specification_says(
    environ: dict[str, str], place: str
) -> None:
    """XDG Base Directory Specification, as platformdirs has it."""
    assert settings_file(environ, "linux") == Path(place)


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_elsewhere_platformdirs_says_where(system: str) -> None:
    """The name is the same on every system."""
    assert settings_file({}, system).parts[-2:] == ("altlens", "settings.json")
