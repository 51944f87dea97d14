"""altlens doctor: what it says where all is well, where nothing is installed, and on paper."""

import json
from pathlib import Path

import pytest
from support.bed import Bed, bed
from support.installer import Home

from altlens_installer import everyone
from altlens_installer.apply import apply
from altlens_installer.doctor import registry, report
from altlens_installer.install import Host
from altlens_installer.store import Store


@pytest.fixture
def installed(tmp_path: Path, repository: Path) -> Bed:
    """A machine on which everything is as it should be."""
    return bed(tmp_path, repository)


def test_all_is_well_after_an_installation(installed: Bed) -> None:
    """Every check that has something to look at passes, and the exit status says so."""
    found = installed.examined(registry.CHECKS)

    assert {name: one.reason for name, one in found.items() if one.status != "pass"} == {}
    assert set(registry.CHECKS) - set(found) == {"portal", "policy", "adult-check"}
    assert not any(one.mend for one in found.values())
    assert report.exit_status(found) == 0


def test_a_check_that_breaks_is_a_failure_and_hides_no_other(installed: Bed) -> None:
    """A manifest that is a folder, for example."""
    installed.manifest.unlink()
    installed.manifest.mkdir()

    found = installed.examined(registry.CHECKS)

    assert found["manifest"].status == "fail"
    assert found["caption"].status == "pass"


def test_the_command_prints_a_table_and_json(tmp_path: Path) -> None:
    """Nothing is installed here: two checks fail, and the exit status is 2."""
    home = Home(tmp_path)

    table = home.run("doctor")
    listed = home.run("doctor", "--json")

    assert (table.returncode, listed.returncode) == (2, 2)
    assert "To mend manifest, run: altlens install" in table.stdout
    found = {one["check"]: one for one in json.loads(listed.stdout)}
    assert found["manifest"]["status"] == found["extension"]["status"] == "fail"
    assert found["handshake"]["status"] == found["caption"]["status"] == "pass"
    assert all(one["reason"].endswith(".") for one in found.values())


def test_a_library_that_does_not_load_hides_no_other_check(tmp_path: Path) -> None:
    """Here only doctor's own process meets it: the host is started as Firefox starts it."""
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "cryptography.py").write_text("raise ImportError('libssl.so.3')")

    listed = Home(tmp_path).run("doctor", "--json", PYTHONPATH=str(broken))

    found = {one["check"]: one["status"] for one in json.loads(listed.stdout)}
    assert found["caption"] == found["settings"] == found["sandbox"] == "pass"
    assert "cache" not in found


def test_one_profile_can_be_asked_about(installed: Bed) -> None:
    """A profile without altlens is named by its own name, though another has it."""
    other = installed.home.profile("other")

    listed = installed.home.run("doctor", "--json", "--profile", str(other))

    found = {one["check"]: one for one in json.loads(listed.stdout)}
    assert listed.returncode == 2
    assert str(other) in found["extension"]["reason"]
    assert str(other) in found["extension"]["mend"]


def test_what_an_administrator_installed_for_all_is_well(tmp_path: Path, repository: Path) -> None:
    """Host and policies are in the system's folders, and nothing is in the user's home."""
    machine = bed(tmp_path, repository)
    machine.home.take()
    found = machine.patient().found
    host = Host(everyone.folder(found.machine))
    plan = everyone.by_policy(found.browsers, host, machine.parts, Store(), {}, unsigned=True)

    apply(plan, Store())

    said = machine.examined(registry.CHECKS)
    assert not machine.manifest.exists()
    assert {name: one.reason for name, one in said.items() if one.status != "pass"} == {}
    assert said["extension"].reason == "The extension comes by an administrator's policy."
    assert "policy" in said
