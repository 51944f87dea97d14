"""Which pictures are not tried again."""

from altlens_host.strikes import Strikes


def test_a_picture_is_out_after_two_deaths() -> None:
    """One is chance."""
    strikes = Strikes()

    strikes.add(b"evil")
    once = strikes.out(b"evil")
    strikes.add(b"evil")

    assert not once
    assert strikes.out(b"evil")
    assert not strikes.out(b"other")
    assert strikes.count() == 1


def test_an_answer_clears_a_picture() -> None:
    """It worked the second time, so the first was not its fault."""
    strikes = Strikes()
    strikes.add(b"k")

    strikes.forgive(b"k")
    strikes.forgive(b"stranger")
    strikes.add(b"k")

    assert not strikes.out(b"k")


def test_few_pictures_are_remembered_those_of_late() -> None:
    """A page of evil pictures cannot fill the memory, and the worst of late stay known."""
    strikes = Strikes(2)
    for key in (b"first", b"second", b"first", b"third", b"third"):
        strikes.add(key)

    assert [strikes.out(key) for key in (b"first", b"second", b"third")] == [True, False, True]
    assert strikes.count() == 2
