"""What a lane and the service need of others: where answers are kept, and who makes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from altlens_host.messages import Answer, Wish


class Memory(Protocol):
    """Keeps answers by the digest of the picture, as long as this process lives."""

    def __len__(self) -> int:
        """Return how many answers are kept."""
        ...

    def get(self, key: bytes) -> Answer | None:
        """Return the answer for a picture, if it is kept."""
        ...

    def put(self, key: bytes, answer: Answer) -> None:
        """Keep an answer."""
        ...

    def forget(self, key: bytes) -> None:
        """Forget the answer for a picture, if it is kept."""
        ...

    def clear(self) -> None:
        """Forget all answers."""
        ...


class Cache(Protocol):
    """Keeps answers on the disk, for one profile.

    `unlock`, `get`, `put` and `state` never raise, and return soon whatever the disk does: a
    cache that does not work is no cache, and that is all. Thread-safe.
    """

    def unlock(self, profile_key: bytes, keep_days: int | None) -> None:
        """Take the profile's key; nothing is kept before that.

        Args:
            profile_key: The key.
            keep_days: For how many days answers are kept; None for the usual.
        """
        ...

    def get(self, picture: bytes, options: tuple[str, ...]) -> Answer | None:
        """Return the answer for a picture, if it is kept.

        Args:
            picture: The digest of the picture's bytes.
            options: All else that the answer depends on, always in the same order.
        """
        ...

    def put(self, picture: bytes, options: tuple[str, ...], answer: Answer) -> None:
        """Keep an answer."""
        ...

    def state(self) -> dict[str, Any]:
        """Describe the cache for `state` in the protocol."""
        ...

    def stats(self) -> dict[str, Any]:
        """Count what is kept; CacheError if that cannot be known."""
        ...

    def clear(self) -> dict[str, Any]:
        """Forget all answers; CacheError if that fails."""
        ...

    def forget(self, picture: bytes, options: tuple[str, ...]) -> dict[str, Any]:
        """Forget one answer; CacheError if that fails (arguments: `get`)."""
        ...

    def verify(self) -> dict[str, Any]:
        """Open and check all entries; CacheError if that cannot be done."""
        ...

    def rotate(self, profile_key: bytes) -> dict[str, Any]:
        """Seal all entries with another key; CacheError if that cannot be done."""
        ...


class Captioner(Protocol):
    """Says what a picture shows."""

    def loaded(self) -> bool:
        """Say whether a model is in memory."""
        ...

    def state(self) -> dict[str, Any]:
        """Describe the worker for `state` in the protocol."""
        ...

    def warm(self) -> None:
        """Load the model, so that the first picture finds it loaded. Never raises."""
        ...

    def caption(self, key: bytes, image: bytes, wanted: Callable[[], bool], wish: Wish) -> Answer:
        """Look at a picture; any AltlensError is the answer of those who asked.

        Args:
            key: The picture's digest.
            image: Its bytes.
            wanted: Says whether anybody still waits. Asked before anything slow is begun.
            wish: What the answer may not stop short of.
        """
        ...

    def give_up(self) -> None:
        """Hear that nobody waits any more for the picture that is looked at now."""
        ...
