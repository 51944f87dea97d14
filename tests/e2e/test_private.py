"""Private windows stay private."""

from e2e.browser import Browser
from e2e.recorder import Recording
from e2e.website import Website


def test_the_host_is_told_that_a_window_is_private(
    firefox: Browser, site: Website, recording: Recording
) -> None:
    """What is seen in a private window is asked about as private, and nothing else is."""
    page = site.page('<img id="a" src="/cat.jpg">')
    with firefox.chosen(privateWindows=True), firefox.private_window():
        firefox.open(page)
        firefox.described("a")
    firefox.open(page)
    firefox.described("a")

    said = [one["private"] for one in recording.asked()]

    assert said == [True, False]
