"""Picture files that no row knows lie in a trash for 30 days; if they are many, or it was restored, people decide."""

import logging
import os
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from clinic.messaging import epoch
from clinic.models import WorkItem
from procedures.models import UltrasoundImage
from procedures.records import images, picture_trash
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.IMAGES_DIR = tmp_path / "pictures"
    settings.IMAGES_DIR.mkdir(mode=0o700)
    return settings.IMAGES_DIR


def write(folder, name, *, days=2):
    path = folder / name
    path.touch(mode=0o600)
    then = (timezone.now() - timedelta(days=days)).timestamp()
    os.utime(path, (then, then))


def write_unknown(folder, count):
    for n in range(count):
        write(folder, f"unknown{n}.png")
        write(folder, f"unknown{n}.small.jpg")


def known(folder, name="known"):
    write(folder, f"{name}.png")
    write(folder, f"{name}.small.jpg")
    row = UltrasoundImage(name=f"{name}.png", width=1, height=1, sha256=name.ljust(64, "0"))
    row.procedure, row.added_by, row.added_at = factories.draft(), factories.user(), timezone.now()
    row.save()
    return row


def files(folder):
    return sorted(path.name for path in folder.iterdir() if path.is_file())


def trash():
    return sorted(path.name for path in picture_trash.in_trash())


def tidy(*, days=0):
    return picture_trash.tidy(at=timezone.now() + timedelta(days=days))


def test_old_files_that_nobody_knows_go_to_the_trash(folder, caplog):
    known(folder)
    write(folder, "left-behind.png")
    write(folder, "just-written.png", days=0)

    with caplog.at_level(logging.WARNING):
        assert tidy() == 1

    assert files(folder) == ["just-written.png", "known.png", "known.small.jpg"]
    assert trash() == ["left-behind.png"]
    assert caplog.messages == ["picture left-behind.png: no record knows it; in the trash for 30 days"]
    [path] = picture_trash.in_trash()
    assert [oct(each.stat().st_mode & 0o777) for each in (path, path.parent)] == ["0o600", "0o700"]


def test_trash_is_emptied_after_30_days(folder):
    write(folder, "left-behind.png")
    tidy()

    tidy(days=30)
    assert trash() == ["left-behind.png"]
    tidy(days=31)

    assert (trash(), files(folder)) == ([], [])


def test_what_a_row_knows_again_comes_back_by_itself(folder):
    """Yesterday's database did not know the picture; the right one, put back after it, does."""
    row = known(folder)
    UltrasoundImage.objects.all().delete()
    tidy()
    assert (trash(), files(folder)) == (["known.png", "known.small.jpg"], [])
    row.pk = None
    row.save(force_insert=True)

    tidy(days=31)

    assert (trash(), files(folder)) == ([], ["known.png", "known.small.jpg"])


@pytest.mark.parametrize(("count_of_rows", "unknown", "moved"), [(0, 4, 8), (0, 5, 0), (120, 6, 12), (120, 7, 0)])
def test_many_are_left_to_a_person(folder, monkeypatch, count_of_rows, unknown, moved):
    """More than 5 % of the pictures, but four may always go."""
    monkeypatch.setattr(UltrasoundImage.objects.__class__, "count", lambda self: count_of_rows)
    write_unknown(folder, unknown)

    assert tidy() == moved

    assert len(files(folder)) == 2 * unknown - moved


def test_more_than_twenty_are_never_moved(folder, monkeypatch, caplog):
    monkeypatch.setattr(UltrasoundImage.objects.__class__, "count", lambda self: 10_000)
    write_unknown(folder, 21)

    assert (tidy(), tidy()) == (0, 0)

    assert (len(files(folder)), trash()) == (42, [])
    [item] = WorkItem.objects.all()
    assert (item.kind, item.is_requested) == ("pictures_unknown", True)
    assert item.what_to_say.startswith("42 picture files belong to no record.")
    assert (
        caplog.messages.count("42 picture files belong to no record: none is moved. See manage.py unknown_pictures.")
        == 2
    )


def test_work_item_ends_when_a_person_has_decided(folder, capsys):
    write_unknown(folder, 30)
    tidy()

    call_command("unknown_pictures")
    call_command("unknown_pictures", "--to-trash")
    tidy()

    assert (files(folder), len(trash()), WorkItem.objects.get().is_requested) == ([], 60, False)
    assert capsys.readouterr().out.splitlines() == [
        "60 files belong to no record. 0 files are in the trash.",
        "60 files are moved to the trash.",
    ]


def test_way_back(folder, capsys):
    write_unknown(folder, 1)
    tidy()

    call_command("unknown_pictures", "--bring-back")

    assert (len(files(folder)), trash()) == (2, [])
    assert capsys.readouterr().out == "2 files are back from the trash.\n"


def test_nothing_is_moved_or_deleted_in_a_restored_database(folder):
    write(folder, "first.png")
    tidy()
    write(folder, "second.png")
    epoch.hold(at=timezone.now())

    assert tidy(days=40) == 0
    with pytest.raises(CommandError, match="restored from a backup"):
        call_command("unknown_pictures", "--to-trash")

    assert (files(folder), trash()) == (["second.png"], ["first.png"])


def test_restore_is_noticed_also_before_anybody_delivers(folder, settings, tmp_path):
    """The chore may come first: it compares by itself."""
    settings.DATA_DIR, settings.MEMORY_DIR = tmp_path, tmp_path / "memory"
    mark = epoch.mark(at=timezone.now())
    epoch.may_deliver(at=timezone.now())
    mark.save()
    write(folder, "first.png")

    assert tidy() == 0

    assert files(folder) == ["first.png"]


def test_what_a_person_removes_is_deleted_really(folder, django_capture_on_commit_callbacks):
    row = known(folder)
    (folder / "trash" / "2026-01-01").mkdir(parents=True)
    write(folder / "trash" / "2026-01-01", "known.small.jpg")

    with django_capture_on_commit_callbacks(execute=True):
        images.remove(row)

    assert (files(folder), trash()) == ([], [])
