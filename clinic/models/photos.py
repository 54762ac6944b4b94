"""Where the photos of the people who treat are stored: public, each in two sizes, under names nobody can guess."""

import io
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from PIL import Image

SIDE, SMALL_SIDE = 560, 192  # of the square, in pixels
JPEG = {"format": "JPEG", "quality": 82, "optimize": True, "progressive": True}


class PhotoStorage(FileSystemStorage):
    """Saves a small copy beside each photo, and deletes both."""

    def __init__(self):
        super().__init__(base_url="/people/photos/", file_permissions_mode=0o600)

    @property
    def base_location(self):
        return settings.PHOTOS_DIR

    @property
    def location(self):
        return str(Path(self.base_location).absolute())

    def _save(self, name, content):
        name = super()._save(name, content)
        with self.open(name) as file, Image.open(file) as image:
            small = io.BytesIO()
            image.resize((SMALL_SIDE, SMALL_SIDE), Image.Resampling.LANCZOS).save(small, **JPEG)
        super()._save(small_name(name), ContentFile(small.getvalue()))
        return name

    def delete(self, name):
        super().delete(name)
        super().delete(small_name(name))


def storage():
    return PhotoStorage()


def small_name(name):
    return f"{Path(name).stem}.small.jpg"
