"""The embedded default: each message becomes a file. A key becomes one file however often it is sent."""

import hashlib
import os
import re
import tempfile

from clinic.messaging.channels import Outgoing, TemporaryFailure, calendar_part, html_mail


class FileChannel:
    remembers_keys = True
    can_be_asked = True

    def __init__(self, folder, *, looks_folder=None, name="files"):
        """`looks_folder` (e-mail only) gets what a mail program would show, as HTML, and calendar files."""
        self.folder, self.looks_folder, self.name = folder, looks_folder, name

    def send(self, outgoing: Outgoing) -> str:
        try:
            return self._write(outgoing)
        except OSError as error:  # the disk is full, or the folder belongs to somebody else
            raise TemporaryFailure(type(error).__name__) from error

    def find(self, outgoing: Outgoing, *, since) -> list[str]:
        path = self._path(outgoing.key)
        return [path.name] if path.exists() else []

    def sent_to(self, address, *, since):
        return []

    def heard(self, *, since):
        return []

    def _path(self, key):
        readable = re.sub(r"[^a-z0-9+]+", "-", key.lower()).strip("-")[:80]
        return self.folder / f"{readable}-{hashlib.sha256(key.encode()).hexdigest()[:12]}.txt"

    def _write(self, outgoing):
        path = self._path(outgoing.key)
        if self.looks_folder:
            _put(self.looks_folder / f"{path.stem}.html", html_mail.to_html(outgoing))
            if outgoing.calendar:
                _put(self.looks_folder / f"{path.stem}.ics", calendar_part.addressed(outgoing)[1])
        text = f"To: {outgoing.address}\nSubject: {outgoing.subject}\nKey: {outgoing.key}\n\n{outgoing.body}"
        _put(path, text)  # it counts as sent from here on
        return path.name


def _put(path, text):
    """All of it or nothing, and never over an older one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=".", encoding="utf-8", delete=False) as draft:
        draft.write(text)
    try:
        os.link(draft.name, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(draft.name)
