"""What signing a procedure starts, to the hour and the day."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from aftercare import message_purposes
from aftercare.models import AftercareProtocol, CarePlan, ServiceRequest
from clinic.messaging import delivery
from clinic.models import Message, WorkItem
from procedures.records import signing
from tests import factories
from tests.aftercare.symptoms import asked_plans
from tests.factories import at, civil

pytestmark = pytest.mark.django_db


def sign(moment, *, patient=None, **protocol):
    factories.protocol(**protocol)
    more = {"patient": patient} if patient else {}
    return factories.signed(signed_at=at(moment), **more)


def outbox(procedure):
    """(purpose, occasion, when due, when it expires, category) of each message of this procedure."""
    messages = Message.objects.filter(**message_purposes.about(procedure)).order_by("due_at", "pk")
    return [(m.purpose, m.occasion, civil(m.due_at), civil(m.not_after), m.category) for m in messages]


def due(procedure):
    return {(purpose, occasion): due_at for purpose, occasion, due_at, *_rest in outbox(procedure)}


def occasions(procedure, purpose):
    return [occasion for code, occasion in due(procedure) if code == purpose]


def test_signing_makes_the_plan_and_the_referral_due_in_seven_days():
    procedure = sign("2026-03-02 10:30")

    plan, referral = CarePlan.objects.get(), ServiceRequest.objects.get()
    assert (plan.procedure, plan.patient, plan.starts_at) == (procedure, procedure.patient, at("2026-03-02 10:30"))
    assert (civil(plan.lift_again_at), plan.physiotherapy_due_on) == ("2026-03-04 10:30", date(2026, 3, 9))
    assert (referral.care_plan, referral.patient, referral.due_on) == (plan, procedure.patient, date(2026, 3, 9))
    assert (referral.status, referral.appointment) == ("active", None)


def test_signing_puts_six_messages_into_the_outbox():
    procedure = sign("2026-03-02 10:30")

    assert outbox(procedure) == [
        ("no-heavy-lifting", "at-once", "2026-03-02 10:30", "2026-03-04 10:30", "safety"),
        ("no-heavy-lifting", "next-morning", "2026-03-03 09:00", "2026-03-04 10:30", "safety"),
        ("book-physiotherapy", "+1d", "2026-03-03 10:00", "2026-03-05 10:00", "reminder"),
        ("lifting-allowed", "window-over", "2026-03-04 10:30", "2026-03-05 10:30", "reminder"),
        ("book-physiotherapy", "+3d", "2026-03-05 10:00", "2026-03-07 10:00", "reminder"),
        ("book-physiotherapy", "+5d", "2026-03-07 10:00", "2026-03-09 10:00", "reminder"),
    ]
    assert dict(Message.objects.values_list("patient", "address")) == {procedure.patient_id: procedure.patient.email}
    assert list(Message.objects.filter(may_wake=True).values_list("purpose", "cause", "occasion")) == [
        ("no-heavy-lifting", procedure.pk, "at-once")
    ]


def test_signing_opens_a_work_item_for_the_morning_of_the_last_day():
    procedure = sign("2026-03-02 10:30")

    item = WorkItem.objects.get()
    assert (item.cause, item.kind) == (procedure.pk, "physiotherapy")
    assert (civil(item.due_at), item.patient, item.status) == ("2026-03-09 08:00", procedure.patient, "requested")


@pytest.mark.parametrize(("hours", "allowed"), [(24, "2026-03-03 10:30"), (36, "2026-03-04 08:00"), (48, None)])
def test_signing_counts_the_hours_without_lifting_of_the_protocol(hours, allowed):
    procedure = sign("2026-03-02 10:30", lifting_hours=hours)

    plan = CarePlan.objects.get()
    assert plan.lift_again_at - plan.starts_at == timedelta(hours=hours)
    assert due(procedure)["lifting-allowed", "window-over"] == (allowed or "2026-03-04 10:30")


@pytest.mark.parametrize("moment", ["2026-03-02 08:00", "2026-03-02 09:00", "2026-10-24 09:30"])
def test_signing_plans_no_advice_for_a_morning_on_which_lifting_is_allowed_already(moment):
    """24 hours after an early signature the time has passed before nine; on the longest day of the year as well."""
    procedure = sign(moment, lifting_hours=24)

    assert occasions(procedure, "no-heavy-lifting") == ["at-once"]
    assert len(outbox(procedure)) == 5


def test_needle_near_the_lung_is_asked_after_in_four_hours_and_on_two_days():
    near_lung = factories.site(
        muscle=factories.muscle(lung_risk="upper"), no_ultrasound_reason="Held away from the ribs"
    )
    asked_plans.protocol()
    procedure = factories.signed(signed_at=at("2026-03-02 17:30"), sites=[factories.site(), near_lung])

    assert [row for row in outbox(procedure) if row[0] == "check-breathing"] == [
        ("check-breathing", "+4h", "2026-03-02 21:30", "2026-03-03 17:30", "safety"),
        ("check-breathing", "+24h", "2026-03-03 17:30", "2026-03-04 13:30", "safety"),
        ("check-breathing", "+48h", "2026-03-04 17:30", "2026-03-05 13:30", "safety"),
    ]
    body = Message.objects.get(purpose="check-breathing", occasion="+4h").body
    assert "short of breath" in body
    assert "call 112 at once" in body


@pytest.mark.parametrize(
    ("moment", "allowed", "message", "last_day"),
    [
        ("2026-03-28 10:30", "2026-03-30 11:30", "2026-03-30 11:30", date(2026, 4, 4)),
        ("2026-10-24 10:30", "2026-10-26 09:30", "2026-10-26 09:30", date(2026, 10, 31)),
        ("2026-03-28 19:30", "2026-03-30 20:30", "2026-03-31 08:00", date(2026, 4, 4)),
        ("2028-02-28 10:30", "2028-03-01 10:30", "2028-03-01 10:30", date(2028, 3, 6)),
        ("2026-12-31 23:30", "2027-01-02 23:30", "2027-01-03 08:00", date(2027, 1, 7)),
        ("2026-03-02 00:30", "2026-03-04 00:30", "2026-03-04 08:00", date(2026, 3, 9)),
    ],
)
def test_signing_counts_hours_as_hours_and_days_as_days(moment, allowed, message, last_day):
    """Over clock changes, a leap day and the new year; at night the good news waits until the morning."""
    procedure = sign(moment)

    plan = CarePlan.objects.get()
    assert (civil(plan.lift_again_at), due(procedure)["lifting-allowed", "window-over"]) == (allowed, message)
    assert plan.lift_again_at.timestamp() - plan.starts_at.timestamp() == 48 * 3600
    assert plan.physiotherapy_due_on == last_day
    assert civil(WorkItem.objects.get().due_at) == f"{last_day} 08:00"
    clocks = [due_at[11:] for (purpose, _), due_at in due(procedure).items() if purpose == "book-physiotherapy"]
    assert clocks == ["10:00", "10:00", "10:00"]


@pytest.mark.parametrize(
    ("days", "reminders"), [(1, []), (2, ["+1d"]), (5, ["+1d", "+3d"]), (14, ["+1d", "+3d", "+5d"])]
)
def test_signing_reminds_only_before_the_last_day(days, reminders):
    procedure = sign("2026-03-02 10:30", physiotherapy_days=days)

    assert occasions(procedure, "book-physiotherapy") == reminders
    assert ServiceRequest.objects.get().due_on == date(2026, 3, 2) + timedelta(days=days)


def test_signing_uses_the_protocol_of_the_procedure_and_of_it_the_newest_in_force():
    draft = factories.draft()
    factories.protocol(lifting_hours=24)
    for version, is_current in ((1, True), (2, True), (3, False)):
        factories.protocol(name="own", version=version, definition=draft.definition, is_current=is_current)
    factories.protocol(definition=factories.definition(), version=9)

    signing.sign(draft, by=factories.user(), at=factories.NOW)

    protocol = CarePlan.objects.get().protocol
    assert (protocol.name, protocol.version) == ("own", 2)


def test_running_plan_keeps_the_hours_it_began_with():
    sign("2026-03-02 10:30")
    plan = CarePlan.objects.get()

    for change in ({"lifting_hours": 24}, {"what_is_not": "Nothing."}):
        with pytest.raises(IntegrityError, match="a protocol in use gets a new version"), transaction.atomic():
            AftercareProtocol.objects.update(**change)
    with pytest.raises(IntegrityError, match="a protocol in use"), transaction.atomic():
        plan.protocol.check_times.create(asks="how-are-you", days_after=2)
    assert civil(plan.lift_again_at) == "2026-03-04 10:30"


def test_signing_for_a_patient_without_a_contact_tells_the_desk_instead():
    procedure = sign("2026-03-02 10:30", patient=factories.patient(email=""))

    items = WorkItem.objects.filter(cause=procedure.pk).order_by("due_at", "pk")
    assert [(item.kind, item.purpose, item.occasion, civil(item.due_at)) for item in items] == [
        ("message_nowhere", "no-heavy-lifting", "at-once", "2026-03-02 10:30"),
        ("message_nowhere", "no-heavy-lifting", "next-morning", "2026-03-03 09:00"),
        ("message_nowhere", "book-physiotherapy", "+1d", "2026-03-03 10:00"),
        ("message_nowhere", "lifting-allowed", "window-over", "2026-03-04 10:30"),
        ("message_nowhere", "book-physiotherapy", "+3d", "2026-03-05 10:00"),
        ("message_nowhere", "book-physiotherapy", "+5d", "2026-03-07 10:00"),
        ("physiotherapy", "", "", "2026-03-09 08:00"),
    ]
    assert (Message.objects.count(), ServiceRequest.objects.count()) == (0, 1)


def test_messages_of_a_plan_all_arrive_at_their_hour(settings, tmp_path):
    """Nobody books: hour by hour through the week, every message is delivered and none becomes work for the desk."""
    settings.DATA_DIR = tmp_path
    procedure = sign("2026-03-02 10:30")

    for hour in range(8 * 24):
        delivery.deliver_due(at=at("2026-03-02 10:30") + timedelta(hours=hour))

    assert list(Message.objects.values_list("status", flat=True)) == ["accepted"] * 6
    assert [(item.kind, item.cause) for item in WorkItem.objects.all()] == [("physiotherapy", procedure.pk)]


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"lifting_hours": 23}, "protocol_lifting_24_to_48_hours"),
        ({"lifting_hours": 49}, "protocol_lifting_24_to_48_hours"),
        ({"physiotherapy_days": 0}, "protocol_physiotherapy_after_a_day"),
    ],
)
def test_database_refuses_a_protocol_that_the_clinic_does_not_have(fields, name):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        factories.protocol(**fields)


def test_lifting_share_and_hours_left_run_from_beginning_to_end():
    sign("2026-03-02 10:30")
    plan = CarePlan.objects.get()
    moments = ["2026-03-01 10:30", "2026-03-02 10:30", "2026-03-03 10:30", "2026-03-04 10:29", "2026-03-04 10:30"]

    found = [
        (plan.may_lift(at=at(m)), plan.lifting_share(at=at(m)), plan.lifting_hours_left(at=at(m))) for m in moments
    ]

    assert [(may, round(share, 2), hours) for may, share, hours in found] == [
        (False, 0, 72),
        (False, 0, 48),
        (False, 0.5, 24),
        (False, 1, 1),
        (True, 1, 0),
    ]
