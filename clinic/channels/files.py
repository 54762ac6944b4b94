"""The embedded default: each message becomes a file. A key becomes one file however often it is sent."""

import hashlib
import os
import re
import tempfile

from clinic.channels import Outgoing, TemporaryFailure


class FileChannel:
    remembers_keys = True
    can_be_asked = True

    def __init__(self, folder):
        self.folder = folder

    def send(self, outgoing: Outgoing) -> str:
        try:
            return self._write(outgoing)
        except OSError as error:  # the disk is full, or the folder is not ours
            raise TemporaryFailure(type(error).__name__) from error

    def find(self, outgoing: Outgoing, *, since) -> list[str]:
        path = self._path(outgoing.key)
        return [path.name] if path.exists() else []

    def _path(self, key):
        readable = re.sub(r"[^a-z0-9+]+", "-", key.lower()).strip("-")[:80]
        return self.folder / f"{readable}-{hashlib.sha256(key.encode()).hexdigest()[:12]}.txt"

    def _write(self, outgoing):
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self._path(outgoing.key)
        with tempfile.NamedTemporaryFile("w", dir=self.folder, prefix=".", encoding="utf-8", delete=False) as draft:
            draft.write(f"To: {outgoing.address}\nSubject: {outgoing.subject}\nKey: {outgoing.key}\n\n{outgoing.body}")
        try:
            os.link(draft.name, path)  # all of it or nothing, and never over an older one
        except FileExistsError:
            pass
        finally:
            os.unlink(draft.name)
        return path.name
