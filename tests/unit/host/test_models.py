"""Which models are found, and where."""

import json
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altlens_host.errors import ModelBrokenError, ModelMissingError
from altlens_host.models import catalogue, known, store
from altlens_host.settings import system_data_folders

LITE = catalogue.EMBEDDED / "lite"


def put(root: Path, name: str, revision: str, **card: object) -> Path:
    """Put a model where `altlens model install` would."""
    folder = store.home_of(root, name) / revision
    folder.mkdir(parents=True)
    shutil.copy(LITE / "config.json", folder)
    said = {"id": name, "revision": revision, "licence": "Apache-2.0", "files": {}, **card}
    (folder / "altlens.json").write_text(json.dumps(said))
    return folder


def use(folder: Path) -> None:
    """Make a revision the one in use."""
    (folder.parent / "current").write_text(f"{folder.name}\n")


def test_auto_is_distilvit_once_it_is_installed(tmp_path: Path) -> None:
    """And what ships until then."""
    before = catalogue.find("auto", [tmp_path])
    put(tmp_path, "distilvit", "abc")
    after = catalogue.find("auto", [tmp_path])

    assert (before.id, after.id) == ("lite", "distilvit")


def test_no_entry_follows_a_branch_and_all_are_frozen() -> None:
    """What a branch holds tomorrow nobody knows."""
    for entry in known.ENTRIES.values():
        assert entry.revision not in {"main", "master", "HEAD"}
        assert not entry.repo or entry.revision
    with pytest.raises(TypeError):
        known.ENTRIES["distilvit"] = known.ENTRIES["lite"]  # type: ignore[index]
    with pytest.raises(AttributeError):
        known.ENTRIES["distilvit"].revision = "main"  # type: ignore[misc]


@pytest.mark.parametrize("name", ["distilvit", "distilvit@2222222", "owner/name", "owner/name@abc"])
def test_an_installed_model_is_found_by_its_name_and_revision(tmp_path: Path, name: str) -> None:
    """The one in use without a revision; another by the beginning of its commit."""
    use(put(tmp_path, "distilvit", "1" * 40))
    put(tmp_path, "distilvit", "2" * 40)
    put(tmp_path, "owner/name", "abc")

    found = catalogue.find(name, [tmp_path])

    expected = {"distilvit": "1" * 40, "distilvit@2222222": "2" * 40}
    assert (found.id, found.revision) == (name.partition("@")[0], expected.get(name, "abc"))


def test_the_beginning_of_two_revisions_names_none(tmp_path: Path) -> None:
    """Nor does one that is too short to be meant."""
    put(tmp_path, "distilvit", "abcdefg1")
    put(tmp_path, "distilvit", "abcdefg2")

    for revision in ("abcdefg", "abc", ""):
        assert store.revision(tmp_path / "distilvit", revision) is None
    assert store.revision(tmp_path / "distilvit", "abcdefg1")


def test_the_users_own_comes_before_that_for_all(tmp_path: Path) -> None:
    """Whoever installs one for himself wants that one."""
    own, shared = tmp_path / "own", tmp_path / "shared"
    put(shared, "distilvit", "old")
    found_shared = catalogue.find("distilvit", [own, shared])
    put(own, "distilvit", "new")
    found_own = catalogue.find("distilvit", [own, shared])

    assert (found_shared.revision, found_own.revision) == ("old", "new")
    listed = {one.id: one.revision for one in catalogue.available([own, shared])}
    assert listed["distilvit"] == "new"


def test_what_is_being_made_or_removed_is_no_model(tmp_path: Path) -> None:
    """An installation that was killed leaves such folders."""
    for ending in (store.PARTIAL, store.REMOVED):
        put(tmp_path, "distilvit", f"abc{ending}")

    assert catalogue.installed("distilvit", [tmp_path]) is None
    assert [one.id for one in catalogue.available([tmp_path])] == ["lite"]


def test_what_is_being_replaced_is_used_until_the_other_is_there(tmp_path: Path) -> None:
    """Between two renames there is nothing of the right name."""
    folder = put(tmp_path, "distilvit", "abc")
    use(folder)
    folder.rename(folder.with_name("abc.replaced"))

    assert catalogue.find("distilvit", [tmp_path]).revision == "abc"
    assert catalogue.find("distilvit", [tmp_path]).path.name == "abc.replaced"


@pytest.mark.parametrize("current", [None, b"", b"gone", b"../../x", b"\xff\xfe", b"a b\n"])
def test_a_file_that_names_no_revision_costs_no_caption(
    tmp_path: Path, current: bytes | None
) -> None:
    """Then the newest that is there is used."""
    old, new = put(tmp_path, "distilvit", "b"), put(tmp_path, "distilvit", "a")
    os.utime(old / "config.json", (1, 1))
    if current is not None:
        (tmp_path / "distilvit/current").write_bytes(current)

    assert catalogue.installed("distilvit", [tmp_path]) == new


def test_a_card_that_cannot_be_read_is_told_and_hides_no_other_model(tmp_path: Path) -> None:
    """The list of all goes on without it."""
    broken = put(tmp_path, "distilvit", "abc")
    (broken / "altlens.json").write_text("{")
    put(tmp_path, "owner/name", "abc")

    with pytest.raises(ModelBrokenError):
        catalogue.find("distilvit", [tmp_path])
    assert [one.id for one in catalogue.available([tmp_path])] == ["lite", "owner/name"]


def test_a_known_model_that_is_missing_names_the_command_that_installs_it(tmp_path: Path) -> None:
    """The host passes the hint on to the extension."""
    with pytest.raises(ModelMissingError) as caught:
        catalogue.find("distilvit-coco", [tmp_path])

    assert caught.value.hint == "Run: altlens model install distilvit-coco"
    assert ModelMissingError.hint == "Run: altlens doctor"


@given(st.text(max_size=30))
def test_no_name_leads_out_of_the_folder_of_models(name: str) -> None:
    """Names come from a command line and from a file of settings."""
    if store.ID.fullmatch(name):
        home = store.home_of(Path("/models"), name)
        assert home.parent == Path("/models")
        assert home.name not in {"", ".", ".."}
    assert catalogue.installed(name, [Path("/models")]) is None


@pytest.mark.parametrize(
    ("environ", "system", "places"),
    [
        ({}, "linux", ["/usr/local/share/altlens", "/usr/share/altlens"]),
        ({"XDG_DATA_DIRS": "/a:b:/c"}, "linux", ["/a/altlens", "/c/altlens"]),
        ({}, "darwin", ["/Library/Application Support/altlens"]),
        ({"PROGRAMDATA": "/pd"}, "win32", ["/pd/altlens"]),
    ],
)
def test_models_for_all_are_where_each_system_keeps_such(
    environ: dict[str, str], system: str, places: list[str]
) -> None:
    """XDG Base Directory Specification; relative paths in it do not count."""
    assert [str(one) for one in system_data_folders(environ, system)] == places
