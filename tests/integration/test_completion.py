"""altlens completion: what the printed script makes a real shell do."""

import shutil
import subprocess
from pathlib import Path

import pytest
from support.installer import Home

BASH = """
source /dev/stdin
COMP_WORDS=({words}) COMP_CWORD={at}
$(complete -p altlens | sed 's/.*-F \\([^ ]*\\).*/\\1/') altlens "${{COMP_WORDS[{at}]}}" ""
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@pytest.mark.parametrize(
    ("words", "offered"),
    [("altlens do", {"doctor"}), ("altlens doctor --p", {"--profile"})],
)
def test_bash_completes_commands_and_options(tmp_path: Path, words: str, offered: set[str]) -> None:
    """After `source <(altlens completion bash)`."""
    script = Home(tmp_path).run("completion", "bash").stdout
    asked = BASH.format(words=words, at=len(words.split()) - 1)

    ran = subprocess.run(
        ["bash", "--norc", "-c", asked], input=script, capture_output=True, text=True, check=True
    )

    assert set(ran.stdout.split()) == offered, ran.stderr


@pytest.mark.parametrize("shell", ["zsh", "fish", "tcsh"])
def test_other_shells_get_a_script_of_their_own(tmp_path: Path, shell: str) -> None:
    """Which that shell can read, where it is on this machine."""
    script = Home(tmp_path).run("completion", shell).stdout

    assert "doctor" in script
    if shell != "tcsh" and shutil.which(shell):
        subprocess.run([shell, "-n"], input=script, text=True, check=True)
