"""Writing, signing and amending the record of a procedure."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from aftercare.models import CarePlan, ServiceRequest
from clinic.errors import DomainError, MoveNotAllowed
from clinic.models import AppointmentStatusChange, Message, WorkItem
from procedures.errors import RecordIncomplete, RecordSigned
from procedures.models import Procedure
from procedures.records import signing
from procedures.records.signing import Entered
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)
NO_SITE = "Add at least one injection site."
NO_DRUG = "Add at least one drug, with its lot and expiry date."
NO_PAIN_BEFORE = "Choose the pain before, from 0 to 10."
NO_PAIN_AFTER = "Choose the pain 10 minutes after, from 0 to 10."


def nothing_was_set_in_motion():
    return [model.objects.count() for model in (CarePlan, ServiceRequest, Message, WorkItem)] == [0, 0, 0, 0]


def contents(procedure):
    procedure = Procedure.objects.get(pk=procedure.pk)
    return {
        "note": procedure.note,
        "sites": list(procedure.sites.values_list("muscle", "side", "guidance", "needle_gauge", "needle_length_mm")),
        "drugs": list(procedure.drugs.values_list("preparation", "volume_ml", "lot", "expires_on", "given_on")),
        "pain": list(procedure.pain_scores.values_list("moment", "score")),
    }


def write(visit, **changes):
    usual = {"sites": [factories.site()], "drugs": [factories.drug()], "pain": {"before": 7, "after": 3}}
    once = factories.answers(visit, note=changes.pop("note", ""))
    return signing.write_draft(visit, Entered(once, **usual | changes))


# The draft


def test_write_draft_keeps_what_was_typed():
    visit, muscle = factories.arrived(), factories.muscle()

    procedure = write(visit, note="calm", sites=[factories.site(muscle=muscle)])

    assert contents(procedure) == {
        "note": "calm",
        "sites": [(muscle.pk, "left", "landmark", 27, 40)],
        "drugs": [("lidocaine-1", Decimal("2"), "A1", date(2030, 1, 1), DAY)],
        "pain": [("before", 7), ("after", 3)],
    }
    assert (procedure.status, procedure.patient, procedure.performed_on) == ("draft", visit.patient, DAY)
    assert nothing_was_set_in_motion()


def test_write_draft_again_replaces_all_of_it():
    visit = factories.arrived()
    first = write(visit, sites=[factories.site(), factories.site()])

    again = write(visit, sites=[factories.site(side="right")], drugs=[], pain={"before": 5, "after": None})

    found = contents(again)
    assert (again.pk, [site[1] for site in found["sites"]]) == (first.pk, ["right"])
    assert (found["drugs"], found["pain"]) == ([], [("before", 5)])


@pytest.mark.parametrize("status", ["booked", "cancelled", "noshow"])
def test_write_draft_is_refused_for_a_patient_who_has_not_come(status):
    visit = factories.arrived()
    visit.status = status
    visit.save()

    with pytest.raises(MoveNotAllowed, match="has not been checked in"):
        write(visit)

    assert Procedure.objects.count() == 0


@pytest.mark.parametrize(("expires_on", "is_refused"), [(DAY - timedelta(days=1), True), (DAY, False)])
def test_write_draft_refuses_an_expired_lot_and_keeps_what_was_there(expires_on, is_refused):
    visit = factories.arrived()
    before = contents(write(visit, note="first"))
    wish = {"note": "second", "drugs": [factories.drug(expires_on=expires_on, lot="B2")]}

    if is_refused:
        with pytest.raises(DomainError) as refusal:
            write(visit, **wish)
        assert refusal.value.field == "expires_on"
        assert contents(visit.procedures.get()) == before
    else:
        assert contents(write(visit, **wish))["drugs"][0][2] == "B2"


# Signing


def test_sign_closes_the_record_and_the_visit(protocol, signer):
    draft = factories.draft()

    procedure = signing.sign(draft, by=signer, at=NOW)

    assert (procedure.status, procedure.signed_at, procedure.signed_by) == ("signed", NOW, signer)
    draft.appointment.refresh_from_db()
    assert draft.appointment.status == "fulfilled"
    assert list(draft.appointment.status_changes.values_list("to_status", "by")) == [("fulfilled", signer.pk)]


def test_sign_twice_changes_nothing(protocol, signer):
    draft = factories.draft()
    signing.sign(draft, by=signer, at=NOW)
    messages = Message.objects.count()

    again = signing.sign(draft, by=factories.user("physician"), at=NOW + timedelta(hours=1))

    assert (again.signed_at, again.signed_by) == (NOW, signer)
    assert (Message.objects.count(), CarePlan.objects.count(), AppointmentStatusChange.objects.count()) == (
        messages,
        1,
        1,
    )


@pytest.mark.parametrize(
    ("parts", "sentences"),
    [
        ({"sites": []}, [NO_SITE]),
        ({"drugs": []}, [NO_DRUG]),
        ({"pain": (None, 3)}, [NO_PAIN_BEFORE]),
        ({"pain": (7, None)}, [NO_PAIN_AFTER]),
        ({"sites": [], "drugs": [], "pain": (None, None)}, [NO_SITE, NO_DRUG, NO_PAIN_BEFORE, NO_PAIN_AFTER]),
    ],
)
def test_sign_names_each_thing_that_is_missing(protocol, signer, parts, sentences):
    draft = factories.draft(**parts)

    with pytest.raises(RecordIncomplete) as refusal:
        signing.sign(draft, by=signer, at=NOW)

    draft.refresh_from_db()
    assert ([str(problem) for problem in refusal.value.problems], draft.status) == (sentences, "draft")
    assert draft.appointment.status == "arrived"
    assert nothing_was_set_in_motion()


def test_sign_takes_pain_of_zero_for_an_answer(protocol, signer):
    assert signing.sign(factories.draft(pain=(0, 0)), by=signer, at=NOW).is_signed


def test_sign_without_a_protocol_in_force_is_refused_and_leaves_nothing(signer):
    """Nobody may go home without aftercare because the catalogue is empty."""
    factories.protocol(is_current=False)
    factories.protocol(definition=factories.definition())
    draft = factories.draft()

    with pytest.raises(RecordIncomplete, match="aftercare"):
        signing.sign(draft, by=signer, at=NOW)

    draft.refresh_from_db()
    draft.appointment.refresh_from_db()
    assert (draft.status, draft.signed_at, draft.appointment.status) == ("draft", None, "arrived")
    assert (draft.appointment.status_changes.count(), nothing_was_set_in_motion()) == (0, True)


def test_sign_is_refused_for_a_visit_that_is_not_under_way(protocol, signer):
    draft = factories.draft()
    draft.appointment.undo_check_in(by=None)

    with pytest.raises(MoveNotAllowed):
        signing.sign(draft, by=signer, at=NOW)

    assert nothing_was_set_in_motion()


# Afterwards


def test_signed_record_cannot_be_written_again(protocol):
    procedure = factories.signed(signed_at=NOW)
    before = contents(procedure)

    with pytest.raises(RecordSigned):
        write(procedure.appointment, note="other", sites=[], drugs=[], pain={})

    assert contents(procedure) == before


def test_amend_adds_a_note_and_leaves_the_record(protocol, signer):
    procedure = factories.signed(signed_at=NOW)
    before = contents(procedure)

    signing.amend(procedure, text="the other side", by=signer, at=NOW)
    signing.amend(procedure, text="no, the first", by=signer, at=NOW)

    assert list(procedure.addenda.values_list("text", "by")) == [
        ("the other side", signer.pk),
        ("no, the first", signer.pk),
    ]
    assert contents(procedure) == before


def test_amend_with_the_same_words_again_is_one_note(protocol, signer):
    procedure, colleague = factories.signed(signed_at=NOW), factories.user("physician")

    def amend(by, minutes):
        return signing.amend(procedure, text="called", by=by, at=NOW + timedelta(minutes=minutes))

    notes = [amend(signer, 0), amend(signer, 9), amend(colleague, 9), amend(signer, 11)]

    assert [note is not None for note in notes] == [True, False, True, True]
    assert list(procedure.addenda.values_list("by", flat=True)) == [signer.pk, colleague.pk, signer.pk]


def test_amend_of_a_draft_is_refused(signer):
    draft = factories.draft()

    with pytest.raises(RecordIncomplete):
        signing.amend(draft, text="a note", by=signer, at=NOW)

    assert draft.addenda.count() == 0


@pytest.mark.parametrize("has_draft", [True, False])
def test_end_without_record_asks_why_where_an_injection_was_to_be_expected(has_draft):
    visit = factories.draft().appointment if has_draft else factories.arrived()
    if not has_draft:
        factories.definition(visit_type=visit.visit_type)

    with pytest.raises(DomainError) as refusal:
        signing.end_without_record(visit, by=factories.user(), reason="  ")
    signing.end_without_record(visit, by=factories.user(), reason="She has a fever")

    visit.refresh_from_db()
    assert (refusal.value.field, visit.status) == ("reason", "fulfilled")
    assert visit.status_changes.get().note == "She has a fever"


def test_end_without_record_asks_nothing_after_a_talk():
    visit = factories.arrived()

    signing.end_without_record(visit, by=factories.user())

    visit.refresh_from_db()
    assert visit.status == "fulfilled"
