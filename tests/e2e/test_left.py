"""The reader goes elsewhere: what nobody waits for any more is not worked on."""

from __future__ import annotations

import pytest
from e2e.browser import Browser, until
from e2e.recorder import Recording
from e2e.website import Website


@pytest.fixture
def warm(firefox: Browser, site: Website, recording: Recording) -> Browser:
    """Firefox with a host that has answered, and so has a worker."""
    # A drawing like no other: what the disk remembers needs no worker.
    firefox.open(site.page(f'<img id="a" src="{site.drawing()}">'))
    firefox.described("a")
    recording.forget()
    return firefox


def codes(recording: Recording) -> list[int]:
    return [one["code"] for one in recording.answered("error")]


def test_leaving_a_page_cancels_its_questions_and_coming_back_asks_again(
    warm: Browser, site: Website, recording: Recording
) -> None:
    """Also where Firefox keeps the page as it was left and wakes it from the history."""

    def kept() -> bool:
        images = "".join(f'<img id="{name}" src="{site.drawing()}">' for name in "abcdef")
        recording.forget()
        with recording.stopped_workers():
            warm.open(site.page(images))
            until(lambda: len(recording.asked()) == 4, "four pictures at the host")
            warm.mark_as_left()

            warm.open(site.page("<p>Elsewhere.</p>"))

            until(lambda: codes(recording) == [501] * 4, "four cancelled questions")
        is_kept = warm.is_as_it_was_left("a")
        assert all(warm.described(name).mark == "described:lite" for name in "abcdef")
        return is_kept

    until(kept, "the page as it was left")
    (cancel,) = recording.asked("cancel")

    assert {one["page"] for one in recording.asked()[:4]} == {cancel["page"]}


def test_closing_a_tab_cancels_its_questions_and_no_others(
    warm: Browser, site: Website, recording: Recording
) -> None:
    """What the tab that stays waits for is described."""
    with recording.stopped_workers():
        warm.open(site.page(f'<img id="stays" src="{site.drawing()}">'))
        until(lambda: len(recording.asked()) == 1, "the first picture at the host")
        with warm.tab():
            warm.open(site.page(f'<img src="{site.drawing()}"><img src="{site.drawing()}">'))
            until(lambda: len(recording.asked()) == 3, "two more pictures at the host")

        until(lambda: codes(recording) == [501] * 2, "two cancelled questions")

    assert warm.described("stays").mark == "described:lite"


def test_a_pause_while_pictures_are_asked_about_ends_with_its_end(
    warm: Browser, site: Website, recording: Recording
) -> None:
    """The questions are given up with it; the page that is open is described afterwards."""
    with recording.stopped_workers():
        warm.open(site.page(f'<img id="a" src="{site.drawing()}">'))
        until(recording.asked, "the picture at the host")
        before = warm.choose(paused=True)
        until(lambda: codes(recording) == [501], "the question given up")
    warm.choose(**{"paused": False} | before)

    assert warm.described("a").mark == "described:lite"
