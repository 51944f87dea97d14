"""Envelopes and what is in them: what opens, what does not, and what they give away."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from altlens_host.cache import entries, sealing
from altlens_host.cache.sealing import Sealer
from altlens_host.errors import EnvelopeError
from altlens_host.messages import MAX_TEXT, Answer

KEY = bytes(range(32))
ROW = b"r" * 32
SEALED_BEFORE = "019b0da1093db4f33821fcf324db8f270b91ce28b5571b88d2521797634e5937635d"
CAT = Answer("described", "A cat on a sofa", -0.25, 7, "lite", "1")

answers = st.builds(
    Answer,
    st.sampled_from(["described", "text", "decorative", "unsure", "more_pixels"]),
    st.text(st.characters(codec="utf-8"), max_size=MAX_TEXT),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(0, 10_000),
    st.text(st.characters(codec="utf-8"), max_size=20),
    st.text(st.characters(codec="utf-8"), max_size=20),
    st.floats(0, 1),
    st.sampled_from(["plain", "hedged", "unsure"]),
    st.booleans(),
    st.text(st.characters(codec="utf-8"), max_size=200),
    st.floats(0, 1),
    st.text(st.characters(codec="utf-8"), max_size=20),
)


@given(answers, st.binary(min_size=32, max_size=32))
def test_what_was_sealed_comes_back(answer: Answer, who: bytes) -> None:
    """Whatever the answer and the picture."""
    sealer = Sealer(KEY)

    envelope = sealer.seal(ROW, entries.write(who, answer))

    assert entries.read(sealer.open(ROW, envelope)) == (who, answer)


@given(st.data())
def test_a_changed_envelope_does_not_open(data: st.DataObject) -> None:
    """Not one bit of it may differ: version, nonce, ciphertext and tag."""
    envelope = bytearray(Sealer(KEY).seal(ROW, b"a cat"))
    bit = data.draw(st.integers(0, 8 * len(envelope) - 1))

    envelope[bit // 8] ^= 1 << bit % 8

    with pytest.raises(EnvelopeError):
        Sealer(KEY).open(ROW, bytes(envelope))


@given(st.binary(max_size=200))
@example(b"")
@example(bytes([sealing.VERSION]) + bytes(sealing.OVERHEAD - 2))
@example(bytes([sealing.VERSION]) + bytes(sealing.OVERHEAD - 1))
def test_any_bytes_are_refused_as_an_envelope(junk: bytes) -> None:
    """Only the error of the tree comes out."""
    with pytest.raises(EnvelopeError):
        Sealer(KEY).open(ROW, junk)


@given(st.binary(max_size=200))
@example(bytes(32) + b"[]")
@example(bytes(32) + b'{"kind":"described"}')
def test_any_plaintext_is_an_entry_or_an_error(junk: bytes) -> None:
    """What was sealed by another program with the same key is no reason to fall over."""
    with pytest.raises(EnvelopeError):
        entries.read(junk)


def test_an_entry_with_a_field_too_many_is_refused() -> None:
    """A newer altlens may mean something by it."""
    plain = entries.write(bytes(32), CAT).rstrip()[:-1] + b',"more":1}'

    with pytest.raises(EnvelopeError):
        entries.read(plain)


def test_an_envelope_opens_in_its_own_row_and_under_its_own_key_only() -> None:
    """A row moved to another picture would give that picture a wrong caption."""
    envelope = Sealer(KEY).seal(ROW, b"a cat")

    with pytest.raises(EnvelopeError):
        Sealer(KEY).open(b"s" * 32, envelope)
    with pytest.raises(EnvelopeError):
        Sealer(bytes(32)).open(ROW, envelope)
    assert Sealer(KEY).open(ROW, envelope) == b"a cat"


def test_the_version_stands_in_front() -> None:
    """So that a later one can tell which way to open it."""
    assert Sealer(KEY).seal(ROW, b"")[0] == sealing.VERSION == 1


def test_the_same_answer_never_looks_the_same() -> None:
    """A nonce of its own for each: equal captions do not show as equal."""
    sealer = Sealer(KEY)

    assert len({sealer.seal(ROW, b"a cat") for _ in range(50)}) == 50


def test_each_use_of_the_profiles_key_has_a_key_of_its_own() -> None:
    """The file's name shows to everybody; neither it nor a look-up key tells another one."""
    one, other = Sealer(KEY), Sealer(bytes(32))

    assert len(one.name) == 32
    assert one.name != other.name
    assert KEY.hex() not in one.name
    assert one.look_up(ROW) != other.look_up(ROW)
    assert one.look_up(ROW) != one.look_up(b"s" * 32)
    assert len(one.look_up(ROW)) == sealing.LOOK_UP_BYTES


def test_keys_stay_what_they_are() -> None:
    """Or every cache that exists becomes unreadable. Computed apart, from RFC 5869 and 2104."""
    sealer = Sealer(KEY)

    assert sealer.name == "8592c9ca67ffb3e3c636ef4430eca703"
    assert sealer.open(ROW, bytes.fromhex(SEALED_BEFORE)) == b"a cat"
    assert (
        sealer.look_up(ROW).hex()
        == "847bd39ee6be6413478f3f04079c2a87728e2314556ca388f1491bbf06e4dab4"
    )


def test_an_answer_without_a_confidence_is_hedged() -> None:
    """It was remembered before there was one; who hears it is told to doubt it."""
    old = b"""{"kind":"described","text":"A cat on a sofa","mean_logprob":-0.25,"tokens":7,
        "model":"lite","revision":"1"}"""

    answer = entries.read(bytes(32) + old)[1]

    assert answer[:6] == CAT[:6]
    assert (answer.confidence, answer.level, answer.calibrated) == (0.0, "hedged", False)


@pytest.mark.parametrize("words", ["", "A cat", "A" * 250])
def test_the_length_of_a_caption_does_not_show(words: str) -> None:
    """Nor whether there is one."""
    plain = entries.write(bytes(32), CAT._replace(text=words))

    assert len(plain) == len(entries.write(bytes(32), CAT._replace(text="A dog")))
    assert len(plain) % entries.PADDING == 0


def test_half_a_character_does_no_harm() -> None:
    """JSON from a worker that was taken over can carry one."""
    plain = entries.write(bytes(32), CAT._replace(text="a \ud800 b"))

    assert entries.read(plain)[1].text == "a ? b"


def test_whatever_an_answer_depends_on_is_part_of_its_identity() -> None:
    """And no two lists of options are taken for the same."""
    asked = [
        entries.identity(picture, options)
        for picture in (b"a" * 32, b"b" * 32)
        for options in ([], ["lite"], ["lite", "1"], ["lite1"], ["lite", "2"], ["lit", "e1"])
    ]

    assert len(set(asked)) == len(asked)
