"""The plan: what is there against what should be, without touching either."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altlens_installer.errors import ForeignFileError, SignatureNeededError
from altlens_installer.files import digest
from altlens_installer.plan import Found, Plan, Refusal, Wanted, compare
from altlens_installer.receipt import Receipt

PLACE = "/there/altlens.json"
WANTED = Wanted(PLACE, b"new", "native manifest", "tells the browser where the launcher is")
EMPTY = Receipt(Path("/receipts/host.json"))


def change(receipt: Receipt, wanted: Wanted, found: Found) -> str:
    """Return what would be done about one thing."""
    (step,) = compare(receipt, [wanted], {wanted.place: found}).steps
    return step.change


@given(st.binary(max_size=8), st.binary(max_size=8), st.booleans())
def test_nothing_of_somebody_elses_is_ever_written_over(
    there: bytes, wanted: bytes, ours: bool
) -> None:
    """Only what a receipt names, or what has the wanted bytes already."""
    receipt = replace(EMPTY, written={PLACE: (digest(there),)} if ours else {})

    found = change(receipt, replace(WANTED, data=wanted), Found(there))

    if there == wanted:
        assert found == "unchanged"
    else:
        assert found == ("replace" if ours else "conflict")


def test_what_is_not_there_is_written() -> None:
    """An edit of a file that is not there makes it."""
    assert change(EMPTY, WANTED, Found(None)) == "write"
    assert change(EMPTY, replace(WANTED, block=b"new"), Found(None)) == "write"
    assert change(EMPTY, replace(WANTED, block=b"new"), Found(b"old")) == "edit"
    assert change(EMPTY, replace(WANTED, merged=True), Found(b"old")) == "edit"


def test_a_program_that_cannot_run_is_written_again() -> None:
    """Its bytes are right, and Firefox could not start it."""
    program = replace(WANTED, runs=True)
    receipt = replace(EMPTY, written={PLACE: (digest(b"new"),)})

    assert change(receipt, program, Found(b"new", runs=False)) == "replace"
    assert change(receipt, program, Found(b"new", runs=True)) == "unchanged"


def test_what_is_merged_remembers_what_was_there_once_only() -> None:
    """The second time, what is there is ours; what is put back is the first."""
    merged = replace(WANTED, merged=True)
    first = compare(EMPTY, [merged], {PLACE: Found(b"theirs")}).receipt
    held = replace(first, written={PLACE: (digest(b"new"),)})

    again = compare(held, [replace(merged, data=b"newer")], {PLACE: Found(b"new")}).receipt

    assert first.originals == again.originals == {PLACE: b"theirs"}


def test_a_conflict_is_raised_with_its_place_and_told_to_programs() -> None:
    """It stops everything; a dry run still shows it."""
    plan = Plan((compare(EMPTY, [WANTED], {PLACE: Found(b"theirs")}),))

    with pytest.raises(ForeignFileError, match=PLACE):
        plan.require()
    (told,) = json.loads(json.dumps(plan.described()))["steps"]
    assert told["change"] == "conflict"
    assert PLACE in told["conflict"]
    assert set(told) == {"change", "what", "where", "why", "undo", "conflict"}


def test_a_plan_in_which_all_is_refused_says_why() -> None:
    """A refusal beside steps does not stop them."""
    refusal = Refusal("/profile", SignatureNeededError("It takes only a signed extension."))
    plan = Plan((compare(EMPTY, [WANTED], {PLACE: Found(None)}),), (refusal,))

    plan.require()
    assert plan.described()["refused"] == [
        {
            "code": 636,
            "where": "/profile",
            "name": "signature_needed",
            "detail": "It takes only a signed extension.",
            "hint": SignatureNeededError.hint,
        }
    ]
    with pytest.raises(SignatureNeededError):
        Plan((), (refusal,)).require()
