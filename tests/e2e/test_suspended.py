"""Firefox ends the background page when it likes: nothing is stuck, and nothing asked twice."""

from __future__ import annotations

from collections import Counter

from e2e.browser import Browser, until
from e2e.recorder import Recording
from e2e.website import Website

SUSPEND = """
const done = arguments[arguments.length - 1];
const { extension } = WebExtensionPolicy.getByID("altlens@altlens");
extension.terminateBackground({ ignoreDevToolsAttached: true, disableResetIdleForTest: true })
  .then(() => done(extension.backgroundState));
"""


def _warm(firefox: Browser, site: Website, recording: Recording) -> None:
    firefox.open(site.page(f'<img id="a" src="{site.drawing()}">'))
    firefox.described("a")
    recording.forget()


def test_a_background_that_is_suspended_while_it_is_asked_is_asked_again(
    firefox: Browser, site: Website, recording: Recording
) -> None:
    """Its questions are lost with it; every image is described, and asked about twice at most."""
    _warm(firefox, site, recording)
    names = "abcdef"
    with recording.stopped_workers():
        firefox.open(site.page("".join(f'<img id="{n}" src="{site.drawing()}">' for n in names)))
        until(lambda: len(recording.asked()) == 4, "four pictures at the host")

        firefox.chrome_later(SUSPEND)

    for name in names:
        assert firefox.described(name).mark == "described:lite"
    times = Counter(one["image"] for one in recording.asked())
    assert len(times) == 6
    assert max(times.values()) <= 2


def test_a_background_that_sleeps_is_woken_by_the_next_image(
    firefox: Browser, site: Website, recording: Recording
) -> None:
    """The page that is open needs no reload, and what it has is not asked about again."""
    _warm(firefox, site, recording)
    firefox.chrome_later(SUSPEND)

    firefox.script(
        "document.body.insertAdjacentHTML('beforeend', `<img id=b src=${arguments[0]}>`)",
        site.drawing(),
    )

    assert firefox.described("b").mark == "described:lite"
    assert len(recording.asked()) == 1


def test_switching_off_undoes_also_what_was_written_before_a_suspension(
    firefox: Browser, site: Website, recording: Recording
) -> None:
    """What was written is known where it was written."""
    _warm(firefox, site, recording)
    before = {"id": "a", "src": firefox.attributes("a")["src"]}
    firefox.chrome_later(SUSPEND)

    with firefox.chosen(paused=True):
        until(lambda: firefox.attributes("a") == before, "the image as it was")

    firefox.described("a")
