"""Tries a model before it is used: the host captions a drawn picture with it, as ever."""

from __future__ import annotations

from pathlib import Path

from altlens_host.errors import AltlensError
from altlens_host.messages import ErrorReply
from altlens_installer import client
from altlens_installer.doctor.serving import drawn_picture
from altlens_installer.errors import ModelUnusableError
from altlens_installer.models import golden


def tried(folder: Path) -> None:
    """See that a model captions a picture, and says what was recorded of it, if anything was.

    Raises:
        ModelUnusableError: It does not.
    """
    captions_a_picture(folder)
    golden.require(folder)


def captions_a_picture(folder: Path) -> None:
    """See that a model captions a picture.

    Args:
        folder: Its folder.

    Raises:
        ModelUnusableError: It does not.
    """
    try:
        with client.Host(client.command(str(folder))) as host:
            ((_, reply),) = host.captions([drawn_picture()])
    except AltlensError as error:
        raise ModelUnusableError(f"It cannot be tried: {error.detail}") from None
    if isinstance(reply, ErrorReply):
        raise ModelUnusableError(f"It captions no picture: {reply.message} ({reply.code})")
