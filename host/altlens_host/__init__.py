"""The native messaging host: what Firefox launches, and the worker that captions for it."""

__version__ = "0.1.0"
