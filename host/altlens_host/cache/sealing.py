"""Keys and the envelope that one answer is kept in. No SQL, no files.

The profile's key is 32 random bytes that only the profile holds. HKDF (RFC 5869) makes three
keys of it, so that no two uses share one: the file's name, the look-up keys, and the sealing.
An envelope is

    version (1 byte) | nonce (12 bytes) | AES-256-GCM-SIV ciphertext and tag (RFC 8452)

with the version byte and the row's look-up key as associated data: an envelope opens in the row
that it was made for, and nowhere else. docs/decisions/0067 says why this AEAD.
"""

from __future__ import annotations

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from altlens_host.errors import CacheOffError, EnvelopeError

VERSION = 1
KEY_BYTES = 32
LOOK_UP_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
OVERHEAD = 1 + NONCE_BYTES + TAG_BYTES
"""How much longer an envelope is than what it holds, in bytes."""


class Sealer:
    """Seals and opens with the keys of one profile."""

    def __init__(self, profile_key: bytes) -> None:
        """Derive the keys.

        Args:
            profile_key: 32 random bytes.

        Raises:
            CacheOffError: The system's OpenSSL lacks AES-GCM-SIV (it came with OpenSSL 3.2).
        """
        self.name = _derive(profile_key, b"name", 16).hex()
        self._look_up = _derive(profile_key, b"look-up", KEY_BYTES)
        try:
            self._aead = AESGCMSIV(_derive(profile_key, b"seal", KEY_BYTES))
        except UnsupportedAlgorithm:
            raise CacheOffError("OpenSSL has no AES-GCM-SIV here.") from None

    def look_up(self, identity: bytes) -> bytes:
        """Return the look-up key of an entry: 32 bytes that tell nothing without the key.

        Args:
            identity: The digest of all that the answer depends on (`entries.identity`).
        """
        return hmac.digest(self._look_up, identity, hashlib.sha256)

    def seal(self, look_up: bytes, plain: bytes) -> bytes:
        """Return the envelope of an entry, for the row with this look-up key."""
        nonce = os.urandom(NONCE_BYTES)
        head = bytes([VERSION])
        return head + nonce + self._aead.encrypt(nonce, plain, head + look_up)

    def open(self, look_up: bytes, envelope: bytes) -> bytes:
        """Return what was sealed into a row.

        Raises:
            EnvelopeError: It was changed, belongs to another row or key, or to another version.
        """
        if len(envelope) < OVERHEAD or envelope[0] != VERSION:
            raise EnvelopeError("An entry is no envelope of this version.")
        nonce, sealed = envelope[1 : 1 + NONCE_BYTES], envelope[1 + NONCE_BYTES :]
        try:
            return self._aead.decrypt(nonce, sealed, envelope[:1] + look_up)
        except InvalidTag:
            raise EnvelopeError("An entry is not what was sealed.") from None


def _derive(profile_key: bytes, purpose: bytes, length: int) -> bytes:
    hkdf = HKDF(SHA256(), length, salt=None, info=b"altlens cache 1: " + purpose)
    return hkdf.derive(profile_key)
