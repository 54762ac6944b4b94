"""Nothing that is over is sent again: each purpose says what ends it, and the page of a message says why not."""

from datetime import timedelta

import pytest
from django.urls import reverse

from aftercare.models import CareCheck, SymptomCheck
from clinic.errors import MoveNotAllowed
from clinic.messaging import due_checks, outbox
from clinic.models import AccessEnd, Appointment, Closure, Message, MessageCategory, Role
from clinic.models.purposes import PURPOSES
from clinic.people import access
from clinic.scheduling import cancellations
from tests import factories
from tests.factories import NOW, at
from tests.web import as_, text

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WEDNESDAY = {"starts_at": at("2026-03-04 00:00"), "ends_at": at("2026-03-05 00:00")}


def sent(code, **fields):
    purpose = PURPOSES.get(code)
    about = {"purpose": code, "category": purpose.category, "status": "accepted", "key": f"{code}-1"}
    return factories.message(**about | {"cause": 1, "not_after": NOW + 30 * DAY} | fields)


def of_visit(code, **fields):
    """Of a visit on Wednesday at ten."""
    factories.room()
    visit = factories.book(at("2026-03-04 10:00"))
    Message.objects.all().delete()
    return sent(code, appointment=visit, cause=visit.pk, sequence=0, patient=visit.patient, **fields), visit


def of_plan(code, **fields):
    plan = factories.care_plan(signed_at=NOW)
    Message.objects.all().delete()
    return sent(code, cause=plan.procedure_id, patient=plan.patient, **fields), plan


def booked_two_days_ago():
    message, _visit = of_visit("visit-booked")
    return message, lambda: at("2026-03-06 10:00")


def moved_since():
    message, visit = of_visit("visit-moved")
    return message, lambda: factories.move(visit, at("2026-03-05 10:00")) and NOW


def booked_again_since():
    message, visit = of_visit("visit-cancelled")
    cancellations.cancel(visit, at=NOW)
    Message.objects.filter(pk=message.pk).update(status="accepted", sequence=1)
    return Message.objects.get(pk=message.pk), lambda: cancellations.undo_cancel(visit, at=NOW) and NOW


def begun():
    message, visit = of_visit("visit-reminder")
    return message, lambda: visit.starts_at


def can_take_place_again():
    message, _visit = of_visit("visit-affected")
    Closure.objects.create(**WEDNESDAY)
    return message, lambda: Closure.objects.all().delete() and NOW


def cannot_take_place_again():
    message, _visit = of_visit("visit-as-planned")
    return message, lambda: Closure.objects.create(**WEDNESDAY) and NOW


def offer_expired():
    held = factories.appointment(status="pending", held_until=NOW + HOUR)
    return sent("waitlist-offer", appointment=held), lambda: NOW + HOUR


def lifting_hours_over():
    message, plan = of_plan("no-heavy-lifting")
    return message, lambda: plan.lift_again_at


def another_injection():
    message, plan = of_plan("lifting-allowed")
    type(plan).objects.filter(pk=plan.pk).update(starts_at=NOW - 3 * DAY, lift_again_at=NOW - HOUR)

    def inject():
        factories.care_plan(patient=plan.patient, signed_at=NOW - 2 * HOUR, starts_at=NOW - 3 * HOUR)
        return NOW

    return message, inject


def answered():
    message, plan = of_plan("check-breathing", occasion="+4h")
    check = plan.checks.create(asks="breathing", moment="+4h", due_at=NOW, open_until=NOW + DAY)
    about = {"care_plan": plan, "patient": plan.patient, "care_check": check, "outcome": "green"}
    return message, lambda: SymptomCheck.objects.create(**about) and NOW


def answer_too_late():
    message, plan = of_plan("how-are-you", occasion="+9d")
    about = {"asks": "how-are-you", "moment": "+9d", "due_at": NOW, "open_until": NOW + DAY}
    return message, lambda: CareCheck.objects.create(care_plan=plan, **about).open_until


def physiotherapy_booked():
    message, plan = of_plan("book-physiotherapy")

    def book():
        who = {"practitioner": factories.physiotherapist(), "patient": plan.patient}
        factories.room()
        factories.book(at("2026-03-04 10:00"), visit_type=factories.physiotherapy(), **who)
        return NOW

    return message, book


def access_ended():
    patient = factories.patient()
    given = factories.account_of(patient).patient_access.get()
    message = sent("access-granted", cause=given.pk, patient=patient)
    return message, lambda: access.end(given, why=AccessEnd.DESK, at=NOW) or NOW


def after_its_time(code):
    return lambda: (sent(code, not_after=NOW + HOUR), lambda: NOW + 2 * HOUR)


CASES = {
    "visit-booked": booked_two_days_ago,
    "visit-moved": moved_since,
    "visit-cancelled": booked_again_since,
    "visit-reminder": begun,
    "visit-affected": can_take_place_again,
    "visit-as-planned": cannot_take_place_again,
    "waitlist-offer": offer_expired,
    "no-heavy-lifting": lifting_hours_over,
    "lifting-allowed": another_injection,
    "check-breathing": answered,
    "how-are-you": answer_too_late,
    "book-physiotherapy": physiotherapy_booked,
    "taken-back": after_its_time("taken-back"),
    "help-is-there": after_its_time("help-is-there"),
    "we-have-it": after_its_time("we-have-it"),
    "access-granted": access_ended,
    "address-changed": after_its_time("address-changed"),
    "sign-in-changed": after_its_time("sign-in-changed"),
    "from-the-desk": after_its_time("from-the-desk"),
}


def test_every_purpose_is_tried():
    assert set(CASES) == {purpose.code for purpose in PURPOSES if purpose.category != MessageCategory.CODE}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_is_over_is_not_sent_again(case):
    message, end = case()
    assert due_checks.why_not_again(message, at=NOW) == ""
    moment = end()
    message.refresh_from_db()
    count = Message.objects.count()

    with pytest.raises(MoveNotAllowed, match="not sent again: "):
        outbox.send_again(message, reason="She asks.", by=factories.user(Role.DESK), at=moment)
    assert Message.objects.count() == count


def test_a_message_of_a_purpose_that_nobody_knows_is_not_sent_again():
    message = factories.message(purpose="uninstalled", status="accepted")

    assert "nobody knows any more" in due_checks.why_not_again(message, at=NOW)


@pytest.mark.time_machine(at("2026-03-06 10:00"), tick=False)
def test_the_page_says_why_it_is_not_sent_again():
    message, _visit = of_visit("visit-booked")

    page = text(as_(factories.user(Role.DESK)).get(reverse("desk-message", args=[message.pk])))

    assert "This is not sent again: the hour of the visit has come." in page
    assert reverse("desk-message-again", args=[message.pk]) not in page


def test_a_confirmation_that_is_late_is_withdrawn_when_the_patient_is_here_already():
    message, visit = of_visit("visit-booked")
    Appointment.objects.filter(pk=visit.pk).update(status="arrived")
    message.refresh_from_db()

    assert PURPOSES.get("visit-booked").over([message], at=NOW) == {
        message.pk: "the visit is cancelled, or has begun or ended"
    }
