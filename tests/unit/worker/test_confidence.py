"""How likely a caption is right: always a probability, whatever lies beside the model."""

import hashlib
import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altlens_host.models.catalogue import CALIBRATION, Model
from altlens_host.worker import confidence
from altlens_host.worker.confidence import DEFAULT, MEASURES, Calibration
from altlens_host.worker.engines.interface import SIGNS, Generation

WHOLE = {"version": 1, "bias": 0.5, "weights": {"mean": 2.0}, "plain": 0.6, "hedged": 0.3}
SEEN = dict.fromkeys(MEASURES, 0.0)
numbers = st.floats(-1e6, 1e6)


def stored(folder: Path, data: bytes, digest: str | None = None) -> Model:
    (folder / CALIBRATION).write_bytes(data)
    files = {} if digest is None else {CALIBRATION: digest}
    return Model("m", "1", "MIT", folder, files)


@given(st.dictionaries(st.sampled_from(MEASURES), numbers), numbers, st.lists(numbers, min_size=3))
def test_a_confidence_is_a_probability(
    weights: dict[str, float], bias: float, values: list[float]
) -> None:
    """Whatever was measured."""
    seen = dict(zip(MEASURES, values, strict=False))

    verdict = Calibration(bias, weights, 0.6, 0.3, measured=True).of(seen)

    assert 0 <= verdict.confidence <= 1


@given(st.floats(-20, 0), st.floats(-20, 0))
def test_a_surer_model_is_never_less_confident(one: float, other: float) -> None:
    """The levels follow: what is said plainly stays so when it is likelier."""
    low, high = (DEFAULT.of({**SEEN, "opening": total}) for total in sorted((one, other)))
    order = ["unsure", "hedged", "plain"]

    assert low.confidence <= high.confidence
    assert order.index(low.level) <= order.index(high.level)


@pytest.mark.parametrize(("mean", "level"), [(0.2, "plain"), (-0.3, "hedged"), (-0.9, "unsure")])
def test_the_levels_begin_where_the_file_says(tmp_path: Path, mean: float, level: str) -> None:
    """And such a model says that it was measured."""
    loaded = confidence.load(stored(tmp_path, json.dumps(WHOLE).encode()))

    verdict = loaded.of({**SEEN, "mean": mean})

    assert (verdict.level, verdict.calibrated) == (level, True)


@pytest.mark.parametrize(
    ("probability", "level"), [(0.6, "plain"), (0.4, "hedged"), (0.01, "unsure")]
)
def test_a_model_that_nobody_measured_is_doubted(
    tmp_path: Path, probability: float, level: str
) -> None:
    """Plain is only what it would bet on; and it is said that this was not measured."""
    loaded = confidence.load(Model("m", "1", "MIT", tmp_path))

    assert loaded is DEFAULT
    assert loaded.of({**SEEN, "opening": math.log(probability)})[1:] == (level, False)


def test_a_file_that_the_card_does_not_know_is_not_believed(tmp_path: Path) -> None:
    """Only with the digest of the card."""
    data = json.dumps(WHOLE).encode()

    assert confidence.load(stored(tmp_path, data, "0" * 64)) is DEFAULT
    assert confidence.load(stored(tmp_path, data, hashlib.sha256(data).hexdigest())).measured


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"bias": float("nan")},
        {"bias": "0"},
        {"bias": True},
        {"bias": None},
        {"weights": {}},
        {"weights": []},
        {"weights": {"luck": 1.0}},
        {"weights": {"mean": float("inf")}},
        {"plain": 1.1},
        {"hedged": -0.1},
        {"plain": 0.2},
    ],
)
def test_a_wrong_file_is_as_good_as_none(tmp_path: Path, change: dict[str, object]) -> None:
    """A bad number must not make a caption sound sure."""
    assert confidence.load(stored(tmp_path, json.dumps(WHOLE | change).encode())) is DEFAULT


@given(
    st.binary(max_size=300)
    | st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from([*WHOLE, "mean"]), inner, max_size=5)
        ),
    ).map(lambda one: json.dumps(one).encode())
)
def test_garbage_is_refused_or_read(junk: bytes) -> None:
    """Nothing else than ValueError comes out."""
    try:
        confidence.parse(junk)
    except ValueError:
        return


@pytest.mark.parametrize(
    ("text", "close_up"),
    [
        ("a close up of a dog", 1.0),
        ("Close-up of a dog", 1.0),
        ("a dog close up", 0.0),
        ("a closed umbrella", 0.0),
    ],
)
def test_the_measures_are_those_of_the_tokens_and_the_words(text: str, close_up: float) -> None:
    """The opening is what the caption is about, whatever comes after it."""
    made = Generation((1, 2, 3), (-1.0, -3.0, -0.5), text)

    assert confidence.measures(made) == {"opening": -4.0, "mean": -1.5, "close_up": close_up}
    assert confidence.measures(Generation((1,), (-1.0,), text))["opening"] == -1.0


def test_what_an_encoder_says_of_itself_is_measured_too() -> None:
    """By its names; something of another length is of another kind, and is passed over."""
    signs = tuple(range(len(SIGNS)))

    measured = confidence.measures(Generation((1,), (-1.0,), "a dog", signs))
    without = confidence.measures(Generation((1,), (-1.0,), "a dog", signs[1:]))

    assert [measured[name] for name in SIGNS] == list(signs)
    assert without.keys() == measured.keys() - set(SIGNS)


def test_a_calibration_that_weighs_what_is_not_there_is_not_used() -> None:
    """A model whose encoder says nothing of itself is one that nobody measured."""
    weighs = Calibration(5.0, {"opening": 1.0, SIGNS[0]: 1.0}, 0.5, 0.1, measured=True)
    seen = {"opening": -4.0, "mean": -1.0, "close_up": 0.0}

    assert weighs.of(seen) == DEFAULT.of(seen)
    assert weighs.of({**seen, SIGNS[0]: 0.0}).calibrated


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_makes_nobody_sure(wrong: float) -> None:
    """A card that computes in half floats may give one; without it the opening is left to judge."""
    weighs = Calibration(5.0, {"opening": 1.0, SIGNS[0]: 1.0}, 0.5, 0.1, measured=True)
    seen = {"opening": -4.0, "mean": -1.0, "close_up": 0.0, SIGNS[0]: wrong}

    assert weighs.of(seen) == DEFAULT.of(seen)
    assert weighs.of({**seen, "opening": wrong}) == (0.0, "unsure", False)
