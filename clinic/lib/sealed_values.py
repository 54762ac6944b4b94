"""Values that the database alone tells nobody: encrypted, and found by a keyed hash.

Several keys can be in use: the first seals, all of them open and find. So a key is changed by putting a new one first.
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils.crypto import salted_hmac

NONCE = 12  # bytes


class SealedValues:
    """The values of one purpose, which `salt` names. `keys` is a function that returns the secrets, as text."""

    def __init__(self, *, salt, keys):
        self.salt, self._keys = salt, keys

    def seal(self, words):
        nonce = secrets.token_bytes(NONCE)
        return nonce + self._cipher(self._keys()[0]).encrypt(nonce, words.encode(), self.salt.encode())

    def open(self, sealed):
        """The words; None if no key fits."""
        sealed = bytes(sealed)
        for key in self._keys():
            try:
                return self._cipher(key).decrypt(sealed[:NONCE], sealed[NONCE:], self.salt.encode()).decode()
            except InvalidTag:
                continue
        return None

    def mark(self, words):
        """The keyed hash by which these words are found: 64 letters."""
        return self.marks(words)[0]

    def marks(self, words):
        """The same under every key in use."""
        return [
            salted_hmac(f"{self.salt}.mark", words, secret=key, algorithm="sha256").hexdigest() for key in self._keys()
        ]

    def _cipher(self, key):
        return AESGCM(salted_hmac(f"{self.salt}.seal", "", secret=key, algorithm="sha256").digest())
