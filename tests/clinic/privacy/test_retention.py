"""What need not be kept any longer goes when its time is over, and not a day earlier."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from clinic.messaging import archive, incoming
from clinic.messaging.incoming import Sms
from clinic.models import IncomingMessage, Message, Patient, PatientAccess, Role, User
from clinic.models.messages import ArchivedMessage
from clinic.privacy import notice, retention
from procedures.models import Procedure
from tests import factories

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def now():
    return timezone.now()


def before(code):
    """The instant before which this kind of data is over."""
    return notice.read().kept_as(code).before(now())


def counts(found):
    return {kept.code: count for kept, count in found if count}


def delivered(due_at):
    return factories.message(due_at=due_at, status="delivered", ended_at=due_at, body="Words", subject="Word")


def booked_at(instant, **fields):
    patient = factories.patient(**fields)
    Patient.objects.filter(pk=patient.pk).update(created_at=instant)
    return patient


def test_each_kind_of_the_notice_has_a_rule_or_a_person():
    assert retention.without_a_rule() == []


def test_a_dry_run_counts_and_removes_nothing():
    delivered(before("messages") - DAY)
    out = StringIO()

    call_command("retention", stdout=out)

    assert "messages: 1 over (kept for 24 months" in out.getvalue()
    assert "Nothing was removed." in out.getvalue()
    assert Message.objects.get().body == "Words"


def test_words_of_old_messages_go_and_the_rest_stays():
    old, new = delivered(before("messages") - DAY), delivered(before("messages") + DAY)
    archived = delivered(before("messages") - 9 * DAY)
    archive.archive(at=archived.due_at + 94 * DAY, days=90)
    incoming.receive(Sms("+37061234567", "Words", "SM1"), at=before("messages") - DAY)
    out = StringIO()

    call_command("retention", "--apply", stdout=out)

    assert "messages: 3 removed" in out.getvalue()
    old.refresh_from_db()
    assert (old.subject, old.body, old.address, old.status) == ("", "", "-", "delivered")
    assert ArchivedMessage.objects.get(key=archived.key).body == ""
    new.refresh_from_db()
    assert (new.body, new.address) == ("Words", "rasa@mail.example")
    assert list(IncomingMessage.objects.values_list("number", "body")) == [("", "")]
    assert counts(retention.overdue(at=now())) == {}


def test_what_is_still_to_be_sent_stays():
    factories.message(due_at=before("messages") - DAY, body="Words")

    assert counts(retention.apply(at=now())) == {}


def test_who_booked_and_never_came_is_forgotten():
    gone = booked_at(before("newcomers") - DAY, given_name="Gone")
    booked_at(before("newcomers") + DAY, given_name="Young")

    assert counts(retention.apply(at=now())) == {"newcomers": 1}

    assert Patient.objects.get(pk=gone.pk).given_name == "Removed"
    assert gone.removals.get().by is None
    assert Patient.objects.filter(given_name="Young").exists()


@pytest.mark.parametrize("why", ["came", "comes", "waits", "answered"])
def test_who_came_comes_or_told_us_about_their_health_is_kept(why):
    patient = booked_at(before("newcomers") - DAY)
    if why == "came":
        factories.appointment(patient=patient, starts_at=before("newcomers") - DAY, status="fulfilled")
    elif why == "comes":
        factories.appointment(patient=patient, starts_at=now() + DAY)
    elif why == "waits":
        day = timezone.localdate() + 9 * DAY
        patient.waitlist_entries.create(visit_type=factories.visit_type(), earliest_on=day, latest_on=day)
    else:
        factories.screened(patient, at=before("newcomers"))

    assert counts(retention.apply(at=now())) == {}


def test_accounts_that_open_nothing_are_forgotten():
    old = before("accounts") - DAY
    unused = factories.user(email="gone@mail.example", date_joined=old)
    of_patient = factories.user(date_joined=old)
    PatientAccess.objects.create(user=of_patient, patient=factories.patient(), until=old)
    factories.user(date_joined=old, last_login=now() - DAY)
    factories.user(Role.DESK, date_joined=old)

    assert counts(retention.apply(at=now())) == {"accounts": 1}

    assert not User.objects.filter(email="gone@mail.example").exists()
    assert not User.objects.get(pk=unused.pk).is_active
    assert counts(retention.overdue(at=now())) == {}


def test_nothing_goes_by_itself_before_the_notice_is_in_force(settings, tmp_path):
    delivered(before("messages") - DAY)

    assert retention.apply_by_itself(at=now()) == []
    assert Message.objects.get().body == "Words"

    text = settings.PRIVACY_FILE.read_text().replace("in_force = false", "in_force = true")
    settings.PRIVACY_FILE = tmp_path / "privacy.toml"
    settings.PRIVACY_FILE.write_text(text)
    assert counts(retention.apply_by_itself(at=now())) == {"messages": 1}
    assert Message.objects.get().body == ""


def test_records_whose_time_is_over_are_deleted():
    old = before("records") - 3 * DAY
    gone = factories.care_plan(signed_at=old, starts_at=old - DAY).patient
    kept = factories.care_plan(signed_at=old + 9 * DAY, starts_at=old + 8 * DAY).patient
    Patient.objects.update(created_at=old - 2 * DAY)
    Message.objects.all().delete()

    assert counts(retention.overdue(at=now())) == {"records": 1}
    assert counts(retention.apply(at=now())) == {"records": 1}

    assert list(Procedure.objects.values_list("patient", flat=True)) == [kept.pk]
    assert Patient.objects.get(pk=gone.pk).given_name == "Removed"
