"""What is written in pictures is read, by the real models, and said where it belongs."""

import io
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont
from support.edits import distance

from altlens_host.errors import CancelledError
from altlens_host.messages import MAX_TEXT
from altlens_host.models.catalogue import Model
from altlens_host.worker import triage
from altlens_host.worker.captioner import Captioner
from altlens_host.worker.engines import Generation, nothing
from altlens_host.worker.text import codes, reader
from altlens_host.worker.text.layout import Line, order
from altlens_host.worker.text.line_reader import LineReader
from altlens_host.worker.text.reader import Reader, Reading, shortened
from altlens_host.worker.text.recognition import FIRST, Recognizer

WORDS = "Trains to the coast leave from platform 4 at noon, and again at a quarter past three."
DOCUMENT = triage.Seen(triage.Kind.TEXT, 0.99, 0.001)


class Saying:
    """An engine that says one thing."""

    side, name, device, reason = 224, "onnx", "cpu", ""

    def __init__(self, text: str = "a dog on a lawn") -> None:
        self.text = text
        self.asked = 0

    def scaled(self, image: Image.Image) -> Image.Image:
        return image

    def caption(self, image: Image.Image, check: Any = None) -> Generation:
        self.asked += 1
        return Generation((1,), (-0.5,), self.text)


class Found:
    """A recognizer to which lines say what they are given; they lie in reading order."""

    def __init__(self, lines: list[Line]) -> None:
        self.lines = lines

    def find(self, _: object) -> Any:
        corners = [("left", "top"), ("right", "top"), ("right", "bottom"), ("left", "bottom")]
        return np.array(
            [[(getattr(one, x), getattr(one, y)) for x, y in corners] for one in self.lines]
        )

    def read(self, *_: object) -> Iterator[Line]:
        return iter(self.lines)


class Finding(Reader):
    """A reader that has no other recognizer."""

    def __init__(self, lines: list[Line]) -> None:
        super().__init__(1)
        self.found = Found(lines)

    def _opened(self) -> Any:
        return self.found


def png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def page(lines: int = 12, size: int = 20) -> Image.Image:
    image = Image.new("RGB", (1000, 60 + 34 * lines), "white")
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(size)
    for row in range(lines):
        pen.text((40, 30 + 34 * row), WORDS, "black", font)
    return image


def qr() -> Image.Image:
    code = zxingcpp.create_barcode("https://example.org/12", zxingcpp.BarcodeFormat.QRCode)
    return Image.fromarray(np.array(code.to_image(scale=8))).convert("RGB")


def photograph() -> Image.Image:
    """Return something rough and grainy, as photographs are."""
    rng = np.random.default_rng(5)
    rough = rng.integers(0, 256, (12, 16, 3)).astype(np.uint8)
    image = np.asarray(Image.fromarray(rough).resize((320, 240), Image.Resampling.BICUBIC))
    grain = rng.integers(-9, 10, (240, 320, 3))
    return Image.fromarray(np.clip(image.astype(int) + grain, 0, 255).astype(np.uint8))


@pytest.fixture(scope="module")
def reading() -> Reader:
    """The real reader, opened once."""
    return Reader(0)


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever else this machine does, pages are read to their end."""
    monkeypatch.setattr(reader, "MOST_SECONDS", 1000.0)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The reader's time, which stands still but for the test."""
    now = [0.0]
    monkeypatch.setattr(reader.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def lines_read(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What the recognizers were given to read, line by line."""
    read, real = list[object](), LineReader.read

    def counting(self: LineReader, line: Any, **how: Any) -> tuple[str, float]:
        read.append(line)
        return real(self, line, **how)

    monkeypatch.setattr(LineReader, "read", counting)
    return read


def captioner(engine: Saying, reading: Reader | None) -> Captioner:
    return Captioner(Model("m", "1", "MIT", Path()), engine, reader=reading)  # type: ignore[arg-type]


def test_a_page_is_asked_for_sharper_and_then_read(reading: Reader) -> None:
    """The model that describes is not asked: of a page it knows nothing."""
    engine = Saying()
    asked = captioner(engine, reading)

    small = asked.answer(png(page()), sharp=False)
    sharp = asked.answer(png(page()), sharp=True)

    assert (small.kind, small.text, small.tokens) == ("more_pixels", "", 0)
    assert sharp.kind == "text"
    assert sharp.text == " ".join([WORDS] * 12)
    assert sharp.read.replace("\n", " ") == sharp.text
    assert sharp.confidence == sharp.read_confidence > 0.9
    assert sharp.level == "plain"
    assert engine.asked == 0


def test_small_print_that_runs_across_a_wide_page_is_read(reading: Reader) -> None:
    """Its letters are narrower than the recognizer can part, unless the line is made wider."""
    image = Image.new("RGB", (1600, 200), "white")
    words = " ".join(["Will all fifty pupils still fill the little hall till it is filled?"] * 4)
    for row in range(3):
        place = (50, 60 + 22 * row)
        ImageDraw.Draw(image).text(place, words, "black", ImageFont.load_default(12))

    read = reading.read(image, nothing).text.replace("\n", " ")

    assert distance(read, " ".join([words] * 3)) <= 0.02 * len(read)


def test_a_page_that_takes_too_long_is_read_as_far_as_it_was(
    reading: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From its top, and it is heard that there is more."""
    monkeypatch.setattr(reader, "MOST_SECONDS", 0.0)

    read = reading.read(page(12), nothing)

    assert read.text == f"{WORDS}…"
    assert read.confidence > 0.9


def test_opening_the_models_counts_to_the_time_that_a_page_has(
    monkeypatch: pytest.MonkeyPatch, clock: list[float]
) -> None:
    """On a busy machine it takes seconds; the answer would come too late, and be none."""
    monkeypatch.setattr(reader, "MOST_SECONDS", 8.0)

    class Late(Reader):
        def _opened(self) -> Any:
            clock[0] += 9.0
            return Found([Line(0, 30 * row, 100, 30 * row + 20, f"Exit {row}") for row in range(3)])

    assert Late(1).read(Image.new("RGB", (9, 9)), nothing).text == "Exit 0…"


def test_a_long_page_is_read_as_far_as_is_said(reading: Reader) -> None:
    """The same words are said as of all of it, in half the time; the rest is read on demand."""
    data = png(page(48))
    said = captioner(Saying(), reading).answer(data, whole=False)
    whole = captioner(Saying(), reading).answer(data)
    short = captioner(Saying(), reading).answer(png(page(12)), whole=False)

    assert (said.unread, whole.unread, short.unread) == (True, False, False)
    assert said.text == whole.text
    assert len(said.text) > MAX_TEXT - 20
    assert MAX_TEXT < len(said.read) < MAX_TEXT + 2 * len(WORDS)
    assert whole.read.startswith(said.read.removesuffix("…"))
    assert len(whole.read) > 48 * len(WORDS)


def two_columns(rows: int = 40) -> list[Line]:
    """Return the left one and then the right one, of 60 characters a line."""
    return [
        Line(
            left, 60 + 30 * row, left + 450, 80 + 30 * row, f"{name}{row:02} {'word ' * 11}".strip()
        )
        for left, name in ((0, "l"), (500, "r"))
        for row in range(rows)
    ]


def test_lines_are_found_in_the_order_in_which_a_person_reads_them() -> None:
    """Not from the page's top to its bottom: when time is up the first column was read."""
    image, font = Image.new("RGB", (1500, 400), "white"), ImageFont.load_default(20)
    for row in range(10):
        for left, name in ((40, "left"), (800, "right")):
            words = f"{row} on the {name} side of the page stand these very words"
            ImageDraw.Draw(image).text((left, 30 + 29 * row), words, "black", font)

    boxes = Recognizer(1).find(image)

    assert [bool(one[0, 0] > 700) for one in boxes] == [False] * 10 + [True] * 10


@pytest.mark.parametrize("whole", [True, False])
def test_what_is_no_text_after_all_does_not_part_columns(whole: bool) -> None:
    """It lies across both, and is known for what it is once it is read alone: so all is read."""
    columns = two_columns(40)
    mark = Line(0, 685, 950, 688)
    lines = Finding([*columns[:20], *columns[40:60], mark, *columns[20:40], *columns[60:]])

    said = lines.read(Image.new("RGB", (9, 9)), nothing, whole=whole)

    assert said.text.split("\n")[0] == " ".join(one.text for one in columns[:40])
    assert not said.unread


def test_columns_are_read_one_after_the_other_as_far_as_time_allows(
    monkeypatch: pytest.MonkeyPatch, clock: list[float]
) -> None:
    """A line of the second is not taken for the second cell of a table's first row."""
    monkeypatch.setattr(reader, "MOST_SECONDS", 35.5)
    columns = two_columns(35)
    lines = Finding(columns)
    real = lines.found.read

    def slow(*given: object) -> Iterator[Line]:
        for line in real(*given):
            clock[0] += 1
            yield line

    monkeypatch.setattr(lines.found, "read", slow)

    said = lines.read(Image.new("RGB", (9, 9)), nothing)

    assert said.text.replace("\n", " ") == " ".join(one.text for one in columns[:35]) + "…"


@given(
    st.lists(
        st.tuples(st.lists(st.integers(1, 30), min_size=1, max_size=4), st.integers(10, 80)),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from([200, 400, 700]),
    st.sampled_from([30, 60, 150]),
)
def test_what_is_said_is_the_same_however_much_is_read(
    bands: list[tuple[list[int], int]], wide: int, gutter: int
) -> None:
    """Under each other any numbers of columns, each of any length, with broken words."""
    lines, top = list[Line](), 30
    for columns, space in bands:
        for at, rows in enumerate(columns):
            left, words = at * (wide + gutter), "ken word" + " word" * (wide // 60) + f" {at} bro-"
            lines += [
                Line(left, top + 28 * row, left + wide, top + 28 * row + 20, words)
                for row in range(rows)
            ]
        top += 28 * max(columns) + space
    found = [lines[at] for at in order([one._replace(text="") for one in lines])]

    said = Finding(found).read(Image.new("RGB", (9, 9)), nothing, whole=False)
    whole = Finding(found).read(Image.new("RGB", (9, 9)), nothing)

    def heard(reading: Reading) -> str:
        return shortened(" ".join(reading.text.split()), MAX_TEXT)

    assert heard(said) == heard(whole)
    assert said.unread or said == whole


def test_what_is_hardly_text_at_first_is_read_on_for_who_asks() -> None:
    """A ruled page may begin with thousands of dots, which nobody wants said."""
    dots = [Line(0, 30 * row, 900, 30 * row + 20, ". " * 50) for row in range(25)]
    words = [Line(0, 30 * row, 900, 30 * row + 20, WORDS) for row in range(25, 35)]

    said = Finding(dots + words).read(Image.new("RGB", (9, 9)), nothing, whole=False)

    assert said == Reading("", 0.0, unread=True)


def test_who_stops_waiting_waits_for_no_more_lines(lines_read: list[object]) -> None:
    """Those that are begun are read to their end; forty others are not."""
    recognizing, image = Recognizer(1), page(42)

    def stop() -> None:
        if len(lines_read) > FIRST:
            raise CancelledError("Enough.")

    with pytest.raises(CancelledError):
        list(recognizing.read(image, recognizing.find(image), stop))

    assert 0 < len(lines_read) < 10


def test_without_the_extra_a_page_is_named_as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the model was taught; nothing sharper is asked for, since nothing could be made of it."""
    monkeypatch.setattr(triage, "look", lambda *_: DOCUMENT)
    answer = captioner(Saying(), None).answer(png(page()), sharp=False)

    assert (answer.kind, answer.text, answer.read) == ("described", "Text document.", "")


class Signs(Reader):
    """Reads the same in every picture, and counts."""

    def __init__(self, text: str, confidence: float, *, unread: bool = False) -> None:
        super().__init__(1)
        self.said = Reading(text, confidence, unread)
        self.asked = 0

    def read(self, image: Image.Image, check: Any, *, whole: bool = True) -> Reading:
        self.asked += 1
        return self.said._replace(unread=self.said.unread and not whole)


def test_a_photograph_of_a_sign_has_its_text_beside_the_caption() -> None:
    """The caption that speaks of a sign is what has it read."""
    data = png(photograph())
    assert triage.look(photograph()).kind is triage.Kind.PHOTO
    signs = Signs("Exit 12", 0.97)
    asked = captioner(Saying("a street with a sign"), signs)

    assert asked.answer(data, sharp=False).kind == "more_pixels"
    answer = asked.answer(data, sharp=True)

    assert (answer.kind, answer.text, answer.read) == (
        "described",
        "A street with a sign",
        "Exit 12",
    )


def test_a_photograph_of_which_all_is_asked_for_is_read_once_more() -> None:
    """What is remembered of it breaks off; what is read then takes its place."""
    data = png(photograph())
    asked = captioner(Saying("a wall of text"), Signs("A beginning…", 0.97, unread=True))

    unread = []
    for whole in (False, False, True, True, False):
        unread.append(asked.answer(data, whole=whole).unread)
        asked.remember()

    assert unread == [True, True, False, False, False]
    assert asked.engine.asked == 2  # type: ignore[attr-defined]


def test_a_beginning_that_is_doubtful_does_not_keep_the_whole_from_who_asks() -> None:
    """The reader may be surer of all of it."""
    answer = captioner(Saying("a sign"), Signs("lIl1…", 0.6, unread=True)).answer(
        png(photograph()), whole=False
    )

    assert (answer.read, answer.unread) == ("", True)


def test_other_photographs_are_never_read() -> None:
    """Reading costs more than describing."""
    signs = Signs("Exit 12", 0.97)

    answer = captioner(Saying(), signs).answer(png(photograph()), sharp=False)

    assert (answer.text, answer.read, signs.asked) == ("A dog on a lawn", "", 0)


def test_text_that_is_doubtful_is_not_said_beside_a_caption() -> None:
    """Bricks and leaves look like letters."""
    answer = captioner(Saying("a sign"), Signs("lIl1", 0.6)).answer(png(photograph()))

    assert (answer.text, answer.read) == ("A sign", "")


def test_a_code_is_named_and_what_it_holds_is_kept_apart(reading: Reader) -> None:
    """It may be an address that somebody wants followed."""
    answer = captioner(Saying(), reading).answer(png(qr()), sharp=False)

    assert (answer.kind, answer.text, answer.barcode) == (
        "described",
        "A QR code.",
        "https://example.org/12",
    )
    assert "example" not in answer.text + answer.read


def test_a_page_that_has_a_code_is_a_code_and_is_not_read_to_its_end(
    monkeypatch: pytest.MonkeyPatch, lines_read: list[object]
) -> None:
    """The code is looked for while lines are; once it is found nobody waits for them."""
    monkeypatch.setattr(triage, "look", lambda *_: DOCUMENT)
    image, asked = page(42), captioner(Saying(), Reader(1))
    asked.answer(png(image))
    without = len(lines_read)
    image.paste(qr(), (600, 700))

    answer = asked.answer(png(image))

    assert (answer.text, answer.barcode, answer.read) == (
        "A QR code.",
        "https://example.org/12",
        "",
    )
    assert without == 42
    assert len(lines_read) - without < 10


def test_what_goes_wrong_while_codes_are_looked_for_is_not_hidden() -> None:
    """And who no longer waits is not waited for."""

    def stop() -> None:
        raise CancelledError("Enough.")

    with pytest.raises(CancelledError):
        codes.find_beside(page(2), lambda check: check(), stop)


def test_a_reader_that_does_not_load_costs_no_caption(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page is then what it was without it."""
    monkeypatch.setattr(triage, "look", lambda *_: DOCUMENT)
    monkeypatch.setitem(__import__("sys").modules, "altlens_host.worker.text.recognition", None)

    answer = captioner(Saying(), Reader(0)).answer(png(page()))

    assert (answer.kind, answer.text) == ("described", "Text document.")


@given(st.text(st.sampled_from("ab \n"), max_size=200), st.integers(2, 60))
def test_a_long_text_is_cut_with_an_ellipsis(text: str, most: int) -> None:
    """Never longer than allowed, and only where it has to be."""
    short = shortened(text, most)

    assert len(short) <= most
    assert short == text if len(text) <= most else short.endswith("…")
    assert text.startswith(short.removesuffix("…"))


def said_of(text: str) -> str:
    """Return what is made of a line that was found to say a text."""
    return Finding([Line(0, 0, 100, 20, text)]).read(Image.new("RGB", (9, 9)), nothing).text


def test_control_characters_are_not_read_aloud() -> None:
    """The bidirectional overrides among them."""
    assert said_of("Exit\u202e 12\x07") == "Exit 12"


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ("cost 2,350,ooo, half of it", "cost 2,350,000, half of it"),
        ("The bill is 1,116.5o.", "The bill is 1,116.50."),
        ("at 1o:oO or (9.o5)", "at 10:00 or (9.05)"),
        ("$19.9o+2oo miles, 5o5 or 2O26", "$19.90+200 miles, 505 or 2026"),
        # These may be what is written: ordinals, names, chemistry, the clock.
        ("El 1o de mayo, no 2.o dia", "El 1o de mayo, no 2.o dia"),
        ("H2O and 3o2b in room 5O", "H2O and 3o2b in room 5O"),
        ("5 o'clock, oo7, 10.oh, 4ooz", "5 o'clock, oo7, 10.oh, 4ooz"),
    ],
)
def test_a_nought_in_a_number_is_no_letter(found: str, said: str) -> None:
    """A screen reader spells a number that has a letter in it; the reader takes 0 for o."""
    assert said_of(found) == said


def test_what_speaks_of_writing_is_known_by_whole_words() -> None:
    """A design is no sign."""
    assert reader.names_writing("A street with a sign.")
    assert not reader.names_writing(random.choice(["A red design", "A bookcase", "A dog"]))
