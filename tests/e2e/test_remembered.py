"""What the extension has remembered, from one start of it to the next."""

import base64
from typing import Any

from e2e.browser import Browser
from e2e.recorder import Recording
from e2e.website import Website

# What happens to an extension when Firefox starts anew, without the seconds that that takes.
RELOAD = """
const [id, done] = arguments;
const { AddonManager } = ChromeUtils.importESModule("resource://gre/modules/AddonManager.sys.mjs");
AddonManager.getAddonByID(id).then((addon) => addon.reload()).then(done);
"""


def hello_after_reload(firefox: Browser, recording: Recording, page: str) -> dict[str, Any]:
    """Start the extension anew, have a picture described, return its first message."""
    firefox.open("about:blank")
    firefox.chrome_later(RELOAD, "altlens@altlens")
    recording.forget()
    firefox.open(page)
    firefox.described("a")
    (hello,) = recording.asked("hello")
    return hello


def test_the_profile_keeps_one_key_and_the_next_host_knows_the_picture(
    firefox: Browser, site: Website, recording: Recording
) -> None:
    """The key is made once; what is sealed with it is found again by a host that is new."""
    page = site.page('<img id="a" src="/bee.jpg">')

    first = hello_after_reload(firefox, recording, page)
    second = hello_after_reload(firefox, recording, page)
    (answer,) = recording.answered()

    assert len(base64.b64decode(first["profile_key"])) == 32
    assert second["profile_key"] == first["profile_key"]
    assert answer["source"] == "cache"


def command(firefox: Browser, words: str) -> Any:
    """Ask the background page for something, as a page of the extension's own does."""
    address = firefox.chrome(
        "return WebExtensionPolicy.getByID('altlens@altlens').getURL('icons/altlens.svg')"
    )
    firefox.open(address)
    return firefox.marionette.execute_async_script(
        "const [words, done] = arguments;"
        "window.wrappedJSObject.browser.runtime.sendMessage(words).then("
        "(report) => done(report && {...report}), (error) => done(String(error)));",
        script_args=[words],
    )


def test_what_is_remembered_is_counted_verified_and_forgotten(
    firefox: Browser, site: Website, recording: Recording
) -> None:
    """With the key goes the file; the picture is a new one for the host."""
    page = site.page('<img id="a" src="/bee.jpg">')
    before = hello_after_reload(firefox, recording, page)

    counted = command(firefox, "count remembered")
    verified = command(firefox, "verify remembered")
    forgotten = command(firefox, "forget remembered")
    nothing = command(firefox, "count remembered")
    after = hello_after_reload(firefox, recording, page)
    (answer,) = recording.answered()

    assert counted["entries"] == verified["entries"] == forgotten["removed"] > 0
    assert verified["broken"] == 0
    assert nothing["entries"] == 0
    assert after["profile_key"] != before["profile_key"]
    assert answer["source"] == "model"
