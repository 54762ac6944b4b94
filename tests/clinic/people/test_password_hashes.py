"""However many guess at once: two hashes at a time in a process, each of 64 MiB."""

import threading
import time

import pytest

from clinic.errors import Busy
from clinic.people import password_hashes
from clinic.people.password_hashes import BoundedArgon2Hasher


@pytest.fixture
def at_work(monkeypatch):
    """How many were hashing at the same moment, each time one began."""
    seen, running, lock = [], [], threading.Lock()

    def verify(self, password, encoded):
        with lock:
            running.append(1)
            seen.append(len(running))
        time.sleep(0.005)
        with lock:
            running.pop()
        return True

    monkeypatch.setattr(password_hashes.Argon2PasswordHasher, "verify", verify)
    return seen


def test_two_at_a_time(at_work):
    guesses = [threading.Thread(target=BoundedArgon2Hasher().verify, args=("guess", "")) for _ in range(24)]

    for guess in guesses:
        guess.start()
    for guess in guesses:
        guess.join()

    assert len(at_work) == 24
    assert max(at_work) == password_hashes.AT_ONCE == 2


def test_who_waits_too_long_is_told(monkeypatch):
    monkeypatch.setattr(password_hashes, "WAIT_SECONDS", 0.01)
    monkeypatch.setattr(password_hashes, "_places", threading.BoundedSemaphore(1))

    with password_hashes._Place(), pytest.raises(Busy):
        BoundedArgon2Hasher().verify("guess", "")


def test_one_takes_64_mebibytes_and_an_older_one_is_made_anew():
    hasher = BoundedArgon2Hasher()
    encoded = hasher.encode("four words put together", hasher.salt())
    older = encoded.replace("m=65536,t=3,p=4", "m=102400,t=2,p=8")

    assert "argon2id$v=19$m=65536,t=3,p=4$" in encoded
    assert hasher.verify("four words put together", encoded)
    assert (hasher.must_update(encoded), hasher.must_update(older)) == (False, True)
