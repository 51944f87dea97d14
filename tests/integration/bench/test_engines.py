"""The benchmark of engines, run once on a tiny model: a host, a peer, and their logits."""

from __future__ import annotations

import json
import sys
from itertools import islice
from pathlib import Path

import pytest
from bench.contenders import TOKENS, Altlens, Command, Contender, Lines
from bench.engines import COLD, measure
from bench.lineup import REFERENCE
from bench.pictures import endless
from bench.processes import Launcher
from bench.rows import Row
from bench.splits import splits
from contract.tiny_model import build

ROUNDS = 3


@pytest.fixture(scope="module")
def contenders(tmp_path_factory: pytest.TempPathFactory) -> list[Contender]:
    """Altlens and the plain loop, with the same tiny model."""
    folder = build(
        tmp_path_factory.mktemp("models") / "tiny", max_length=TOKENS + 1, min_length=TOKENS + 1
    )
    home = tmp_path_factory.mktemp("home")
    launcher = Launcher(folder)
    own = {name: str(home) for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")}
    peer = Command([sys.executable, "-m", "bench.peers.nvda_loop", str(folder), "tuned"])
    forcing = Command([sys.executable, "-m", "bench.forcing", str(folder)])
    return [
        Contender(
            REFERENCE, lambda: Altlens(launcher, own), forcing, lambda: 2_000_000, None, forcing
        ),
        Contender("loop", lambda: Lines(peer), peer, lambda: 1_000_000, None, peer),
        Contender("loop again", lambda: Lines(peer), None, lambda: 1_000_000, "loop"),
    ]


@pytest.fixture(scope="module")
def rows(contenders: list[Contender]) -> dict[str, Row]:
    """Their measurements."""
    return {row.name: row for row in measure(contenders, ROUNDS, forced=2)}


def test_every_contender_is_measured_in_every_way(rows: dict[str, Row]) -> None:
    """Times are there and positive, the first caption takes longer than one more."""
    for row in rows.values():
        assert (len(row.cold), len(row.warm)) == (min(COLD, ROUNDS), ROUNDS)
        assert row.cold_s * 1000 > row.warm_ms > 0
        assert 20 < row.peak_mb < 1000
    assert rows["loop"].model_mb == 1


def test_the_loop_and_altlens_have_the_same_logits(rows: dict[str, Row]) -> None:
    """Both run the same graphs on the same tokens; a peer that did not would be no peer."""
    assert rows[REFERENCE].rel_logit_error == 0
    assert rows["loop"].rel_logit_error == pytest.approx(0, abs=1e-5)
    assert rows["loop"].top1 == 1


def test_a_row_with_the_same_numbers_says_where_they_were_measured(rows: dict[str, Row]) -> None:
    """And its own logits are not measured a second time."""
    again = rows["loop again"]

    assert again.error_of == "loop"
    assert again.rel_logit_error == rows["loop"].rel_logit_error


def test_the_parts_of_a_caption_are_measured(contenders: list[Contender], tmp_path: Path) -> None:
    """Where a program can be looked into, each part takes some time, torch's decoder the most.

    The loop's threads spin: beside other work its one run of the encoder may take longer. So may
    one of the other's, of so small a model; then it is measured again.
    """
    pictures = list(islice(endless(), 4))
    paths = [tmp_path / f"{number}.jpg" for number in range(4)]
    for path, picture in zip(paths, pictures, strict=True):
        path.write_bytes(picture)

    for _ in range(3):
        parts = splits(contenders, paths)
        if parts[0]["decoder"] > parts[0]["encoder"]:
            break

    assert [one["name"] for one in parts] == [REFERENCE, "loop"]
    assert all(one[part] > 0 for one in parts for part in ("picture", "encoder", "decoder"))
    assert parts[0]["decoder"] > parts[0]["encoder"]


def test_a_peer_that_dies_is_no_fast_peer(tmp_path: Path) -> None:
    """A process that ends instead of answering is an error, not a measurement."""
    (tmp_path / "says.py").write_text("print('@' + '{}')")
    dead = Lines(Command([sys.executable, str(tmp_path / "says.py")]))

    first = dead.tell(picture="x")

    assert json.loads(json.dumps(first)) == {}
    with pytest.raises((RuntimeError, BrokenPipeError)):
        dead.tell(picture="x")
