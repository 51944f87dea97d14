"""The documents say all that there is to say: each check and each error is explained."""

import re
from pathlib import Path

import pytest

import altlens_host.errors
import altlens_installer.errors
from altlens_host.errors import AltlensError
from altlens_host.settings import CHOICES
from altlens_installer.doctor import registry

ROW = re.compile(r"^\| (\d+) \| `(\w+)` \| [^|]+ \| ([^|]+) \|$", re.MULTILINE)
CHECK = re.compile(r"^\| `([\w-]+)` \| [^|]+ \| [^|]+ \|$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#]*)(?:#([^)]*))?\)")
DOCUMENTS = (
    *("ADMIN.md", "ARCHITECTURE.md", "DEVICES.md", "EXTENSION.md", "INSTALL.md", "MANY.md"),
    *("MODELS.md", "PERFORMANCE.md", "PROTOCOL.md", "QUALITY.md", "SECURITY.md", "TRAINING.md"),
    "TROUBLESHOOTING.md",
)


def kinds() -> list[type[AltlensError]]:
    """Return every error that a user can meet."""
    modules = (altlens_host.errors, altlens_installer.errors)
    found = [
        kind
        for module in modules
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, AltlensError)
    ]
    return [kind for kind in found if not kind.__subclasses__()]


def test_every_error_is_explained_with_the_words_that_the_program_uses(repository: Path) -> None:
    """Who looks a number up finds it, and what to do."""
    text = (repository / "docs/TROUBLESHOOTING.md").read_text(encoding="utf-8")

    explained = ROW.findall(text)

    expected = [(str(kind.code), kind.name, kind.hint) for kind in kinds()]
    assert sorted(explained) == sorted(set(expected))


def test_every_check_of_doctor_is_explained(repository: Path) -> None:
    """In the order in which doctor prints them."""
    text = (repository / "docs/TROUBLESHOOTING.md").read_text(encoding="utf-8")

    assert CHECK.findall(text) == [*registry.CHECKS, *registry.WATCHED]


def test_every_setting_is_explained(repository: Path) -> None:
    """In the order in which the host has them."""
    listed = repository / "docs/decisions/0066-where-settings-come-from.md"

    explained = re.findall(r"^\| `(\w+)` \|", listed.read_text(encoding="utf-8"), re.MULTILINE)

    assert explained == [*CHOICES]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_between_the_documents_lead_somewhere(name: str, repository: Path) -> None:
    """To a file or folder that is there, and to a heading in it."""
    here = repository / "docs" / name
    for target, heading in LINK.findall(here.read_text(encoding="utf-8")):
        if target.startswith("https:"):
            continue
        path = here.parent / target if target else here
        assert path.exists(), target
        if not heading:
            continue
        headings = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        anchors = {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings}
        assert heading in anchors, f"{target}#{heading}"


def test_the_extension_tells_of_a_missing_host_in_the_words_of_the_command(
    repository: Path,
) -> None:
    """Code, words and hint are those that doctor and this document have."""
    script = (repository / "extension/background/connection.js").read_text(encoding="utf-8")
    kind = altlens_installer.errors.HostNotStartedError

    told = re.search(r'code: (\d+),\s*message: "(.*)",\s*hint: "(.*)"', script)

    assert told
    assert told.groups() == (str(kind.code), kind.__doc__, kind.hint)
