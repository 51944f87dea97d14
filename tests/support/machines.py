"""Trees of other machines, as the finding of browsers sees them, and a registry in memory."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path

from altlens_installer.errors import RegistryRefusedError
from altlens_installer.finding.machine import Machine, System


@dataclass
class MemoryRegistry:
    """A registry that remembers every call that changes it."""

    values: dict[str, str] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    refuses: str = ""

    def read(self, name: str, value: str = "") -> str | None:
        """See Registry; the default value alone is kept."""
        assert not value
        return self.values.get(name)

    def write(self, name: str, text: str) -> None:
        """See Registry."""
        if self.refuses and name.startswith(self.refuses):
            raise RegistryRefusedError(f"{name}: access is denied.")
        self.calls.append(f"write {name} = {text}")
        self.values[name] = text

    def remove(self, name: str) -> None:
        """See Registry."""
        if any(key.startswith(f"{name}\\") for key in self.values):
            raise RegistryRefusedError(f"{name} holds other keys.")
        self.calls.append(f"remove {name}")
        self.values.pop(name, None)

    def keys(self, name: str) -> list[str]:
        """See Registry."""
        inside = (key[len(name) + 1 :] for key in self.values if key.startswith(f"{name}\\"))
        return list(dict.fromkeys(key.partition("\\")[0] for key in inside))


def machine(root: Path, system: System, **environ: str) -> Machine:
    """Return an empty machine with one user, whose name is not plain."""
    if system == "win32":
        home = root / "C" / "Users" / "Jörg B"
        usual = {
            "ProgramFiles": "C:\\Program Files",
            "ProgramFiles(x86)": "C:\\Program Files (x86)",
            "APPDATA": "C:\\Users\\Jörg B\\AppData\\Roaming",
            "LOCALAPPDATA": "C:\\Users\\Jörg B\\AppData\\Local",
        }
        made = Machine(system, home, usual | environ, root, MemoryRegistry())
    else:
        home = root / ("Users" if system == "darwin" else "home") / "Jörg B"
        made = Machine(system, home, {"PATH": "/usr/bin:/bin"} | environ, root)
    home.mkdir(parents=True)
    return made


def browser(
    folder: Path,
    *,
    name: str = "Firefox",
    version: str = "150.0",
    channel: str = "release",
    signing: bool | None = True,
    program: str = "firefox",
    repository: str = "",
) -> Path:
    """Make a browser's folder as it is unpacked; return it."""
    (folder / "defaults" / "pref").mkdir(parents=True)
    source = f"SourceRepository={repository}\n" if repository else ""
    (folder / "application.ini").write_text(
        f"; a comment\n[App]\nVendor=Mozilla\nName={name}\nVersion={version}\n{source}"
    )
    if channel:
        (folder / "defaults/pref/channel-prefs.js").write_text(
            f'/* A comment. */\npref("app.update.channel", "{channel}");\n'
        )
    if signing is not None:
        (folder / "omni.ja").write_bytes(omni(signing))
    if program:
        (folder / program).write_bytes(b"\x7fELF")
    return folder


def omni(signing: bool, *, first: bool = True, packed: bool = True) -> bytes:
    """Make an omni.ja.

    Args:
        signing: Whether the build insists on signatures.
        first: Whether its central directory comes first, as in Mozilla's own builds.
        packed: Whether its files are deflated.
    """
    name = b"modules/AppConstants.sys.mjs"
    said = str(signing).lower()
    text = f"  MOZ_REQUIRE_SIGNING:\n//@line 51 somewhere\n  {said},\n\n  OTHER: true,\n".encode()
    if not first:
        plain = io.BytesIO()
        with zipfile.ZipFile(plain, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("chrome.manifest", "manifest a\n")
            archive.writestr(name.decode(), text)
        return plain.getvalue()
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    body = packer.compress(text) + packer.flush() if packed else text
    sizes = (8 if packed else 0, 0, 0, zlib.crc32(text), len(body), len(text), len(name))
    length = 46 + len(name)
    central = struct.pack(
        "<IHHHHHHIIIHHHHHII", 0x02014B50, 20, 20, 0, *sizes, 0, 0, 0, 0, 0, 4 + length
    )
    local = struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0, *sizes, 0)
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 1, 1, length, 4, 0)
    return b"\0\0\0\0" + central + name + local + name + body + end


def profiles(root: Path, *names: str, opened: str = "") -> list[Path]:
    """Make a folder with a profiles.ini and its profiles; the first is the one that is used."""
    root.mkdir(parents=True, exist_ok=True)
    text = [f"[Install4F96D1932A9F858E]\nDefault={names[0]}\nLocked=1\n"]
    for number, name in enumerate(names):
        (root / name).mkdir(parents=True)
        (root / name / "times.json").write_bytes(b"{}")
        if opened:
            (root / name / "compatibility.ini").write_text(
                f"[Compatibility]\nLastVersion=150.0_1/1\nLastPlatformDir={opened}\n"
            )
        title = name.rpartition(".")[2]
        text.append(f"[Profile{number}]\nName={title}\nIsRelative=1\nPath={name}\n")
    (root / "profiles.ini").write_text("\n".join(text), encoding="utf-8")
    return [(root / name).resolve() for name in names]
