"""Passwords are hashed by Argon2id, a few at a time in each process: who sends many guesses takes no more memory.

The second choice of RFC 9106, section 4: 3 passes over 64 MiB in 4 lanes. Hashes that were made with more memory are
made anew when their owner signs in.
"""

import threading

from django.contrib.auth.hashers import Argon2PasswordHasher

from clinic.errors import Busy

AT_ONCE = 2
WAIT_SECONDS = 5
_places = threading.BoundedSemaphore(AT_ONCE)


class _Place:
    def __enter__(self):
        if not _places.acquire(timeout=WAIT_SECONDS):
            raise Busy

    def __exit__(self, *error):
        _places.release()


class BoundedArgon2Hasher(Argon2PasswordHasher):
    """At most AT_ONCE of them take 64 MiB each; others wait, and raise Busy after WAIT_SECONDS."""

    time_cost = 3
    memory_cost = 64 * 1024
    parallelism = 4

    def encode(self, password, salt):
        with _Place():
            return super().encode(password, salt)

    def verify(self, password, encoded):
        with _Place():
            return super().verify(password, encoded)
