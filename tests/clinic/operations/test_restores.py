"""`manage.py after_restore`: after a backup was put back nothing is sent again, and people hear what is lost."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from clinic.messaging import epoch
from clinic.models import AppointmentStatus, BrowserSession, Message, MessageStatus, WorkItem
from clinic.operations import restores
from tests import factories
from tests.clinic.messaging.backups import Backup
from tests.clinic.messaging.deliveries import claim
from tests.clinic.operations.restored import after_restore, deliver_all, plan, states, work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_other_memory")]


# Mails: the server cannot be asked


def test_mails_go_to_a_person_together_but_for_safety_advice(mail_goes_out):
    visit = factories.appointment(status=AppointmentStatus.BOOKED, starts_at=timezone.now() + timedelta(days=1))
    plan(40, category="reminder", appointment=visit)
    plan(30, category="notice")
    plan(20, category="safety")
    plan(10, category="code")
    backup = Backup()
    deliver_all()
    backup.restore()
    first = len(mail_goes_out.mails)

    after_restore(backup.taken_at)
    deliver_all()

    again = [mail["To"] for mail in mail_goes_out.mails[first:]]
    assert sorted(again) == sorted(f"reader{n}@mail.example" for n in range(20))
    assert states() == {"unknown": 70, "accepted": 20, "expired": 10}
    assert work() == [("restored", "entries"), ("restored", "ahead"), ("restored", "others")]
    said = " ".join(WorkItem.objects.values_list("what_to_say", flat=True))
    assert ("40 messages about visits" in said, "30 other messages" in said) == (True, True)


def test_safety_advice_that_is_too_late_is_a_call(mail_goes_out):
    factories.message(category="safety", due_at=timezone.now() - timedelta(days=2))

    after_restore(timezone.now() - timedelta(days=3))
    deliver_all()

    assert (mail_goes_out.mails, states()) == ([], {"expired": 1})
    assert work() == [("restored", "entries"), ("message", "expired")]


def test_what_is_not_due_yet_and_what_was_written_since_go_on(mail_goes_out):
    later = factories.message(due_at=timezone.now() + timedelta(hours=1))
    epoch.may_deliver(at=timezone.now())
    epoch.hold(at=timezone.now() - timedelta(seconds=1))
    factories.message(category="notice", address="new@mail.example", due_at=timezone.now())

    after_restore(timezone.now() - timedelta(hours=1))
    deliver_all()

    assert [mail["To"] for mail in mail_goes_out.mails] == ["new@mail.example"]
    later.refresh_from_db()
    assert later.status == MessageStatus.WAITING


def test_message_that_was_being_sent_at_the_backup_may_have_gone_out(mail_goes_out):
    message = factories.message(due_at=timezone.now() - timedelta(hours=1))
    claim(at=timezone.now())
    Message.objects.update(leased_until=timezone.now() - timedelta(minutes=30))

    after_restore(timezone.now() - timedelta(hours=1))
    deliver_all()

    message.refresh_from_db()
    assert (message.status, mail_goes_out.mails) == ("unknown", [])


def test_message_that_a_worker_holds_now_is_waited_for(mail_goes_out):
    factories.message(due_at=timezone.now() - timedelta(hours=1))
    claim(at=timezone.now())

    with pytest.raises(CommandError, match="1 of these are not settled"):
        after_restore(timezone.now() - timedelta(hours=1))

    assert epoch.restored_state()


# Files: the embedded default


def test_files_are_asked_for_too(settings):
    plan(3)
    backup = Backup()
    deliver_all()
    backup.restore()
    written = sorted((settings.DATA_DIR / "messages" / "email").iterdir())

    after_restore(backup.taken_at)
    deliver_all()

    assert (sorted((settings.DATA_DIR / "messages" / "email").iterdir()), states()) == (written, {"accepted": 3})


# The command


def test_dry_run_counts_and_changes_nothing(mail_goes_out, capsys):
    plan(3)
    plan(2, category="safety")
    before = list(Message.objects.order_by("pk").values())

    after_restore(timezone.now() - timedelta(hours=1), dry_run=True)

    out = capsys.readouterr().out
    assert "3 nobody can say: given to a person" in out
    assert "2 safety advice: sent, perhaps again" in out
    assert (list(Message.objects.order_by("pk").values()), work(), epoch.restored_state()) == (before, [], None)


def test_second_run_changes_nothing(mail_goes_out, capsys):
    plan(3)
    taken_at = timezone.now() - timedelta(hours=1)
    after_restore(taken_at)
    factories.message(address="new@mail.example", due_at=timezone.now())
    before = (work(), states(), epoch.mark(at=timezone.now()).number)

    after_restore(taken_at)

    assert (work(), states(), epoch.mark(at=timezone.now()).number) == before
    assert "settled before" in capsys.readouterr().out


def test_killed_in_the_middle_it_goes_on(mail_goes_out, monkeypatch):
    """Nothing goes out meanwhile, and what was given to people by then is counted."""
    plan(5)
    taken_at = timezone.now() - timedelta(hours=1)

    def killed(count):
        if count == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restores.settle(taken_at=taken_at, at=timezone.now(), say=killed)
    deliver_all()
    assert (states(), mail_goes_out.mails) == ({"unknown": 3, "waiting": 2}, [])

    after_restore(taken_at)

    assert states() == {"unknown": 5}
    assert work() == [("restored", "entries"), ("restored", "others")]
    assert "5 other messages" in WorkItem.objects.last().what_to_say


def test_moment_in_the_future_is_refused():
    with pytest.raises(CommandError, match="future"):
        after_restore(timezone.now() + timedelta(hours=1))


def test_moment_after_what_the_database_does_not_know_is_refused():
    factories.message(due_at=timezone.now())
    backup = Backup()
    deliver_all()
    backup.restore()
    deliver_all()

    with pytest.raises(CommandError, match="The backup is older than that"):
        after_restore(timezone.now())


def test_everybody_signs_in_again():
    """Who signed out, or lost access, since the backup would be signed in again."""
    BrowserSession.objects.create(
        session_key="x" * 32, session_data="", expire_date=timezone.now() + timedelta(hours=1)
    )

    after_restore(timezone.now() - timedelta(hours=1))

    assert list(BrowserSession.objects.all()) == []


def test_time_without_a_zone_is_the_clinics(settings):
    call_command("after_restore", "--taken-at", "2026-03-02T03:00")

    row = epoch.mark(at=timezone.now())
    assert row.settled_taken_at.isoformat() == "2026-03-02T01:00:00+00:00"
