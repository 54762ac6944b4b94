"""Removing a patient's data: what no law keeps is gone, the rest is locked and not lost."""

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from clinic.errors import CannotMerge, CannotRemove
from clinic.messaging import incoming
from clinic.messaging.incoming import Sms
from clinic.models import (
    Appointment,
    AuditEvent,
    IncomingMessage,
    Message,
    Patient,
    PatientAccess,
    PatientContact,
    PatientDetails,
    Role,
    User,
    WorkItem,
)
from clinic.people import merging
from clinic.privacy import data_requests, removal
from procedures.models import Consent, Procedure
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=60)


def removed(patient, *, by=None, at=LATER):
    return removal.remove(patient, by=by or factories.user(Role.MANAGER), at=at, reason="She asked in person.")


@pytest.fixture
def newcomer():
    """Booked once, cancelled, wrote to us, and never came."""
    named = {"given_name": "Kanarija", "family_name": "Vogel"}
    patient = factories.patient(**named, email="kv@mail.example", phone="+37061234567")
    visit = factories.appointment(patient=patient, starts_at=NOW, status="cancelled", reason="My neck, Kanarija")
    visit.status_changes.create(from_status="booked", to_status="cancelled", note="Kanarija called")
    factories.message(patient=patient, address="kv@mail.example", body="Hello Kanarija", status="delivered")
    incoming.receive(Sms("+37061234567", "Kanarija here", "SM1"), at=NOW)
    data_requests.ask_for_removal(patient, "Kanarija moved away", at=NOW)
    WorkItem.objects.exclude(kind="data_removal").update(status="completed")
    return patient


@pytest.fixture
def treated():
    return factories.care_plan(signed_at=NOW).patient


def everything_in_the_database():
    """Each value of each row, but the hashes of a password."""
    return "\n".join(str(row) for model in apps.get_models() for row in model._base_manager.values())


def test_of_somebody_who_never_came_nothing_is_left(newcomer):
    account = factories.account_of(newcomer, email="kv@mail.example", name="Kanarija Vogel")
    account.contacts.create(system="phone", value="+37061234567")

    done = removed(newcomer)

    left = everything_in_the_database().lower()
    assert [mark for mark in ("kanarija", "vogel", "kv@mail.example", "37061234567", "my neck") if mark in left] == []
    assert (done.kind, done.kept_until) == ("erased", None)
    account.refresh_from_db()
    assert not account.is_active


def test_what_the_law_keeps_is_locked_and_not_lost(treated):
    treated_on = treated.appointments.get().ends_at.date()
    physician, manager = factories.user(Role.PHYSICIAN), factories.user(Role.MANAGER)

    done = removed(treated)

    assert (done.kind, done.kept_until) == ("locked", treated_on.replace(year=treated_on.year + 10))
    assert Procedure.objects.get().patient == treated
    assert Consent.objects.count() == 1
    assert list(Patient.objects.visible_to(physician)) == []
    assert list(Procedure.objects.visible_to(physician)) == []
    assert list(Appointment.objects.visible_to(physician)) == []
    assert list(Patient.objects.visible_to(manager)) == [treated]
    assert list(PatientContact.objects.all()) == []


def test_where_they_lived_and_were_reached_is_gone_also_from_what_was_corrected(treated):
    treated.details = PatientDetails.objects.create(
        patient=treated, address="Kanarija street", kin="Kanarija", kin_phone="+37061234567", desk_notes="Kanarija"
    )
    treated.changes.create(field="email", before="kanarija@mail.example", after="other@mail.example")
    treated.changes.create(field="family_name", before="Maiden", after="Example")

    removed(treated)

    left = everything_in_the_database().lower()
    assert [mark for mark in ("kanarija", "37061234567", "other@mail.example") if mark in left] == []
    assert treated.changes.get().before == "Maiden"


def test_nobody_signs_in_for_them_any_more(treated):
    own, family = factories.account_of(treated), factories.account_of(treated)
    child = factories.patient()
    PatientAccess.objects.create(user=family, patient=child)

    removed(treated)

    assert not PatientAccess.objects.current().filter(patient=treated).exists()
    assert not User.objects.get(pk=own.pk).is_active
    assert User.objects.get(pk=family.pk).is_active
    assert list(Patient.objects.acted_for_by(family)) == [child]


def test_a_colleague_who_is_a_patient_keeps_the_account():
    nurse = factories.user(Role.DESK, name="Milda")
    patient = factories.patient()
    PatientAccess.objects.create(user=nurse, patient=patient)

    removed(patient)

    assert User.objects.get(pk=nurse.pk).is_active


def test_what_was_merged_is_removed_too(newcomer):
    double = factories.patient(given_name="Kanarienvogel", phone="+37069999999")
    merging.merge(double, newcomer, by=factories.user(), at=NOW, reason="same")

    removed(newcomer)

    assert "Kanarienvogel" not in everything_in_the_database()
    assert "+37069999999" not in everything_in_the_database()


def test_an_sms_about_another_patient_stays(newcomer):
    other = factories.patient()
    sms = IncomingMessage.objects.get()
    sms.about_patients.create(patient=other)

    removed(newcomer)

    assert IncomingMessage.objects.get().body == "Kanarija here"


def test_who_may_see_it_can_open_it_again(treated):
    manager = factories.user(Role.MANAGER)
    removed(treated)

    removal.open_again(Patient.objects.get(pk=treated.pk), by=manager, at=LATER, reason="She came back.")

    assert list(Patient.objects.visible_to(factories.user(Role.PHYSICIAN))) == [treated]
    assert [one.kind for one in treated.removals.all()] == ["opened", "locked"]


def test_a_child_is_kept_longer():
    visit = factories.appointment(starts_at=NOW, status="fulfilled")
    Patient.objects.filter(pk=visit.patient_id).update(birth_date=date(2020, 2, 29))

    assert removal.kept_by_law_until(Patient.objects.get()) == date(2045, 2, 28)


@pytest.mark.parametrize(
    ("words", "prepare"),
    [
        ("still a visit", lambda p: factories.appointment(patient=p, starts_at=LATER + timedelta(days=1))),
        ("Something urgent", lambda p: p.work_items.create(kind="sms_red", key="x", what_to_say="-", due_at=NOW)),
        ("going out right now", lambda p: _on_its_way(p)),
    ],
)
def test_it_waits_for_what_is_open(words, prepare):
    patient = factories.patient()
    prepare(patient)

    with pytest.raises(CannotRemove, match=words):
        removed(patient)

    assert PatientContact.objects.filter(patient=patient).exists()
    assert removal.why_not_now(patient, at=LATER) != ""


def _on_its_way(patient):
    message = factories.message(patient=patient)
    claimed = {"claim_token": "0" * 32, "leased_until": LATER, "status": "sending"}
    Message.objects.filter(pk=message.pk).update(**claimed)


def test_not_while_the_days_after_run(treated):
    with pytest.raises(CannotRemove, match="days after"):
        removed(treated, at=NOW + timedelta(days=1))


def test_not_while_a_record_is_being_written():
    record = factories.draft()

    with pytest.raises(CannotRemove, match="begun a record"):
        removed(record.patient, at=NOW + timedelta(days=60))


def test_it_is_noted_who_did_it(newcomer):
    manager = factories.user(Role.MANAGER, name="Nora")

    removed(newcomer, by=manager)

    assert newcomer.removals.get().by == manager
    assert AuditEvent.objects.filter(patient=newcomer, by=manager, what="data erased").exists()


def test_the_wish_is_answered(newcomer):
    removed(newcomer)

    assert list(data_requests.open_requests(newcomer)) == []


def test_twice_is_refused(newcomer):
    removed(newcomer)

    with pytest.raises(CannotRemove, match="already"):
        removed(Patient.objects.get(pk=newcomer.pk))


# The record, when its time is over


@pytest.fixture
def long_ago(settings, tmp_path):
    """A patient whose last visit is so long ago that the law keeps nothing."""
    settings.IMAGES_DIR = tmp_path
    plan = factories.care_plan(signed_at=NOW)
    patient = plan.patient
    plan.symptom_checks.create(patient=patient, outcome="green", own_words="Kanarija is well")
    patient.pain_reports.create(score=3, told_by=factories.user(), own_words="Kanarija")
    Patient.objects.filter(pk=patient.pk).update(given_name="Kanarija", created_at=NOW)
    return Patient.objects.get(pk=patient.pk)


def test_a_record_whose_time_is_over_is_deleted(long_ago):
    other = factories.care_plan(signed_at=NOW)

    removal.remove_with_record(long_ago, by=None, at=NOW + timedelta(days=11 * 365), reason="over")

    assert list(Procedure.objects.values_list("patient", flat=True)) == [other.patient_id]
    assert list(Consent.objects.values_list("patient", flat=True)) == [other.patient_id]
    assert "kanarija" not in everything_in_the_database().lower()
    assert [one.kind for one in long_ago.removals.all()] == ["over"]


def test_the_law_keeps_a_record_for_its_time(long_ago):
    with pytest.raises(CannotRemove, match="law keeps"):
        removal.remove_with_record(long_ago, by=None, at=NOW + timedelta(days=9 * 365), reason="over")

    assert Procedure.objects.get().patient == long_ago


def test_what_is_locked_is_deleted_when_its_time_is_over(long_ago):
    removed(long_ago)
    locked = Patient.objects.get(pk=long_ago.pk)

    removal.remove_with_record(locked, by=None, at=NOW + timedelta(days=11 * 365), reason="over")

    assert list(Procedure.objects.all()) == []
    assert Patient.objects.get(pk=long_ago.pk).given_name == "Removed"


@pytest.mark.parametrize("kind", ["locked", "erased", None])
def test_the_database_lets_go_of_no_other_record(treated, kind):
    if kind:
        treated.removals.create(kind=kind, reason="-", kept_until=date(2036, 1, 1))

    for model in (Procedure, Consent):
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.filter(patient=treated)._raw_delete("default")


def test_removed_entries_are_joined_with_nobodys(treated):
    removed(treated)

    with pytest.raises(CannotMerge):
        merging.merge(factories.patient(), treated, by=factories.user(), at=LATER, reason="same")
