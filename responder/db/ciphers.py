"""How are secrets kept under the installation's key?"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from responder.core.errors import InvalidInput

__all__ = ["SecretCiphers"]

_NONCE_BYTES = 12
_SHORTEST_KEY = 16
_VERSION = b"\x01"


class SecretCiphers:
    """Seals, blind indexes and signatures, each purpose under its own key (HKDF, RFC 5869).

    AES-256-GCM with random 96-bit nonces (NIST SP 800-38D); HMAC-SHA-256 (RFC 2104).
    """

    def __init__(self, secret_key: str) -> None:
        if len(secret_key) < _SHORTEST_KEY:
            raise InvalidInput(
                "The secret key is too short.", mend="Set RESPONDER_SECRET_KEY to 32 random bytes."
            )
        secret = secret_key.encode()

        @cache
        def key_for(purpose: str) -> bytes:
            return HKDF(
                algorithm=SHA256(), length=32, salt=None, info=f"responder/{purpose}".encode()
            ).derive(secret)

        self._key_for = key_for
        self._aead = AESGCM(key_for("seal"))
        self._index_keys: dict[str, hmac.HMAC] = {}

    def seal(self, plain: str, *, row: str) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return _VERSION + nonce + self._aead.encrypt(nonce, plain.encode(), row.encode())

    def unseal(self, sealed: bytes, *, row: str) -> str:
        if sealed[:1] != _VERSION:
            raise InvalidInput(_CHANGED, mend=_CHANGED_MEND)
        nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            return self._aead.decrypt(nonce, body, row.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise InvalidInput(_CHANGED, mend=_CHANGED_MEND) from error

    def index(self, plain: str, *, purpose: str) -> str:
        """A copy of a prepared HMAC: twice as fast as a new one, and an import asks a million times."""
        prepared = self._index_keys.get(purpose)
        if prepared is None:
            prepared = hmac.new(self._key_for(f"index/{purpose}"), digestmod=hashlib.sha256)
            self._index_keys[purpose] = prepared
        digest = prepared.copy()
        digest.update(plain.encode())
        return digest.hexdigest()

    def sign(self, text: str, *, purpose: str) -> str:
        digest = hmac.digest(self._key_for(f"sign/{purpose}"), text.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def verify(self, text: str, signature: str, *, purpose: str) -> bool:
        return hmac.compare_digest(self.sign(text, purpose=purpose).encode(), signature.encode())


_CHANGED = "A sealed value cannot be opened."
_CHANGED_MEND = "It was changed, moved to another row, or sealed under another RESPONDER_SECRET_KEY."
_SHORT_MEND = "Set RESPONDER_SECRET_KEY to 32 random bytes or more, as text."
