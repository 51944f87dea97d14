r"""The Windows registry, behind an interface that a test can fulfil on any system.

A value is named by one string: the hive and the key, as in
`HKCU\Software\Mozilla\NativeMessagingHosts\altlens`. It is always the key's default value and
always text, which is all that Firefox reads there (MDN, "Native manifests").
"""

from __future__ import annotations

import sys
from typing import Protocol

from altlens_installer.errors import RegistryRefusedError

HIVES = ("HKCU\\", "HKLM\\")
"""How the name of a registry value begins: the user's, and the whole machine's."""


class Registry(Protocol):
    """The part of the registry that altlens needs."""

    def read(self, name: str, value: str = "") -> str | None:
        """Return the text of a value of a key, or None if there is none.

        Raises:
            RegistryRefusedError: Windows refuses, or it is no text.
        """
        ...

    def write(self, name: str, text: str) -> None:
        """Set the default value of a key, and make the key.

        Raises:
            RegistryRefusedError: Windows refuses.
        """
        ...

    def remove(self, name: str) -> None:
        """Take away a key with its value; it is no error if there is none.

        Raises:
            RegistryRefusedError: Windows refuses, or the key holds other keys.
        """
        ...

    def keys(self, name: str) -> list[str]:
        """Return the names of the keys in a key; none if it is not there.

        Raises:
            RegistryRefusedError: Windows refuses.
        """
        ...


def is_value(place: str) -> bool:
    """Say whether a place is a registry value, and not a file."""
    return place.startswith(HIVES)


def encoded(text: str) -> bytes:
    """Return the text of a value as bytes, as files have them."""
    return text.encode("utf-8", "surrogatepass")


def decoded(data: bytes) -> str:
    """Undo `encoded`."""
    return data.decode("utf-8", "surrogatepass")


if sys.platform == "win32":
    import winreg

    _HIVES = {"HKCU": winreg.HKEY_CURRENT_USER, "HKLM": winreg.HKEY_LOCAL_MACHINE}

    class WindowsRegistry:
        """The real one. Firefox looks in the 64-bit view first, so that is the one used."""

        def read(self, name: str, value: str = "") -> str | None:
            """See `Registry`."""
            try:
                with winreg.OpenKey(*_key(name), access=_access(winreg.KEY_READ)) as key:
                    found, kind = winreg.QueryValueEx(key, value)
            except FileNotFoundError:
                return None
            except OSError as error:
                raise _refused(name, error) from None
            if kind not in {winreg.REG_SZ, winreg.REG_EXPAND_SZ} or not isinstance(found, str):
                raise RegistryRefusedError(f"{name} is no text.")
            return found

        def write(self, name: str, text: str) -> None:
            """See `Registry`."""
            try:
                with winreg.CreateKeyEx(*_key(name), access=_access(winreg.KEY_WRITE)) as key:
                    winreg.SetValueEx(key, "", 0, winreg.REG_SZ, text)
                    winreg.FlushKey(key)
            except OSError as error:
                raise _refused(name, error) from None

        def remove(self, name: str) -> None:
            """See `Registry`."""
            hive, key = _key(name)
            try:
                winreg.DeleteKeyEx(hive, key, winreg.KEY_WOW64_64KEY, 0)
            except FileNotFoundError:
                return
            except OSError as error:
                raise _refused(name, error) from None

        def keys(self, name: str) -> list[str]:
            """See `Registry`."""
            try:
                with winreg.OpenKey(*_key(name), access=_access(winreg.KEY_READ)) as key:
                    count, _, _ = winreg.QueryInfoKey(key)
                    return [winreg.EnumKey(key, index) for index in range(count)]
            except FileNotFoundError:
                return []
            except OSError as error:
                raise _refused(name, error) from None

    def _key(name: str) -> tuple[int, str]:
        hive, _, key = name.partition("\\")
        return _HIVES[hive], key

    def _access(wanted: int) -> int:
        return wanted | winreg.KEY_WOW64_64KEY

    def _refused(name: str, error: OSError) -> RegistryRefusedError:
        return RegistryRefusedError(f"{name}: {error.strerror or error}.")

    def of_this_machine() -> Registry | None:
        """Return the registry of the machine that runs this."""
        return WindowsRegistry()

else:

    def of_this_machine() -> Registry | None:
        """Return None: only Windows has one."""
        return None
