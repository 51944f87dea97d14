"""The real Firefox of this machine is found, and understood."""

from pathlib import Path

from altlens_installer.finding.browsers import browsers
from altlens_installer.finding.machine import this_machine


def test_the_real_firefox_is_found(tmp_path: Path) -> None:
    """It is an ESR, whose build says that it does not insist on signatures."""
    found = {one.key: one for one in browsers(this_machine({"HOME": str(tmp_path)}))}

    esr = found["firefox-esr"]
    assert (esr.channel, esr.unsigned, esr.packing) == ("esr", True, "package")
    assert int(esr.version.partition(".")[0]) >= 140
    assert esr.program.is_file()
