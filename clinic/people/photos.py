"""Photos of the people who treat: squares redrawn from their pixels alone, replaced without leaving old files."""

import io
import secrets

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from clinic.lib import safe_pictures
from clinic.lib.safe_pictures import PictureRefused
from clinic.models.photos import JPEG, SIDE, storage

MIN_SIDE = 200


def clean(file):
    """The picture in an open binary file as a square JPEG under a new name. Raises PictureRefused."""
    return safe_pictures.decoded(file, _squared)


def forget(name):
    """Delete a photo that no page shows any longer, once the change is committed."""
    if name:
        transaction.on_commit(lambda: storage().delete(name))


def _squared(image, *, is_photograph):
    """The middle of the picture; of a tall one rather its upper part, where the face is."""
    if min(image.size) < MIN_SIDE:
        raise PictureRefused(_("It is too small. Choose one of at least 200 by 200 pixels."))
    square = ImageOps.fit(image.convert("RGB"), (SIDE, SIDE), Image.Resampling.LANCZOS, centering=(0.5, 0.3))
    square.info = {}
    data = io.BytesIO()
    square.save(data, **JPEG)
    return ContentFile(data.getvalue(), name=f"{secrets.token_hex(16)}.jpg")
