"""docs/SECURITY.md names a test for each promise: the tests must be there."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

NAMED = re.compile(r"`(tests/[\w/]+\.(?:py|test\.mjs))(?:::(\w+))?`")
ROW = re.compile(r"^\|(?!---)(.+)\|$", re.MULTILINE)


@pytest.fixture(scope="module")
def promises(repository: Path) -> str:
    return (repository / "docs" / "SECURITY.md").read_text(encoding="utf-8")


@cache
def functions_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_named_test_exists(promises: str, repository: Path) -> None:
    """A test that was renamed or removed takes its promise with it."""
    named = NAMED.findall(promises)
    missing = [
        f"{path}::{name}"
        for path, name in named
        if not (repository / path).is_file()
        or (path.endswith(".py") and name not in functions_in(repository / path))
    ]

    assert len(named) > 40
    assert missing == []


def test_every_promise_has_a_test(promises: str) -> None:
    """No row of a table of promises goes without."""
    headers_and_rows = [row for row in ROW.findall(promises) if "| test" not in row]
    after_trust = [row for row in headers_and_rows if len(row.split(" | ")) == 2]

    assert len(after_trust) > 20
    assert [row for row in after_trust if not NAMED.search(row)] == []
