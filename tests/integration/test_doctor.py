"""altlens doctor: each planted fault is named, by one check alone, with what mends it."""

import json
import os
import shlex
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from support.installer import ALTLENS, Home, sources

from altlens_installer import client, install
from altlens_installer.doctor import registry, report
from altlens_installer.doctor.finding import Patient

Plant = Callable[[Patient], Patient | None]


@pytest.fixture
def patient(tmp_path: Path, repository: Path) -> Patient:
    """A home in which everything is as it should be."""
    home = Home(tmp_path)
    folder = home.profile("my profile")
    parts = sources(repository, tuple(client.command()))
    home.put(folder, parts)
    environment = report.session_environment(home.environment())
    return Patient(home.places, (folder,), parts, environment, tuple(client.command()))


def _old_python(patient: Patient) -> Patient:
    return replace(patient, python=(3, 10))


def _new_python(patient: Patient) -> Patient:
    return replace(patient, python=(3, 99))


def _no_manifest(patient: Patient) -> None:
    patient.places.manifest.unlink()


def _manifest(patient: Patient, **change: object) -> None:
    path = patient.places.manifest
    path.write_text(json.dumps(json.loads(path.read_text()) | change))


def _not_json(patient: Patient) -> None:
    patient.places.manifest.write_bytes(patient.places.manifest.read_bytes()[:-4])


def _not_allowed(patient: Patient) -> None:
    _manifest(patient, allowed_extensions=["somebody@else"])


def _launcher_gone(patient: Patient) -> None:
    patient.places.launcher.unlink()


def _launcher_not_executable(patient: Patient) -> None:
    patient.places.launcher.chmod(0o644)


def _interpreter_gone(patient: Patient) -> None:
    assert patient.sources
    gone = replace(patient.sources, host=("/nowhere/python", *patient.host[1:]))
    Home(patient.places.data.parents[2]).put(patient.profiles[0], gone)


def _other_program(patient: Patient) -> None:
    patient.places.launcher.write_text("#!/bin/sh\necho something else\n")


def _needs_the_shell(patient: Patient) -> None:
    path = patient.places.launcher
    path.write_text(path.read_text().replace("exec ", 'test "$MY_SHELL" && exec '))


def _no_profile(patient: Patient) -> Patient:
    return replace(patient, profiles=())


def _no_extension(patient: Patient) -> None:
    install.extension_path(patient.profiles[0]).unlink()


def _other_extension(patient: Patient) -> None:
    install.extension_path(patient.profiles[0]).write_bytes(b"PK")


def _no_preferences(patient: Patient) -> None:
    (patient.profiles[0] / "user.js").unlink()


def _host_ends(patient: Patient) -> Patient:
    return replace(patient, host=("/bin/false",))


def _no_model(patient: Patient) -> Patient:
    return replace(patient, host=(*patient.host, "--model", "/nowhere"))


def _broken_model(patient: Patient) -> Patient:
    folder = patient.places.data / "model"
    shutil.copytree(EMBEDDED, folder)
    for graph in (folder / "onnx").iterdir():
        graph.write_bytes(graph.read_bytes()[:1000])
    return replace(patient, host=(*patient.host, "--model", str(folder)))


EMBEDDED = Path(__file__).parents[2] / "host/altlens_host/models/embedded/lite"

FAULTS: dict[str, dict[Plant, str]] = {
    "python": {_old_python: "fail", _new_python: "warn"},
    "manifest": {
        _no_manifest: "fail",
        _not_json: "fail",
        _not_allowed: "fail",
        _launcher_gone: "fail",
        _launcher_not_executable: "fail",
    },
    "launcher": {_interpreter_gone: "fail", _other_program: "fail", _needs_the_shell: "fail"},
    "extension": {
        _no_profile: "fail",
        _no_extension: "fail",
        _no_preferences: "fail",
        _other_extension: "warn",
    },
    "handshake": {_host_ends: "fail", _no_model: "fail"},
    "caption": {_broken_model: "fail"},
}
PLANTED = [
    (name, plant, status) for name, plants in FAULTS.items() for plant, status in plants.items()
]


def test_all_is_well_after_an_installation(patient: Patient) -> None:
    """Every check passes, and the exit status says so."""
    found = registry.examine(patient)

    assert {name: one.status for name, one in found.items()} == dict.fromkeys(
        registry.CHECKS, "pass"
    )
    assert not any(one.mend for one in found.values())
    assert report.exit_status(found) == 0


@pytest.mark.parametrize(
    ("name", "plant", "status"), PLANTED, ids=[plant.__name__.strip("_") for _, plant, _ in PLANTED]
)
def test_a_planted_fault_is_named_by_its_check_alone(
    patient: Patient, name: str, plant: Plant, status: str
) -> None:
    """With a command that mends it; the others pass, or have nothing to look at."""
    sick = plant(patient) or patient

    found = registry.examine(sick)

    wrong = {one: finding.status for one, finding in found.items() if finding.status != "pass"}
    assert wrong == {name: status}
    assert found[name].mend
    assert found[name].reason.endswith(".")
    assert report.exit_status(found) == (1 if status == "warn" else 2)


def test_every_check_has_a_planted_fault() -> None:
    """A check that nothing can set off is decoration."""
    assert set(FAULTS) == set(registry.CHECKS)


@pytest.mark.parametrize(
    "plant",
    [
        _no_manifest,
        _not_json,
        _launcher_not_executable,
        _interpreter_gone,
        _other_program,
        _no_extension,
        _other_extension,
        _no_preferences,
    ],
    ids=lambda plant: plant.__name__.strip("_"),
)
def test_the_command_that_doctor_prints_mends(
    patient: Patient, tmp_path: Path, plant: Plant
) -> None:
    """Pasted into a shell, as the user would."""
    plant(patient)
    (mend,) = (one.mend for one in registry.examine(patient).values() if one.mend)
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "altlens").write_text(f'#!/bin/sh\nexec {shlex.join(ALTLENS)} "$@"\n')
    (tools / "altlens").chmod(0o755)
    environment = Home(tmp_path).environment() | {"PATH": f"{tools}:{os.environ['PATH']}"}

    ran = subprocess.run(["sh", "-c", mend], env=environment, capture_output=True, text=True)

    assert ran.returncode == 0, ran.stderr
    assert report.exit_status(registry.examine(patient)) == 0


def test_a_check_that_breaks_is_a_failure_and_hides_no_other(patient: Patient) -> None:
    """A manifest that is a folder, for example."""
    patient.places.manifest.unlink()
    patient.places.manifest.mkdir()

    found = registry.examine(patient)

    assert found["manifest"].status == "fail"
    assert found["caption"].status == "pass"


def test_the_command_prints_a_table_and_json(tmp_path: Path) -> None:
    """Nothing is installed here: two checks fail, and the exit status is 2."""
    home = Home(tmp_path)

    table = home.run("doctor")
    listed = home.run("doctor", "--json")

    assert (table.returncode, listed.returncode) == (2, 2)
    assert "To mend manifest, run: altlens install --profile NAME" in table.stdout
    found = {one["check"]: one["status"] for one in json.loads(listed.stdout)}
    assert found["manifest"] == found["extension"] == "fail"
    assert found["handshake"] == found["caption"] == "pass"
