"""The quicker recognizer of text: what is changed in the original, what it reads, when it is used.

All is real: the recognizer of rapidocr's wheel, and the program that makes another of it.
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from support.edits import distance
from support.text_recognizer import command, made, put

from altlens_host.models import recognizer
from altlens_host.models.recognizer import CARD, REFUSAL, Graphs, within
from altlens_host.worker.prepare import text, text_checking, text_graph, text_samples
from altlens_host.worker.prepare.refusal import RefusedError
from altlens_host.worker.prepare.text_samples import Drawn
from altlens_host.worker.text import line_reader
from altlens_host.worker.text.line_pixels import HEIGHT, LOW, LOWEST, normalized, pixels
from altlens_host.worker.text.line_reader import DOUBTFUL, LineReader, likeliest, open_one
from altlens_host.worker.text.recognition import Recognizer, open_parts
from altlens_installer import reading

STROKES = {
    "日": [(4, 2, 4, 26), (20, 2, 20, 26), (4, 2, 20, 2), (4, 14, 20, 14), (4, 26, 20, 26)],
    "田": [
        *((2, 4, 2, 24), (22, 4, 22, 24), (12, 4, 12, 24)),
        *((2, 4, 22, 4), (2, 14, 22, 14), (2, 24, 22, 24)),
    ],
    "王": [(3, 4, 21, 4), (3, 14, 21, 14), (1, 25, 23, 25), (12, 4, 12, 25)],
    "中": [(4, 8, 4, 18), (20, 8, 20, 18), (4, 8, 20, 8), (4, 18, 20, 18), (12, 2, 12, 27)],
}

SAYS = "Will all fifty pupils still fill the little hall at 7.45?"


def line(size: int, ink: str = "black", paper: str = "white", says: str = SAYS) -> Drawn:
    """Draw a line as it is cut out of a page."""
    font = ImageFont.load_default(size)
    image = Image.new("RGB", (round(font.getlength(says)) + 8, size * 5 // 4), paper)
    ImageDraw.Draw(image).text((4, size // 8), says, ink, font)
    return Drawn(np.ascontiguousarray(np.asarray(image)[:, :, ::-1]), says)


def of_strokes(says: str) -> NDArray[np.uint8]:
    """Draw Han characters that are nothing but straight strokes; Pillow's typeface has none."""
    image = Image.new("RGB", (28 * len(says) + 10, 34), "white")
    draw = ImageDraw.Draw(image)
    for at, character in enumerate(says):
        for x0, y0, x1, y1 in STROKES[character]:
            draw.line((6 + 28 * at + x0, 3 + y0, 6 + 28 * at + x1, 3 + y1), "black", 2)
    return np.ascontiguousarray(np.asarray(image)[:, :, ::-1])


def reader(place: Path) -> LineReader:
    """Open what reads lines, as the worker does where a quicker one may lie."""
    return open_parts(1, [place])[1]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where a quicker recognizer lies, whole."""
    return put(tmp_path / "altlens")


@pytest.fixture(scope="module")
def changed() -> onnx.ModelProto:
    """The original, changed so that it takes every height."""
    model = onnx.load(recognizer.original().reader)
    text_graph.of_any_height(model)
    return model


def test_of_a_line_of_its_own_height_the_changed_graph_says_the_same(
    changed: onnx.ModelProto,
) -> None:
    """The mean of three rows, then of two columns, is that of all six."""
    given = {"x": normalized(pixels(line(20).line, HEIGHT))}

    (before,) = onnxruntime.InferenceSession(recognizer.original().reader).run(None, given)
    (after,) = onnxruntime.InferenceSession(changed.SerializeToString()).run(None, given)

    assert np.abs(after - before).max() < 1e-4


def test_the_changed_graph_takes_lower_lines(changed: onnx.ModelProto) -> None:
    """With as many steps as before: one for 8 pixels of width."""
    given = normalized(pixels(line(24).line, LOW))
    assert given.shape[2] == LOW

    (said,) = onnxruntime.InferenceSession(changed.SerializeToString()).run(None, {"x": given})

    assert said.shape[1] == round(given.shape[3] / 8)


def _no_pool(model: onnx.ModelProto) -> None:
    (pool,) = (one for one in model.graph.node if one.op_type == "AveragePool")
    pool.op_type = "MaxPool"


def _other_pool(model: onnx.ModelProto) -> None:
    (pool,) = (one for one in model.graph.node if one.op_type == "AveragePool")
    next(one for one in pool.attribute if one.name == "kernel_shape").ints[0] = 2


def _no_softmax(model: onnx.ModelProto) -> None:
    (last,) = [one for one in model.graph.node if one.op_type == "Softmax"][-1:]
    last.op_type = "Sigmoid"
    del last.attribute[:]


def _no_product(model: onnx.ModelProto) -> None:
    (last,) = [one for one in model.graph.node if one.op_type == "MatMul"][-1:]
    (total,) = (one for one in model.graph.node if last.output[0] in one.input)
    total.op_type = "Mul"


def _no_characters(model: onnx.ModelProto) -> None:
    del model.metadata_props[:]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (_no_characters, "KeyError"),
        (_no_pool, "pool"),
        (_other_pool, "pool"),
        (_no_softmax, "softmax"),
        (_no_product, "product"),
    ],
)
def test_a_recognizer_that_is_built_otherwise_is_left_alone(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[onnx.ModelProto], None],
    why: str,
) -> None:
    """A release of rapidocr may carry another; what lies there stays as it was."""
    model = onnx.load(recognizer.original().reader)
    change(model)
    onnx.save(model, tmp_path / "other.onnx")

    source = recognizer.original()._replace(reader=tmp_path / "other.onnx")
    monkeypatch.setattr(text, "original", lambda: source)

    is_refused(source, why, tmp_path / "text")


def is_refused(source: Graphs, why: str, place: Path) -> None:
    """See that nothing is made of a recognizer, and that this is remembered of it alone."""
    place.mkdir()

    with pytest.raises(RefusedError, match=why):
        text.make(place, lambda share, step: None)

    assert [one.name for one in place.iterdir()] == [REFUSAL]
    assert why in recognizer.refusal([place], source)
    assert not recognizer.refusal([place], recognizer.original())


def test_nearly_all_of_it_is_computed_in_8_bits(tmp_path: Path) -> None:
    """Where onnxruntime has to turn bytes into floats between convolutions, half the time goes."""
    run = operations(within(made() / "altlens/text").reader, tmp_path / "run.onnx")

    assert run["Conv"] + run["FusedConv"] + run["Gelu"] == 0
    assert run["Gemm"] == 1  # with one column, for the steps that say no character
    assert run["QLinearConv"] == 57
    assert run["QGemm"] == text_graph.PARTS + 1
    assert run["QLinearSigmoid"] == 13
    assert run["DequantizeLinear"] < run["QLinearConv"] / 2


def test_the_detector_is_computed_in_8_bits_until_its_map_is_made_larger(tmp_path: Path) -> None:
    """Its last operations are a tenth of its time, and onnxruntime has them in floats alone."""
    run = operations(within(made() / "altlens/text").detector, tmp_path / "run.onnx")

    assert run["Conv"] + run["FusedConv"] + run["Gelu"] == 0
    assert run["QLinearConv"] == 83
    assert run["QLinearSigmoid"] == 13
    assert run["ConvTranspose"] == 2


def operations(graph: Path, run: Path) -> Counter[str]:
    """Count what onnxruntime runs of a graph; it writes that into a file."""
    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath = str(run)
    onnxruntime.InferenceSession(graph, options)
    return Counter(one.op_type for one in onnx.load(run).graph.node)


@pytest.mark.parametrize("seed", [7, 8])
def test_it_finds_the_lines_that_the_original_finds(seed: int) -> None:
    """Of pages that it was not made with, dark on light and light on dark, also turned a little."""
    page = text_samples.page(seed)
    turned = page.rotate(3, fillcolor=page.getpixel((0, 0)))
    quicker, _ = open_parts(1, [made() / "altlens/text"])
    original, _ = open_parts(1, [])

    for one in (page, turned):
        before, after = original.find(one), quicker.find(one)
        assert len(after) == len(before) > 8
        assert np.abs(after - before).max() <= 4


@given(
    logits=arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(2, 99))),
    scale=st.floats(0.05, 0.5),
)
def test_how_sure_it_is_of_a_step_is_what_a_softmax_says(
    logits: NDArray[np.uint8], scale: float
) -> None:
    """Up to what characters that are out of the question would add; 0 stands for those."""
    logits[:, 0] = np.maximum(logits[:, 0], 1)
    weights = np.where(logits, np.exp(logits * scale - logits.max(axis=1)[:, None] * scale), 0)
    right = 1 / weights.sum(axis=1)

    assert likeliest(logits, scale) == pytest.approx(right, rel=1e-4)


@pytest.mark.parametrize("size", [12, 14, 18, 24, 40])
@pytest.mark.parametrize("colours", [("black", "white"), ("#f0e0a0", "#203050")])
def test_it_reads_what_the_original_reads(size: int, colours: tuple[str, str]) -> None:
    """Lines that it was not made with: dark on light and light on dark, small and large."""
    drawn = line(size, *colours)

    said, sure = reader(made() / "altlens/text").read(drawn.line)
    before, _ = open_one(recognizer.original().reader).read(drawn.line)

    assert distance(said, before) <= 2
    assert sure > 0.9


def test_letters_that_are_said_twice_with_nothing_between_them_are_two() -> None:
    """Steps that say no character are left out; those on either side of one are no neighbours."""
    drawn = line(24, says="eel 1100 wwww oooo aab 77 ee bookkeeper")

    said, _ = reader(made() / "altlens/text").read(drawn.line)

    assert said == drawn.says


def test_most_steps_that_say_no_character_are_left_out() -> None:
    """The product with all characters is for the others; of bare paper it has nothing to do."""
    drawn = line(24, says="Exit        8        now")
    paper = np.full_like(drawn.line, 255)

    usual, rest, kept, still_open = results(drawn.line)

    assert len(usual) == len(kept) < pixels(drawn.line, LOW).shape[2] / 8
    assert sorted(set(kept)) == list(kept)
    assert len(rest) == len(still_open)
    assert reader(made() / "altlens/text").read(paper) == ("", 0.0)


def test_rare_characters_are_looked_for_where_no_usual_one_is_sure() -> None:
    """Most steps of Latin letters are settled; what is none of them is found, and as sure."""
    usual, _, _, still_open = results(line(24, says="Will all fifty pupils").line)

    said, sure = reader(made() / "altlens/text").read(of_strokes("日田王中"))

    assert len(still_open) < len(usual) / 2
    assert said == "日田王中"
    assert sure > 0.99


def results(drawn: NDArray[np.uint8]) -> list[NDArray[np.generic]]:
    """Return what the quicker graph itself makes of a line."""
    session = onnxruntime.InferenceSession(within(made() / "altlens/text").reader)
    return list(session.run(None, {"pixels": pixels(drawn, LOW)}))


class Watched:
    """A session that remembers how high the lines are that it was given."""

    def __init__(self, session: Any) -> None:
        self._session, self.heights = session, list[int]()

    def run(self, names: None, feed: dict[str, NDArray[np.uint8]]) -> Any:
        self.heights += [one.shape[1] for one in feed.values()]
        return self._session.run(names, feed)


def watched(one: LineReader) -> list[int]:
    """Return the heights of the lines that a reader looks at from now on."""
    one._session = Watched(one._session)
    return one._session.heights


@pytest.mark.parametrize(
    ("drawn", "says", "doubtful", "heights"),
    [
        (line(24).line, SAYS, DOUBTFUL, [LOWEST]),
        (line(24).line, SAYS, 1.1, [LOWEST, HEIGHT]),
        (line(12).line, SAYS, 1.1, [HEIGHT]),
        (of_strokes("日田王中"), "日田王中", DOUBTFUL, [LOWEST, LOW]),
    ],
)
def test_large_letters_are_looked_at_low_and_again_if_they_are_rare_or_doubtful(
    monkeypatch: pytest.MonkeyPatch,
    drawn: NDArray[np.uint8],
    says: str,
    doubtful: float,
    heights: list[int],
) -> None:
    """What costs a seventh less may not cost a character of another script."""
    monkeypatch.setattr(line_reader, "DOUBTFUL", doubtful)
    one = reader(made() / "altlens/text")
    looked = watched(one)

    said, _ = one.read(drawn, lowest=True)

    assert looked == heights
    assert distance(said, says) <= 1


@pytest.mark.parametrize(("first", "low"), [("Exit", LOWEST), ("日田王中", LOW)])
def test_the_first_lines_of_a_page_tell_how_the_others_are_looked_at(first: str, low: int) -> None:
    """Who reads another script waits no longer for its lines than before."""
    page = Image.new("RGB", (900, 420), "white")
    top = of_strokes(first) if first in "日田王中" else line(32, says=f"{first} 12 now").line
    for at, one in enumerate([top, top, *[line(24).line] * 4]):
        page.paste(Image.fromarray(one[:, :, ::-1]), (20, 20 + 66 * at))
    recognizing = Recognizer(2, [made() / "altlens/text"])
    looked = watched(recognizing._reader)

    said = [one.text for one in recognizing.read(page, recognizing.find(page), lambda: None)]

    assert len(said) == 6
    assert all(distance(one, SAYS) <= 1 for one in said[2:])
    assert looked[2:] == [low] * 4


def test_it_reads_a_line_that_runs_across_a_wide_picture() -> None:
    """Some 7,000 pixels wide, as the recognizer gets it."""
    drawn = line(24, says=" ".join([SAYS] * 8))
    assert pixels(drawn.line, LOW).shape[2] > 6000

    said, _ = reader(made() / "altlens/text").read(drawn.line)

    assert distance(said, drawn.says) <= 0.01 * len(drawn.says)


def test_a_line_is_as_wide_as_its_letters_need_and_not_as_its_box() -> None:
    """Small letters in a high box, whose edges hold the ends of other lines' letters."""
    small = line(12).line
    boxed = np.full((28, *small.shape[1:]), 255, np.uint8)
    boxed[6 : 6 + len(small)] = small
    boxed[:2, ::9] = boxed[-2:, ::7] = 0
    large = line(24).line

    assert pixels(boxed, LOW).shape[1:3] == (
        HEIGHT,
        round(boxed.shape[1] * 1.5 * HEIGHT / 28),
    )
    assert pixels(large, LOW).shape[1:3] == (
        LOW,
        round(large.shape[1] * HEIGHT / len(large)),
    )
    assert pixels(large, HEIGHT).shape[1] == HEIGHT


def _card(place: Path, **changes: object) -> None:
    said = json.loads((place / CARD).read_text())
    (place / CARD).write_text(json.dumps(said | changes))


def damaged(place: Path) -> None:
    data = bytearray(within(place).reader.read_bytes())
    data[len(data) // 2] ^= 1
    within(place).reader.write_bytes(data)


def cut_off(place: Path) -> None:
    within(place).reader.write_bytes(within(place).reader.read_bytes()[:100_000])


def of_another_original(place: Path) -> None:
    _card(place, sources=["0" * 64] * 2)


def of_an_older_altlens(place: Path) -> None:
    _card(place, version=recognizer.VERSION - 1)


def card_cut_off(place: Path) -> None:
    (place / CARD).write_text((place / CARD).read_text()[:40])


def card_of_another_form(place: Path) -> None:
    (place / CARD).write_text("[1, 2]")


def without_a_card(place: Path) -> None:
    (place / CARD).unlink()


@pytest.mark.parametrize(
    "spoil",
    [
        damaged,
        cut_off,
        of_another_original,
        of_an_older_altlens,
        card_cut_off,
        card_of_another_form,
        without_a_card,
    ],
)
def test_one_that_does_not_belong_here_is_not_used(
    place: Path, spoil: Callable[[Path], None]
) -> None:
    """The original reads, and it is said that the other is stale."""
    home = {"XDG_DATA_HOME": str(place.parents[1]), "XDG_DATA_DIRS": "/nowhere"}
    assert reading.state(home) == "there"
    spoil(place)

    said, _ = reader(place).read(line(20).line)

    assert recognizer.quicker([place], recognizer.original()) is None
    assert said == SAYS
    assert reading.state(home) == "stale"


def test_the_next_folder_is_looked_into_where_the_first_has_none_that_is_whole(
    place: Path, tmp_path: Path
) -> None:
    """The user's may be stale, and that for all users whole."""
    damaged(place)
    other = put(tmp_path / "other")

    assert recognizer.quicker([place, other], recognizer.original()) == within(other)
    assert recognizer.quicker([other, place], recognizer.original()) == within(other)


def test_one_that_onnxruntime_cannot_open_is_not_used(place: Path) -> None:
    """Though it is the file that its card names: another onnxruntime may know less."""
    within(place).reader.write_bytes(b"no graph")
    _card(place, graphs=within(place).digests())

    said, _ = reader(place).read(line(20).line)

    assert said == SAYS


def test_one_that_reads_worse_is_refused(place: Path, tmp_path: Path) -> None:
    """Whatever the processor or the library did: here every fourth column of a matrix is lost."""
    model = onnx.load(within(place).reader)
    lose(np.s_[:, ::4], largest(model.graph.initializer))
    onnx.save(model, tmp_path / "worse.onnx")
    source = recognizer.original()

    with pytest.raises(RefusedError, match="characters wrongly, the original"):
        text_checking.compare(source, source._replace(reader=tmp_path / "worse.onnx"))


def test_one_that_finds_other_lines_is_refused(place: Path, tmp_path: Path) -> None:
    """Here every second channel of its last convolution is lost."""
    model = onnx.load(within(place).detector)
    lose(np.s_[::2], largest(o for o in model.graph.initializer if o.dims[2:] == [3, 3]))
    onnx.save(model, tmp_path / "worse.onnx")
    source = recognizer.original()

    with pytest.raises(RefusedError, match="drawn lines the quicker detector loses"):
        text_checking.compare(source, source._replace(detector=tmp_path / "worse.onnx"))


def largest(weights: Iterable[onnx.TensorProto]) -> onnx.TensorProto:
    return max(weights, key=lambda one: int(np.prod(one.dims)))


def lose(some: Any, weights: onnx.TensorProto) -> None:
    """Put 0 in the place of some weights."""
    values = onnx.numpy_helper.to_array(weights).copy()
    values[some] = 0
    weights.CopyFrom(onnx.numpy_helper.from_array(values, weights.name))


def test_a_detector_that_is_built_otherwise_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that does not begin with a convolution would take no bytes."""
    model = onnx.load(recognizer.original().detector)
    name = model.graph.input[0].name
    for node in model.graph.node:
        node.input[:] = ["half" if one == name else one for one in node.input]
    model.graph.node.insert(0, onnx.helper.make_node("Softsign", [name], ["half"]))
    onnx.save(model, tmp_path / "other.onnx")
    source = recognizer.original()._replace(detector=tmp_path / "other.onnx")
    monkeypatch.setattr(text, "original", lambda: source)

    is_refused(source, "begin in 8 bits", tmp_path / "text")


def test_killed_while_it_is_made_it_leaves_what_was_there(place: Path) -> None:
    """Run again, it makes it, and clears away what the killed one had begun."""
    before = within(place).reader.read_bytes()
    running = subprocess.Popen(command(place), stdout=subprocess.PIPE, text=True)
    assert running.stdout
    for told in running.stdout:
        if '"comparing"' in told:
            running.send_signal(signal.SIGKILL)
    running.wait()
    assert all(one.exists() for one in within(place / "new"))
    assert recognizer.quicker([place], recognizer.original()) == within(place)
    assert within(place).reader.read_bytes() == before
    shutil.move(place / CARD, place / "old")

    ran = subprocess.run(command(place), capture_output=True, text=True, timeout=110)

    assert '"prepared"' in ran.stdout.splitlines()[-1]
    assert recognizer.quicker([place], recognizer.original()) == within(place)
    names = [one.name for one in within(place)]
    assert sorted(one.name for one in place.iterdir()) == sorted([*names, "old", CARD])
