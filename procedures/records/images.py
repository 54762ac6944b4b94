"""Ultrasound pictures: what is accepted, how it is cleaned, where it is stored.

An uploaded picture is never stored as it came. It is decoded with limits and re-encoded from its pixels alone, so
that nothing else survives: no place, no camera, no names in comments, no second file hidden behind the first. The
files are outside the web root under random names; the view `images` shows them to those who may see records.
"""

import hashlib
import io
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from clinic.errors import MoveNotAllowed
from clinic.lib import safe_pictures
from clinic.lib.safe_pictures import PictureRefused
from procedures.errors import RecordSigned
from procedures.models import Procedure, ProcedureStatus, UltrasoundImage

MAX_AT_ONCE = 20
THUMBNAIL = (400, 400)
TRASH = "trash"  # a folder among the pictures, with a folder for each day (`picture_trash`)


@dataclass(frozen=True)
class Cleaned:
    """A re-encoded picture: the bytes of both files, with their extension."""

    ending: str
    whole: bytes
    thumbnail: bytes
    width: int
    height: int

    @property
    def sha256(self):
        return hashlib.sha256(self.whole).hexdigest()


# Cleaning


def clean(file):
    """The picture in an open binary file, re-encoded. Raises PictureRefused, as `safe_pictures.decoded` says."""
    return safe_pictures.decoded(file, _re_encode)


def _re_encode(image, *, is_photograph):
    ending, how = ("jpg", {"format": "JPEG", "quality": 92}) if is_photograph else ("png", {"format": "PNG"})
    whole, small = io.BytesIO(), io.BytesIO()
    image.save(whole, **how)
    width, height = image.size
    image.thumbnail(THUMBNAIL)
    image.save(small, format="JPEG", quality=85)
    return Cleaned(ending=ending, whole=whole.getvalue(), thumbnail=small.getvalue(), width=width, height=height)


# The pictures of a record


def add(procedure, files, *, by, at):
    """Clean pictures and save them with a draft. Returns the rows, and pairs of a file's name and its PictureRefused.

    If one is refused, the others are still saved. Raises RecordSigned; if somebody signs while pictures are being
    cleaned, the files written by then go to the trash a day later (`picture_trash`).
    """
    with transaction.atomic():
        _draft(procedure)
    written, refused = [], []
    for file in files:
        try:
            written.append((file.name, _write(clean(file))))
        except PictureRefused as refusal:
            refused.append((file.name, refusal))
    with transaction.atomic():
        procedure = _draft(procedure)
        new = {row.sha256: row for _name, row in reversed(written)}
        for known in procedure.images.filter(sha256__in=new).values_list("sha256", flat=True):
            del new[known]
        for name, row in written:
            row.procedure, row.added_by, row.added_at = procedure, by, at
            if new.get(row.sha256) is not row:
                _delete(row.name)
                refused.append((name, PictureRefused(_("This picture is in the record already."))))
        return UltrasoundImage.objects.bulk_create(row for _name, row in written if new.get(row.sha256) is row), refused


def describe(procedure, entered):
    """Caption and site of pictures of a draft: `entered` maps their keys to both values. Raises RecordSigned."""
    with transaction.atomic():
        for image in _draft(procedure).images.all():
            if image.pk in entered:
                image.caption, image.site = entered[image.pk]
                image.save(update_fields=["caption", "site"])


def remove(image):
    """Remove a picture from a draft; its files are deleted once that is committed. Raises RecordSigned."""
    with transaction.atomic():
        _draft(image.procedure)
        image.delete()
        transaction.on_commit(lambda: _delete(image.name))


def _draft(procedure):
    (procedure,) = Procedure.objects.select_for_update(of=["self"], no_key=True).filter(pk=procedure.pk)
    if procedure.status != ProcedureStatus.DRAFT:
        raise RecordSigned
    return procedure


# The files


def path_of(image, *, is_thumbnail=False):
    """The path of the file. Raises MoveNotAllowed for a row whose name was not made here."""
    name = thumbnail_name(image.name) if is_thumbnail else image.name
    if Path(name).name != name:
        raise MoveNotAllowed
    return settings.IMAGES_DIR / name


def thumbnail_name(name):
    return f"{Path(name).stem}.small.jpg"


def _write(cleaned):
    """Both files under a new name. Returns a row that is not saved yet."""
    settings.IMAGES_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{secrets.token_hex(16)}.{cleaned.ending}"
    for file_name, data in ((name, cleaned.whole), (thumbnail_name(name), cleaned.thumbnail)):
        path = settings.IMAGES_DIR / file_name
        path.touch(mode=0o600)
        path.write_bytes(data)
    return UltrasoundImage(name=name, width=cleaned.width, height=cleaned.height, sha256=cleaned.sha256)


def _delete(name):
    """Really, also where it is in the trash."""
    for file_name in (name, thumbnail_name(name)):
        for path in (settings.IMAGES_DIR / file_name, *settings.IMAGES_DIR.glob(f"{TRASH}/*/{file_name}")):
            path.unlink(missing_ok=True)
