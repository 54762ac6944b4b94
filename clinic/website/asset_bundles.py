"""One stylesheet and one script in place of several: a phone on a slow connection waits again for each file.

The parts are separate files in `static/`; anything that looks for the bundle, `collectstatic` or a development
server, finds it made of the parts as they are now.
"""

import os
import tempfile
from pathlib import Path

import rcssmin
from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

# What every page needs, then what public pages add; in the order in which rules override each other.
PARTS = {
    "css/site.css": ["bootstrap", "clinic", "offers", "body", "terms", "triage", "search"],
    "js/site.js": ["clinic", "terms", "body-links"],
}


class BundleFinder(BaseFinder):
    """Finds the bundles where they are made: in the data folder."""

    def __init__(self, app_names=None, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.storage = FileSystemStorage(location=settings.DATA_DIR / "bundles")

    def find(self, path, find_all=False, **kwargs):
        found = [make(path, self.storage)] if path in PARTS else []
        return found if find_all else next(iter(found), [])

    def list(self, ignore_patterns):
        for path in PARTS:
            make(path, self.storage)
            yield path, self.storage


def make(path, storage):
    """The file's whole path. It is written only when it changes, and atomically: others may be reading it."""
    target = Path(storage.path(path))
    text = bundle(path)
    if not target.exists() or target.read_text() != text:
        target.parent.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(dir=target.parent)
        with os.fdopen(number, "w") as new:
            new.write(text)
        os.replace(name, target)
    return str(target)


def bundle(path):
    """Its parts one after the other: styles without comments and white space, scripts each in a scope of its own."""
    folder, suffix = settings.BASE_DIR / "static" / Path(path).parent, Path(path).suffix
    texts = [(folder / f"{part}{suffix}").read_text() for part in PARTS[path]]
    if suffix == ".js":
        return "".join(f"{{\n{text}}}\n" for text in texts)
    return rcssmin.cssmin("".join(texts), keep_bang_comments=True)  # they name the authors
