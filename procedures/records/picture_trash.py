"""Picture files that no row knows: left by rolled back uploads, or by a database that was restored from a backup.

Nothing is deleted at once. They lie in a trash for 30 days, and come back by themselves when a row knows them again.
What a person removes from a draft is no orphan: that is deleted (`images.remove`).
"""

import logging
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from clinic import worklist
from clinic.messaging import epoch
from procedures import work_kinds
from procedures.models import UltrasoundImage
from procedures.records.images import TRASH, thumbnail_name

logger = logging.getLogger(__name__)

UNKNOWN_AFTER = timedelta(days=1)  # since it was written: an upload writes its rows last
KEPT_FOR = timedelta(days=30)
# More pictures at once are no failed uploads: then a person decides. Of few pictures a twentieth, but at least four.
MOST, FEWEST = 20, 4


def tidy(*, at):
    """The chore: bring back what is known again, move what nobody knows to the trash, empty what lay there 30 days.

    Moves and deletes nothing while the database is known to be restored, nor when too much is unknown. Returns how
    many files were moved.
    """
    bring_back()
    if epoch.look(at=at):
        return 0
    unknown = unknown_files(at=at)
    if _are_too_many(unknown):
        return _report(unknown, at=at)
    worklist.settle(work_kinds.PICTURES_UNKNOWN, cause=0, note=_("no longer so"), at=at)
    move(unknown, at=at)
    _empty(at=at)
    return len(unknown)


def unknown_files(*, at):
    """The files without a row that were written more than a day before."""
    old = [path for path in _files(settings.IMAGES_DIR) if at - _written_at(path) > UNKNOWN_AFTER]
    known = _known_names() if old else set()
    return [path for path in old if path.name not in known]


def move(paths, *, at):
    """Into the trash of this day; they keep their permissions and their time."""
    folder = settings.IMAGES_DIR / TRASH / at.date().isoformat()
    for path in paths:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileNotFoundError):  # another process was first
            path.rename(folder / path.name)
            logger.warning("picture %s: no record knows it; in the trash for %s days", path.name, KEPT_FOR.days)


def in_trash():
    return [path for folder in (settings.IMAGES_DIR / TRASH).glob("*") for path in _files(folder)]


def bring_back(*, everything=False):
    """What a row knows again, or everything, to where it was. Returns how many files."""
    there = in_trash()
    known = _known_names() if there else set()
    wanted = [path for path in there if everything or path.name in known]
    for path in wanted:
        with suppress(FileNotFoundError):
            path.rename(settings.IMAGES_DIR / path.name)
            logger.warning("picture %s: back from the trash", path.name)
    return len(wanted)


def _are_too_many(paths):
    """Counted by pictures: each has two files."""
    pictures = {path.name.partition(".")[0] for path in paths}
    if len(pictures) <= FEWEST:
        return False
    share = UltrasoundImage.objects.count() // 20
    return len(pictures) > min(MOST, max(FEWEST, share))


def _report(unknown, *, at):
    logger.error("%s picture files belong to no record: none is moved. See manage.py unknown_pictures.", len(unknown))
    worklist.open(
        work_kinds.PICTURES_UNKNOWN,
        cause=0,
        occasion=at.date().isoformat(),
        what_to_say=_(
            "%(count)s picture files belong to no record. Perhaps a backup of the database was put back. Nothing is"
            " deleted. Ask who runs this system to look: manage.py unknown_pictures."
        )
        % {"count": len(unknown)},
        due_at=at,
    )
    return 0


def _empty(*, at):
    """By the day on which they were moved, which the folder is named after."""
    for folder in (settings.IMAGES_DIR / TRASH).glob("????-??-??"):
        if date.fromisoformat(folder.name) + KEPT_FOR >= at.date():
            continue
        for path in _files(folder):
            path.unlink(missing_ok=True)
            logger.warning("picture %s: deleted after %s days in the trash", path.name, KEPT_FOR.days)
        with suppress(OSError):
            folder.rmdir()


def _files(folder):
    return [path for path in folder.iterdir() if path.is_file()] if folder.is_dir() else []


def _known_names():
    names = set(UltrasoundImage.objects.values_list("name", flat=True))
    return names | {thumbnail_name(name) for name in names}


def _written_at(path):
    with suppress(FileNotFoundError):
        return datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)
    return datetime.max.replace(tzinfo=UTC)
