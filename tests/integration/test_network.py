"""altlens doctor --network: the promise that no part opens a socket, looked at from outside."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from support.installer import Home

from altlens_installer.doctor import network, report
from altlens_installer.doctor.finding import Patient
from altlens_installer.finding.found import look
from altlens_installer.finding.machine import Machine

HOST = """
import socket, sys
{plant}
from altlens_host.__main__ import main
sys.exit(main([]))
"""

WORKER = """#!{python}
# Runs what it is told to with `-m`, as the interpreter would, and does one thing more.
import _socket, runpy, sys

def ask():
    try:
        _socket.socket(_socket.{family}, _socket.SOCK_STREAM).close()
    except OSError:
        pass

{plant}
sys.argv = sys.argv[sys.argv.index("-m") + 1:]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""

AT_ONCE = "ask()"
BEHIND_THE_SANDBOX = """
def hook(event, arguments):
    if event == "import" and arguments[0] == "numpy":
        ask()

sys.addaudithook(hook)
"""


@pytest.fixture
def patient(tmp_path: Path) -> Patient:
    """The host as it is, in a home of its own."""
    home = Home(tmp_path)
    machine = Machine("linux", home.path, home.environment(), tmp_path / "disk")
    return report.patient_of(look(machine))


def host(plant: str) -> tuple[str, ...]:
    """Return a host that does something more at its start."""
    return (sys.executable, "-c", HOST.format(plant=plant))


def test_host_and_worker_ask_for_no_socket(patient: Patient) -> None:
    """From hello over what is captioned, read and remembered to the end; nothing stays at home."""
    found = network.network(patient)

    assert found.status == "pass", found.reason
    assert "none asked for a socket" in found.reason
    assert not list(Path(patient.environment["HOME"]).rglob("*.sqlite3"))


@pytest.mark.parametrize("family", ["AF_INET", "AF_UNIX"])
def test_a_socket_in_the_host_is_seen(patient: Patient, family: str) -> None:
    """Of whichever family."""
    plant = f"socket.socket(socket.{family}, socket.SOCK_STREAM)"

    found = network.network(replace(patient, host=host(plant)))

    assert found.status == "fail"
    assert f"socket({family}" in found.reason


@pytest.mark.parametrize("plant", [AT_ONCE, BEHIND_THE_SANDBOX], ids=["at once", "sandboxed"])
def test_a_socket_in_the_worker_is_seen(patient: Patient, tmp_path: Path, plant: str) -> None:
    """Also one that it only tries to open, where the sandbox refuses."""
    worker = tmp_path / "python"
    worker.write_text(WORKER.format(python=sys.executable, family="AF_UNIX", plant=plant))
    worker.chmod(0o755)

    found = network.network(replace(patient, host=host(f"sys.executable = {str(worker)!r}")))

    assert found.status == "fail"
    assert "socket(AF_UNIX" in found.reason


def test_a_host_that_does_not_work_is_no_proof(patient: Patient) -> None:
    """Nothing is promised where nothing was watched."""
    found = network.network(replace(patient, host=("/bin/false",)))

    assert found.status == "fail"
    assert "did not work" in found.reason


def test_without_strace_it_says_what_to_install(tmp_path: Path) -> None:
    """With exit status 1: neither well nor broken."""
    ran = Home(tmp_path).run("doctor", "--network", "--json", PATH=str(tmp_path))

    (found,) = json.loads(ran.stdout)
    assert ran.returncode == 1
    assert found["check"] == "network"
    assert found["mend"] == "sudo apt-get install strace"


def test_the_command_watches(tmp_path: Path) -> None:
    """As the user runs it."""
    ran = Home(tmp_path).run("doctor", "--network")

    assert ran.returncode == 0, ran.stdout
    assert "none asked for a socket" in ran.stdout
