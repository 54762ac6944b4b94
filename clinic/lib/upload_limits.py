"""Uploaded files: accepted only by the pages that ask for them, and only up to a size."""

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

_pages = set()


def accept_on(*pages):
    """Names of addresses that ask for files. All others accept none."""
    _pages.update(pages)


class CappedUploadHandler(FileUploadHandler):
    """Comes first: a file that is too large, or was not asked for, is skipped and never reaches the disk.

    The names of those too large are in `request.too_large`, for the page to say so.
    """

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        page = self.request.resolver_match
        if page is None or page.url_name not in _pages:
            raise SkipFile

    def receive_data_chunk(self, raw_data, start):
        if start + len(raw_data) > settings.UPLOAD_MAX_BYTES:
            self.request.too_large = [*getattr(self.request, "too_large", []), self.file_name]
            raise SkipFile
        return raw_data

    def file_complete(self, file_size):
        return None  # the handlers after it store the file
