"""A database that was restored from a backup is noticed, and nothing is delivered from it."""

import logging
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from clinic import checks
from clinic.messaging import delivery, epoch, outside_memory
from clinic.models import DeliveryMark, Message
from tests import factories
from tests.clinic.messaging.backups import Backup
from tests.clinic.messaging.deliveries import sent
from tests.factories import NOW
from tests.services import Redis, ServiceMissing, skip_or_fail

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]


@pytest.fixture(autouse=True)
def memory(settings, tmp_path):
    """Places outside the database that no other test knows."""
    settings.MEMORY_DIR = tmp_path / "memory"
    return tmp_path / outside_memory.NAME


@pytest.fixture
def real_clinic(settings):
    settings.DEMO = False


def deliver_all():
    while delivery.deliver_due(at=NOW):
        pass


def test_nothing_goes_out_of_a_restored_database(folder):
    for _ in range(30):
        factories.message()
    delivery.deliver_due(at=NOW - timedelta(days=1))
    backup = Backup()
    deliver_all()
    backup.restore()
    for file in folder.iterdir():
        file.unlink()

    deliver_all()

    assert (sent(folder), Message.objects.filter(status="waiting").count()) == ([], 30)


def test_backup_taken_between_two_batches_is_noticed():
    for _ in range(30):
        factories.message()
    delivery.deliver_due(at=NOW)
    backup = Backup()
    delivery.deliver_due(at=NOW)
    backup.restore()

    assert not epoch.may_deliver(at=timezone.now())


def test_it_stays_noticed_where_nothing_is_remembered(memory):
    """One worker sees it; the other, on a fresh machine, and the pages read it in the database."""
    backup = Backup()
    epoch.may_deliver(at=timezone.now())
    backup.restore()
    assert not epoch.may_deliver(at=timezone.now())
    memory.unlink()

    assert not epoch.may_deliver(at=timezone.now())
    assert epoch.restored_state().database_until == epoch.moment(backup.mark.number)


def test_each_place_alone_is_enough(memory, settings):
    backup = Backup()
    epoch.may_deliver(at=timezone.now())
    name = str(backup.mark.database)
    for lost, left in ((memory, settings.MEMORY_DIR / name), (settings.MEMORY_DIR / name, memory)):
        DeliveryMark.objects.update(restored_at=None)
        epoch.may_deliver(at=timezone.now())
        assert left.read_text().split()[0] == name
        lost.unlink()
        backup.restore()

        assert not epoch.may_deliver(at=timezone.now())
        epoch.settle(taken_at=NOW, at=timezone.now())


def test_redis_alone_is_enough_and_a_lost_redis_learns_it_again(memory, settings):
    """Several machines: the one that looks has a fresh disk."""
    try:
        with Redis() as redis:
            settings.REDIS_URL = redis.url
            backup = Backup()
            epoch.may_deliver(at=timezone.now())
            (settings.MEMORY_DIR / memory.read_text().split()[0]).unlink()
            memory.unlink()
            backup.restore()
            assert not epoch.may_deliver(at=timezone.now())

            redis.crash()
            epoch.settle(taken_at=NOW, at=timezone.now())
            assert epoch.may_deliver(at=timezone.now())
    except ServiceMissing as error:
        skip_or_fail(error)


def test_database_that_goes_on_by_itself_is_never_suspected():
    """Also when the clock goes back, the process died between the two writes, or the file was lost or cut off."""
    now = timezone.now()
    assert epoch.may_deliver(at=now)
    assert epoch.may_deliver(at=now - timedelta(hours=1))
    DeliveryMark.objects.update(number=epoch.mark(at=now).number + 1)
    assert epoch.may_deliver(at=now)
    (epoch.settings.DATA_DIR / outside_memory.NAME).write_text("")
    assert epoch.may_deliver(at=now)

    assert epoch.restored_state() is None


def test_number_grows_also_when_the_clock_goes_back():
    now = timezone.now()
    numbers = []
    for at in (now, now, now - timedelta(days=1), now + timedelta(seconds=1)):
        epoch.may_deliver(at=at)
        numbers.append(epoch.mark(at=at).number)

    assert numbers == sorted(set(numbers))
    assert outside_memory.recall() == {str(epoch.mark(at=now).database): numbers[-1]}


@pytest.mark.parametrize(
    ("is_demo", "has_messages", "may"), [(False, True, False), (False, False, True), (True, True, True)]
)
def test_this_machine_delivered_for_another_database(settings, is_demo, has_messages, may):
    """A backup from before there were marks, or a copy on the wrong machine; a new clinic and the demo may go on."""
    settings.DEMO = is_demo
    epoch.may_deliver(at=timezone.now())
    DeliveryMark.objects.all().delete()
    if has_messages:
        factories.message()

    assert epoch.may_deliver(at=timezone.now()) is may
    assert (epoch.restored_state() is None) is may


def test_log_says_what_to_do(caplog):
    backup = Backup()
    epoch.may_deliver(at=timezone.now())
    backup.restore()

    with caplog.at_level(logging.ERROR):
        epoch.may_deliver(at=timezone.now())

    until = epoch.moment(backup.mark.number).isoformat(timespec="seconds")
    command = f"the database was restored from a backup: run manage.py after_restore --taken-at {until}"
    assert [record.message for record in caplog.records] == [
        f"No message goes out from now on: {command}",
        f"No message goes out: {command}",
    ]


def test_new_rows_get_no_number_that_a_lost_one_had():
    """Links, receipts and keys of what was lost are still around: a lost visit's link must open no other visit."""
    backup = Backup()
    last = factories.patient().pk
    epoch.may_deliver(at=timezone.now())
    backup.restore()

    epoch.may_deliver(at=timezone.now())

    assert factories.patient().pk > last + 500
    assert factories.message().pk > 500


def test_after_settling_deliveries_go_on_and_every_place_knows(memory, settings, folder):
    factories.message()
    backup = Backup()
    deliver_all()
    backup.restore()
    deliver_all()
    assert epoch.restored_state()

    epoch.settle(taken_at=NOW, at=timezone.now())

    assert epoch.restored_state() is None
    assert outside_memory.recall() == {str(backup.mark.database): epoch.mark(at=NOW).number}
    assert epoch.may_deliver(at=timezone.now())


def test_a_second_worker_with_a_disk_of_its_own_is_not_alarmed_after_settling(memory, settings, tmp_path):
    """Its file says more than the first one's; both are settled by one run of the command."""
    backup = Backup()
    epoch.may_deliver(at=timezone.now())
    settings.DATA_DIR = tmp_path / "second"
    settings.MEMORY_DIR = tmp_path / "second" / "memory"
    for _ in range(5):
        epoch.may_deliver(at=timezone.now())
    settings.DATA_DIR = tmp_path
    settings.MEMORY_DIR = tmp_path / "memory"
    backup.restore()
    epoch.may_deliver(at=timezone.now())
    epoch.settle(taken_at=NOW, at=timezone.now())
    settings.DATA_DIR = tmp_path / "second"

    assert epoch.may_deliver(at=timezone.now())


def test_mark_is_for_its_owner_only(memory, settings):
    epoch.may_deliver(at=timezone.now())

    [beside] = settings.MEMORY_DIR.iterdir()
    assert {oct(path.stat().st_mode & 0o777) for path in (memory, beside)} == {"0o600"}


def test_check_says_it():
    backup = Backup()
    epoch.may_deliver(at=timezone.now())
    assert checks.deliveries_are_not_held(None, databases=["default"]) == []
    backup.restore()
    epoch.may_deliver(at=timezone.now())

    [warning] = checks.deliveries_are_not_held(None, databases=["default"])
    assert warning.msg == f"No message goes out: {epoch.restored_state()}"


def test_cron_ends_with_an_error():
    backup = Backup()
    epoch.may_deliver(at=timezone.now())
    backup.restore()

    with pytest.raises(CommandError, match="restored from a backup"):
        call_command("deliver_messages")


@pytest.mark.sqlite_only
@pytest.mark.django_db(transaction=True)
def test_mark_is_on_the_disk_before_it_is_noted_outside():
    """SQLite may lose what was committed last when the power goes; that would look like a restore."""
    said = []

    def listen(execute, sql, *more):
        said.append(sql.split(" WHERE")[0][:40])
        return execute(sql, *more)

    epoch.may_deliver(at=timezone.now())
    with connection.execute_wrapper(listen):
        epoch.may_deliver(at=timezone.now())
        [(level,)] = connection.cursor().execute("PRAGMA synchronous").fetchall()

    assert [sql.partition(" SET")[0] for sql in said][:3] == [
        "PRAGMA synchronous=FULL",
        'UPDATE "clinic_deliverymark"',
        "PRAGMA synchronous=NORMAL",
    ]
    assert level == 1
