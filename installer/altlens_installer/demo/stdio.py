"""The demonstration without Firefox: the host is spoken to over its pipe, as Firefox does."""

from __future__ import annotations

from collections.abc import Sequence

from altlens_host.messages import Result
from altlens_installer import client
from altlens_installer.demo.judge import Heard, Picture, pair


def listen(
    pictures: Sequence[Picture], model: str | None
) -> tuple[Heard, tuple[str, str] | None, Heard]:
    """Have the photographs captioned, then again with two of them exchanged.

    Args:
        pictures: The photographs.
        model: The model's name or folder; None for the usual one.

    Returns:
        What is heard for each, which two were exchanged, and what is heard then.

    Raises:
        InstallerError: There is no host, or it fails.
    """
    with client.Host(client.command(model)) as host:
        heard = _ask(host, pictures, {})
        exchanged = pair(pictures, heard)
        one, other = exchanged or ("", "")
        return heard, exchanged, _ask(host, pictures, {one: other, other: one})


def _ask(host: client.Host, pictures: Sequence[Picture], instead: dict[str, str]) -> Heard:
    paths = {picture.id: picture.path for picture in pictures}
    ids = list(paths)
    data = (paths[instead.get(id, id)].read_bytes() for id in ids)
    return {
        ids[index]: reply.text if isinstance(reply, Result) else ""
        for index, reply in host.captions(data)
    }
