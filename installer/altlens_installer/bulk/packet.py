"""Alt text in an XMP packet: Iptc4xmpCore:AltTextAccessibility (IPTC Photo Metadata 2021.1).

It is a language alternative (XMP specification part 1, 8.2.2.4). All else in the packet stays
byte for byte as it is: the text is put in, not the packet written anew.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from altlens_installer.errors import PictureUnreadableError

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_IPTC = "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"
_ALT = f"{_IPTC} AltTextAccessibility"
_LARGEST = 16 << 20

_NEW = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
    f'<rdf:RDF xmlns:rdf="{_RDF}">\n'
    "</rdf:RDF>\n</x:xmpmeta>\n"
    '<?xpacket end="w"?>'
).encode()


class _Seen(NamedTuple):
    about: str
    end: int
    alts: list[tuple[int, int]]
    words: str


def alt_in(packet: bytes) -> str:
    """Return the alt text in a packet; empty where there is none.

    Raises:
        PictureUnreadableError: The packet cannot be read.
    """
    return _look(packet).words


def with_alt(packet: bytes | None, alt: str, language: str) -> bytes:
    """Return a packet with this alt text, in place of any other.

    Args:
        packet: The packet; None to make one.
        alt: The text.
        language: Which language it is in, as BCP 47 has it.

    Raises:
        PictureUnreadableError: The packet cannot be read.
    """
    packet = _NEW if packet is None else packet
    seen = _look(packet)
    items = "".join(
        f"<rdf:li xml:lang={quoteattr(one)}>{escape(alt)}</rdf:li>"
        for one in dict.fromkeys(("x-default", language or "x-default"))
    )
    added = (
        f'<rdf:Description xmlns:rdf="{_RDF}" rdf:about={quoteattr(seen.about)} '
        f'xmlns:Iptc4xmpCore="{_IPTC}"><Iptc4xmpCore:AltTextAccessibility><rdf:Alt>{items}'
        "</rdf:Alt></Iptc4xmpCore:AltTextAccessibility></rdf:Description>\n"
    ).encode()
    made = packet[: seen.end] + added + packet[seen.end :]
    for start, stop in reversed(seen.alts):
        made = made[:start] + made[stop:]
    if alt_in(made) != alt:
        raise PictureUnreadableError("Its XMP packet is built in a way that is not known here.")
    return made


class _Reader:
    """Follows a packet's elements with their places."""

    def __init__(self, packet: bytes) -> None:
        self._packet = packet
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._finish
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = self._doctype
        self.about: str | None = None
        self.end = -1
        self.alts: list[tuple[int, int]] = []
        self.words: dict[str, str] = {}
        self._begun = -1
        self._language: str | None = None

    def read(self) -> None:
        self._parser.Parse(self._packet, True)

    def _doctype(self, *_: object) -> None:
        raise PictureUnreadableError("Its XMP packet declares a document type.")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == f"{_RDF} Description" and self.about is None:
            self.about = attributes.get(f"{_RDF} about", "")
        elif name == _ALT:
            self._begun = self._parser.CurrentByteIndex
        elif name == f"{_RDF} li" and self._begun >= 0:
            xml = "http://www.w3.org/XML/1998/namespace lang"
            self._language = attributes.get(xml, "x-default")
            self.words.setdefault(self._language, "")

    def _finish(self, name: str) -> None:
        at = self._parser.CurrentByteIndex
        if name == f"{_RDF} RDF":
            self.end = at
        elif name == f"{_RDF} li":
            self._language = None
        elif name == _ALT:
            # Of an element that is empty, its own place is told again.
            stop = self._packet.index(b">", at) + 1
            self.alts.append((self._begun, stop))
            self._begun = -1

    def _text(self, text: str) -> None:
        if self._language is not None:
            self.words[self._language] += text


def _look(packet: bytes) -> _Seen:
    if len(packet) > _LARGEST or packet.startswith((b"\xfe\xff", b"\xff\xfe", b"\x00")):
        raise PictureUnreadableError("Its XMP packet is too large, or not in UTF-8.")
    reader = _Reader(re.sub(rb"\x00+\Z", b"", packet))
    try:
        reader.read()
    except (expat.ExpatError, ValueError, UnicodeError):
        raise PictureUnreadableError("Its XMP packet is damaged.") from None
    if reader.end < 0 or not packet.startswith(b"</", reader.end):
        raise PictureUnreadableError("Its XMP packet holds no rdf:RDF with anything in it.")
    words = reader.words.get("x-default") or next(filter(None, reader.words.values()), "")
    return _Seen(reader.about or "", reader.end, reader.alts, words.strip())
