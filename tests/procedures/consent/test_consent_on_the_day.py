"""A consent on the day: confirmed, compared with the record, withdrawn."""

from datetime import timedelta

import pytest

from clinic.errors import MoveNotAllowed
from clinic.models import Appointment, WorkItem
from clinic.scheduling import attendance, cancellations
from procedures.consent import consents, record_problems
from procedures.models import Consent, Guidance, Muscle, PainMoment, Preparation, Procedure, Side
from procedures.records import sealed_parts, signing
from procedures.work_kinds import CONSENT_BACK
from tests import factories
from tests.procedures.consent import signatures
from tests.procedures.consent.signatures import BUTTOCK, LUNG

pytestmark = pytest.mark.django_db
ON_THE_DAY = factories.at("2026-03-02 09:50")


def record(visit, *, sites=((BUTTOCK, Side.LEFT),), guidance=Guidance.LANDMARK, drugs=("lido1",), **fields):
    """As much of a draft as consent needs."""
    procedure = Procedure.objects.create(
        appointment=visit,
        patient=visit.patient,
        definition=fields.pop("definition", None) or visit.procedure_plan.definition,
        performed_by=visit.practitioner,
        performed_on=visit.on,
        **{"observation_minutes": 15, "needles_in": 1, "needles_out": 1, "had_complications": False} | fields,
    )
    for slug, side in sites:
        muscle, found = Muscle.objects.get(pk=slug), {"depth_mm": 20, "is_confirmed": True, "guidance": guidance}
        factories.site(procedure=procedure, muscle=muscle, side=side, **found).save()
    for slug in drugs:
        product = Preparation.objects.get(pk=slug)
        factories.drug(procedure=procedure, preparation=product, given_on=visit.on).save()
    for moment in PainMoment:
        procedure.pain_scores.create(moment=moment, score=3)
    return procedure


def signed_before(visit):
    """At home, on the day before the visit."""
    return signatures.sign(signatures.planned(visit), at=ON_THE_DAY - timedelta(days=1))


def fields_and_sentences(procedure):
    return [(problem.field, problem.sentence) for problem in record_problems.problems(procedure)]


# On the day, and withdrawn


def test_consent_is_said_again_on_the_day_only(visit):
    consent = signed_before(visit)
    assert not consents.was_said_on(consent, visit.on)

    with pytest.raises(MoveNotAllowed):
        consents.confirm(consent, by=factories.user(), at=ON_THE_DAY - timedelta(days=1))
    confirmed = consents.confirm(consent, by=factories.user(), at=ON_THE_DAY)

    assert consents.was_said_on(confirmed, visit.on)


def test_consent_signed_on_the_day_is_not_asked_for_again(visit):
    consent = signatures.sign(signatures.planned(visit), at=ON_THE_DAY - timedelta(minutes=4))

    again = consents.confirm(consent, by=factories.user(), at=ON_THE_DAY)

    assert (consents.was_said_on(consent, visit.on), again.confirmed_at) == (True, None)
    assert fields_and_sentences(record(visit)) == []


def test_consent_taken_back_is_neither_confirmed_nor_standing_and_can_be_signed_again(visit):
    plan = signatures.planned(visit)
    consent = signatures.sign(plan)
    consents.confirm(consent, by=factories.user(), at=ON_THE_DAY)

    consents.withdraw(consent, by=factories.user(), at=ON_THE_DAY)

    assert consents.standing(plan) is None
    with pytest.raises(MoveNotAllowed):
        consents.confirm(consent, by=factories.user(), at=ON_THE_DAY)
    assert signatures.sign(plan) != consent


def test_after_the_signed_record_nothing_is_taken_back_or_confirmed(visit):
    consent = signatures.sign(signatures.planned(visit))
    record(visit)
    sealed_parts.seal(Procedure.objects.all())
    Procedure.objects.update(status="signed", signed_at=ON_THE_DAY, signed_by=factories.user())

    for act in (consents.withdraw, consents.confirm):
        with pytest.raises(consents.SignedTooLate):
            act(consent, by=factories.user(), at=ON_THE_DAY)
    assert not consents.may_be_withdrawn(consent)


# Compared with the record


def test_record_with_consent_said_again_on_the_day_has_no_problem(visit):
    consents.confirm(signed_before(visit), by=factories.user(), at=ON_THE_DAY)

    assert fields_and_sentences(record(visit)) == []


@pytest.mark.parametrize("state", ["no plan", "not signed", "taken back", "not said again", "said the day before"])
def test_record_without_consent_asks_for_the_reason(visit, state):
    definition = factories.definition(visit_type=visit.visit_type)
    if state != "no plan":
        plan = signatures.planned(visit)
        consent = None if state == "not signed" else signatures.sign(plan, at=ON_THE_DAY - timedelta(days=2))
        if state == "taken back":
            consents.withdraw(consent, by=factories.user(), at=ON_THE_DAY)
        if state == "said the day before":
            Consent.objects.update(confirmed_at=ON_THE_DAY - timedelta(days=1), confirmed_by=factories.user())
    procedure = record(visit, definition=definition)

    assert [field for field, _sentence in fields_and_sentences(procedure)] == ["no_consent_reason"]
    procedure.no_consent_reason = "Signed on paper, which is in the folder."
    assert fields_and_sentences(procedure) == []


@pytest.mark.parametrize(
    ("recorded", "difference"),
    [
        ({"sites": [(BUTTOCK, Side.RIGHT)]}, "Piriformis: planned left, recorded right"),
        ({"sites": [(BUTTOCK, Side.LEFT), (BUTTOCK, Side.RIGHT)]}, "Piriformis: planned left, recorded left and right"),
        (
            {"sites": [(LUNG, Side.LEFT)]},
            "Piriformis: planned left, recorded not at all; "
            "Trapezius, pars descendens: planned not at all, recorded left",
        ),
        (
            {"guidance": Guidance.ULTRASOUND},
            "Piriformis: planned by touch, without ultrasound, recorded with ultrasound",
        ),
        (
            {"drugs": ["lido1", "tria10"]},
            "medicine: planned no steroid, recorded Triamcinolone acetonide 10 mg/mL",
        ),
    ],
)
def test_record_that_differs_from_the_plan_says_exactly_how(visit, recorded, difference):
    consents.confirm(signatures.sign(signatures.planned(visit)), by=factories.user(), at=ON_THE_DAY)
    procedure = record(visit, **recorded)

    ((field, sentence),) = fields_and_sentences(procedure)

    assert field == "differs_reason"
    assert sentence == f"The record is not what was planned: {difference}. Correct what is wrong, or write why."
    procedure.differs_reason = "The patient asked for it and signed again on paper."
    assert fields_and_sentences(procedure) == []


def test_signing_holds_the_record_against_the_plan():
    draft = factories.draft()
    draft.sites.update(side=Side.RIGHT)

    (sentence,) = signing.missing(draft)

    assert "planned left, recorded right" in sentence


# Withdrawn: the physician is notified


def items():
    rows = WorkItem.objects.filter(kind=CONSENT_BACK.code)
    return [(item.status, item.appointment, item.is_for_physicians) for item in rows]


def taken_back(visit, *, by=None):
    plan = signatures.planned(visit)
    consent = signatures.sign(plan)
    for _again in range(2):
        consents.withdraw(consent, by=by or factories.user(), at=ON_THE_DAY)
    return plan


def test_consent_taken_back_is_work_for_a_physician_until_it_is_signed_again(visit):
    plan = taken_back(visit)
    assert items() == [("requested", visit, True)]

    signatures.sign(plan)

    assert items() == [("cancelled", visit, True)]


@pytest.mark.parametrize("act", ["cancelled", "missed", "signed", "ended"])
def test_consent_taken_back_is_no_work_any_more_when_the_visit_is_settled(visit, act):
    taken_back(visit)

    if act == "cancelled":
        Appointment.objects.update(status="booked")
        visit.refresh_from_db()
        cancellations.cancel(visit, at=ON_THE_DAY)
    elif act == "missed":
        Appointment.objects.update(status="booked")
        visit.refresh_from_db()
        attendance.did_not_attend(visit, at=visit.starts_at + timedelta(minutes=10), by=factories.user())
    elif act == "signed":
        factories.protocol()
        signing.sign(factories.draft(visit), by=factories.user(), at=ON_THE_DAY)
    else:
        signing.end_without_record(visit, by=factories.user(), reason="Only talked")

    assert [status for status, *_rest in items()] == ["cancelled"]


@pytest.mark.parametrize("act", ["cancelled", "missed"])
def test_consent_taken_back_is_work_again_when_the_visit_takes_place_after_all(visit, act):
    factories.room(), factories.work(visit.practitioner, 0, "09:00", "17:00")
    taken_back(visit)
    Appointment.objects.update(status="booked")
    visit.refresh_from_db()

    if act == "cancelled":
        cancellations.cancel(visit, at=ON_THE_DAY)
        cancellations.undo_cancel(visit, at=ON_THE_DAY + timedelta(minutes=1))
    else:
        attendance.did_not_attend(visit, at=visit.starts_at + timedelta(minutes=10), by=factories.user())
        attendance.check_in(visit, at=visit.starts_at + timedelta(minutes=20), by=factories.user())

    assert items() == [("requested", visit, True)]


def test_physician_who_notes_it_needs_nobody_to_tell(visit):
    visit.practitioner.user = factories.user()
    visit.practitioner.save()

    taken_back(visit, by=visit.practitioner.user)

    assert items() == []


@pytest.mark.parametrize(("hours_after", "asked"), [(1, True), (-1, False)])
def test_thinner_that_came_up_after_the_signature_is_talked_about(visit, hours_after, asked):
    consent = signatures.sign(signatures.planned(visit), at=ON_THE_DAY)
    noted_at = ON_THE_DAY + timedelta(hours=hours_after)
    visit.patient.alerts.create(kind="blood-thinner", state="present", detail="apixaban", noted_at=noted_at)

    sentences = [sentence for _field, sentence in fields_and_sentences(record(visit))]

    assert consents.standing(consent.plan) == consent
    assert [sentence.startswith("The patient takes a blood thinner, and the consent") for sentence in sentences] == (
        [True] if asked else []
    )
