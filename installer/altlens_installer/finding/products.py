"""The browsers that are made from Firefox, and what differs between them. Data, and its sources.

Where manifests are looked for is hard-coded in each (toolkit/xre/nsXREDirProvider.cpp): Zen and
Floorp leave it at Mozilla's folder, LibreWolf and Waterfox use their own.
"""

from __future__ import annotations

from dataclasses import dataclass

_SAME = (
    "Its users are safe by being alike; with another extension and its words in pages, a site can "
    "tell them apart."
)


@dataclass(frozen=True, slots=True)
class Product:
    """What differs between browsers.

    Attributes:
        key: What --browser takes.
        name: What it is called.
        programs: What its program may be called on Linux.
        places: Folders that it may be unpacked into, or installed into by a package, below
            /opt, /usr/lib and the like.
        application: What Name= says in its application.ini, in lower case, or RemotingName=.
        config: The folder of its profiles.ini below the user's settings.
        dotted: The same below the user's home, where it was before.
        native: The folder below the user's home that holds "native-messaging-hosts".
        system: The folder below /usr/lib that holds the same for all users.
        policies: The folder below /etc for its policies.
        flatpak: Its names at Flathub.
        snap: Its name in the snap store.
        mac: Its programs in /Applications.
        library: Below "Library/Application Support": the folder of its profiles.ini.
        mac_native: Below that: the folder that holds "NativeMessagingHosts".
        windows: Below "Program Files" or "AppData/Local": its folders, each with its program.
        roaming: Below "AppData/Roaming": the folder of its profiles.ini.
        keys_native: Below "Software" in the registry: what holds "NativeMessagingHosts". Where it
            is not known whether a browser looks below its own name, both are given.
        refusal: Why altlens is not installed into it; empty if it can be.
    """

    key: str
    name: str
    programs: tuple[str, ...]
    places: tuple[str, ...]
    application: str
    config: tuple[str, ...]
    dotted: str
    native: str
    system: str
    policies: str
    flatpak: tuple[str, ...]
    snap: str
    mac: tuple[str, ...]
    library: str
    mac_native: str
    windows: tuple[str, ...]
    roaming: str
    keys_native: tuple[str, ...]
    refusal: str = ""


FIREFOX = Product(
    key="firefox",
    name="Firefox",
    programs=(
        "firefox",
        "firefox-esr",
        "firefox-developer-edition",
        "firefox-devedition",
        "firefox-beta",
        "firefox-nightly",
        "firefox-bin",
    ),
    places=(
        "firefox",
        "firefox-esr",
        "firefox-developer-edition",
        "firefox-devedition",
        "firefox-beta",
        "firefox-nightly",
    ),
    application="firefox",
    config=("mozilla/firefox",),
    dotted=".mozilla/firefox",
    native=".mozilla",
    system="mozilla",
    policies="firefox",
    flatpak=("org.mozilla.firefox",),
    snap="firefox",
    mac=(
        "Firefox.app",
        "Firefox ESR.app",
        "Firefox Developer Edition.app",
        "Firefox Nightly.app",
    ),
    library="Firefox",
    mac_native="Mozilla",
    windows=(
        "Mozilla Firefox/firefox.exe",
        "Mozilla Firefox ESR/firefox.exe",
        "Firefox Developer Edition/firefox.exe",
        "Firefox Nightly/firefox.exe",
    ),
    roaming="Mozilla/Firefox",
    keys_native=("Mozilla",),
)

LIBREWOLF = Product(
    key="librewolf",
    name="LibreWolf",
    programs=("librewolf",),
    places=("librewolf",),
    application="librewolf",
    config=("librewolf/librewolf", "librewolf"),
    dotted=".librewolf",
    native=".librewolf",
    system="librewolf",
    policies="librewolf",
    flatpak=("io.gitlab.librewolf-community",),
    snap="",
    mac=("LibreWolf.app",),
    library="librewolf",
    mac_native="LibreWolf",
    windows=("LibreWolf/librewolf.exe",),
    roaming="librewolf",
    keys_native=("LibreWolf", "Mozilla"),
)

WATERFOX = Product(
    key="waterfox",
    name="Waterfox",
    programs=("waterfox",),
    places=("waterfox",),
    application="waterfox",
    config=("waterfox",),
    dotted=".waterfox",
    native=".waterfox",
    system="waterfox",
    policies="waterfox",
    flatpak=("net.waterfox.waterfox",),
    snap="",
    mac=("Waterfox.app",),
    library="Waterfox",
    mac_native="Waterfox",
    windows=("Waterfox/waterfox.exe",),
    roaming="Waterfox",
    keys_native=("Waterfox", "Mozilla"),
)

ZEN = Product(
    key="zen",
    name="Zen",
    programs=("zen-browser", "zen"),
    places=("zen", "zen-browser", "zen-browser-bin", "zen-twilight"),
    application="zen",
    config=("zen",),
    dotted=".zen",
    native=".mozilla",
    system="mozilla",
    policies="zen",
    flatpak=("app.zen_browser.zen", "io.github.zen_browser.zen"),
    snap="",
    mac=("Zen.app", "Zen Browser.app", "Twilight.app"),
    library="zen",
    mac_native="Mozilla",
    windows=("Zen Browser/zen.exe", "Zen Twilight/zen.exe"),
    roaming="zen",
    keys_native=("Mozilla",),
)

FLOORP = Product(
    key="floorp",
    name="Floorp",
    programs=("floorp",),
    places=("floorp",),
    application="floorp",
    config=("floorp",),
    dotted=".floorp",
    native=".mozilla",
    system="mozilla",
    policies="floorp",
    flatpak=("one.ablaze.floorp",),
    snap="",
    mac=("Floorp.app",),
    library="Floorp",
    mac_native="Mozilla",
    windows=("Ablaze Floorp/floorp.exe",),
    roaming="Floorp",
    keys_native=("Mozilla",),
)

MULLVAD = Product(
    key="mullvad",
    name="Mullvad Browser",
    programs=("mullvad-browser",),
    places=("mullvad-browser", "mullvad-browser/Browser"),
    application="mullvadbrowser",
    config=("mullvad/mullvadbrowser",),
    dotted=".mullvad/mullvadbrowser",
    native=".mozilla",
    system="mozilla",
    policies="mullvadbrowser",
    flatpak=("net.mullvad.MullvadBrowser",),
    snap="",
    mac=("Mullvad Browser.app",),
    library="MullvadBrowser",
    mac_native="Mozilla",
    windows=(
        "Mullvad/MullvadBrowser/Release/mullvadbrowser.exe",
        "Mullvad Browser/Browser/mullvadbrowser.exe",
    ),
    roaming="Mullvad/MullvadBrowser",
    keys_native=("Mozilla",),
    refusal=f"altlens is not installed into Mullvad Browser. {_SAME}",
)

TOR = Product(
    key="tor",
    name="Tor Browser",
    programs=("tor-browser", "torbrowser"),
    places=("tor-browser/Browser", "tor-browser_en-US/Browser", "tor-browser"),
    application="torbrowser",
    config=(),
    dotted=".local/share/torbrowser/tbb/x86_64/tor-browser/Browser/TorBrowser/Data/Browser",
    native=".mozilla",
    system="mozilla",
    policies="torbrowser",
    flatpak=("org.torproject.torbrowser-launcher",),
    snap="",
    mac=("Tor Browser.app",),
    library="TorBrowser-Data/Browser",
    mac_native="Mozilla",
    windows=("Tor Browser/Browser/firefox.exe",),
    roaming="",
    keys_native=("Mozilla",),
    refusal=f"altlens is not installed into Tor Browser. {_SAME}",
)

PRODUCTS = (FIREFOX, LIBREWOLF, WATERFOX, ZEN, FLOORP, MULLVAD, TOR)
