"""The one way in which preparing says no."""

from __future__ import annotations


class RefusedError(Exception):
    """This model cannot be prepared; it stays usable by its graphs as they are.

    The message is for the user: one sentence that says why.
    """
