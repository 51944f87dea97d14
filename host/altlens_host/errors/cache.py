"""What is wrong with what is remembered on the disk: 7xx."""

from __future__ import annotations

from altlens_host.errors.base import AltlensError


class CacheError(AltlensError):
    """What is remembered on the disk cannot be used; captions go on without it."""


class CacheLockedError(CacheError):
    """Another program holds the cache's file."""

    code = 701
    name = "cache_locked"
    hint = "Nothing is remembered meanwhile. End other programs that use the file."


class CacheReadOnlyError(CacheError):
    """The cache's folder or file cannot be read or written."""

    code = 702
    name = "cache_read_only"
    hint = "Check the owner and the permissions of the cache's folder."


class CacheFullError(CacheError):
    """The disk is full, or refuses to write."""

    code = 703
    name = "cache_full"
    hint = "Make room on the disk."


class CacheCorruptError(CacheError):
    """The cache's file is damaged. It was set aside, and a new one will be started."""

    code = 704
    name = "cache_corrupt"
    hint = "Run: altlens cache clear"


class CacheNewerError(CacheError):
    """A newer altlens made the cache's file. It was left as it is."""

    code = 705
    name = "cache_newer"
    hint = "Update altlens, or run: altlens cache clear"


class CacheOffError(CacheError):
    """There is no cache: the client gave no profile key, or the system lacks what it needs."""

    code = 706
    name = "cache_off"
    hint = "Only an extension that gives its profile's key has a cache."


class EnvelopeError(CacheError):
    """What was sealed cannot be opened: it was changed, moved, or sealed with another key."""

    code = 707
    name = "cache_entry_broken"
    hint = "Run: altlens cache clear"


class CacheWritableError(CacheError):
    """Everybody on this machine can change the cache's folder."""

    code = 714
    name = "cache_writable"
    hint = "Take the right to write from others (chmod o-w) on the cache's folder."
