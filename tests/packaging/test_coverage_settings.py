"""Coverage follows the host into its own process, however that ends."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ASK_THE_HOST = """
import json, struct, subprocess, sys
hello = {"type": "hello", "id": 1, "versions": [1], "client": "test", "client_version": "0"}
body = json.dumps(hello).encode()
host = subprocess.Popen(
    [sys.executable, "-m", "altlens_host"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
)
host.stdin.write(struct.pack("=I", len(body)) + body)
host.stdin.flush()
host.stdout.read(4)
host.terminate() if sys.argv[1] == "SIGTERM" else host.stdin.close()
host.wait()
"""


@pytest.mark.parametrize("ending", ["EOF", "SIGTERM"])
def test_lines_run_in_the_host_process_are_counted(
    ending: str, repository: Path, tmp_path: Path
) -> None:
    """The host ends itself with os._exit; what it ran until then is counted all the same."""
    asks = tmp_path / "ask_the_host.py"
    asks.write_text(ASK_THE_HOST)
    plain = {k: v for k, v in os.environ.items() if not k.startswith(("COVERAGE_", "COV_"))}
    environment = plain | {"COVERAGE_FILE": str(tmp_path / ".coverage")}

    def coverage(*arguments: str) -> None:
        command = [sys.executable, "-m", "coverage", *arguments]
        subprocess.run(command, check=True, cwd=tmp_path, env=environment, capture_output=True)

    settings = f"--rcfile={repository / 'pyproject.toml'}"
    coverage("run", settings, str(asks), ending)
    coverage("combine", settings)
    coverage("json", settings, "-o", "report.json")

    files = json.loads((tmp_path / "report.json").read_text())["files"]
    ran = {Path(name).parts[-2:]: file["functions"] for name, file in files.items()}
    assert ran["altlens_host", "service.py"]["Service.receive"]["executed_lines"]
    assert ran["altlens_host", "__main__.py"]["main.end"]["executed_lines"]
