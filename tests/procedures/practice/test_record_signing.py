"""A record reviewed in words, signed once, then only added to; who may do it, and what the audit shows."""

from datetime import date

import pytest
from django.urls import reverse

from aftercare.models import CarePlan, ServiceRequest
from clinic.models import AppointmentStatus, AuditEvent, Message, PractitionerRole, Role
from procedures.models import LungRisk, Procedure
from procedures.records import signing
from tests import factories
from tests.factories import at
from tests.procedures.practice.record_pages import address_of, errors, sign, site_row, typed
from tests.web import NOT_FOUND, refusal, words

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(at("2026-03-02 10:20"), tick=False)]
# Each of its messages is looked for before it is written.
signing_sends_messages = pytest.mark.repeated_queries_allowed


def test_review_says_in_words_what_will_be_signed_and_what_happens_then(client, visit):
    lung = factories.muscle(name="top shoulder muscle", latin="m. trapezius", lung_risk=LungRisk.YES)
    near_lung = site_row(muscle=lung.pk, no_ultrasound_reason="Pinched away from the ribs")
    client.post(address_of(visit), typed(visit, near_lung, review="1"))

    shown = words(client.get(address_of(visit, "practice-record-review")))

    assert "Rasa Example born 29 February 1980" in shown
    assert "Top shoulder muscle (m. trapezius), left , by touch, without ultrasound, needle 25 G 38 mm" in shown
    assert "Why without ultrasound: Pinched away from the ribs" in shown
    assert "Lidocaine 1 % 4 mL = 40 mg , lot LX1, use before 31 January 2028" in shown
    assert "20 mm deep, twitch seen (said aloud, the patient agreed)" in shown
    assert "7 before, 3 after 10 minutes" in shown
    assert "Needles: 2 used, 2 counted after. Watched for 20 minutes. Nothing went wrong." in shown
    assert "No heavy lifting for 48 hours: until Wednesday 4 March 2026, 10:20." in shown
    assert "Physiotherapy by Monday 9 March 2026" in shown
    assert "Sign the record of Rasa Example" in shown


def test_review_of_an_incomplete_draft_lists_what_is_missing_and_cannot_sign(client, visit):
    draft = factories.draft(visit, sites=[], pain=(None, 3))

    page = client.get(address_of(visit, "practice-record-review"))
    answer = sign(client, draft)

    assert page.context["problems"] == ["Add at least one injection site.", "Choose the pain before, from 0 to 10."]
    assert "Sign the record" not in words(page)
    assert answer.status_code == 409
    assert CarePlan.objects.count() == 0


@signing_sends_messages
def test_signing_closes_the_record_and_begins_the_aftercare(client, visit, physician):
    answer = sign(client, factories.draft(visit))

    assert answer["Location"] == reverse("practice-visit", args=[visit.pk])
    procedure = Procedure.objects.get()
    assert (procedure.status, procedure.signed_by, procedure.signed_at) == (
        *("signed", physician.user, at("2026-03-02 10:20")),
    )
    visit.refresh_from_db()
    assert visit.status == AppointmentStatus.FULFILLED
    plan = CarePlan.objects.get()
    assert (plan.procedure, plan.lift_again_at) == (procedure, at("2026-03-04 10:20"))
    assert ServiceRequest.objects.get().due_on == date(2026, 3, 9)
    assert "The record is signed. The aftercare of Rasa Example has begun." in words(client.get(answer["Location"]))


@signing_sends_messages
def test_signing_twice_changes_nothing(client, visit):
    draft = factories.draft(visit)
    sign(client, draft)
    before = (Procedure.objects.get().signed_at, Message.objects.count(), AuditEvent.objects.about_patients().count())

    answer = sign(client, draft)

    assert answer["Location"] == reverse("practice-visit", args=[visit.pk])
    assert (
        Procedure.objects.get().signed_at,
        Message.objects.count(),
        AuditEvent.objects.about_patients().count(),
    ) == before


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"seen": "older"}, "The record has been changed since you read it. Read it again before you sign."),
        ({"patient": 0}, "This page was opened for another patient. Nothing was signed."),
        ({"patient": ""}, "This has changed in the meantime."),
        ({"seen": ""}, "This has changed in the meantime."),
    ],
)
def test_signing_is_refused_when_something_else_was_read(client, visit, changes, sentence):
    answer = sign(client, factories.draft(visit), **changes)

    assert answer.status_code == 409
    assert sentence in words(answer)
    assert Procedure.objects.get().status == "draft"


def test_draft_changed_after_the_review_was_opened_is_not_signed(client, visit):
    draft = factories.draft(visit)
    seen = signing.reading(draft)
    client.post(address_of(visit), typed(visit, seen=signing.version(draft), pain_after="4", draft="1"))

    assert sign(client, draft, seen=seen).status_code == 409
    assert Procedure.objects.get().status == "draft"


def test_visit_that_was_checked_out_again_cannot_be_signed(client, visit, physician):
    draft = factories.draft(visit)
    visit.undo_check_in(by=physician.user)

    assert sign(client, draft).status_code == 409
    assert Procedure.objects.get().status == "draft"


@signing_sends_messages
def test_signed_record_is_shown_and_cannot_be_written_again(client, visit):
    sign(client, factories.draft(visit))

    page = client.get(address_of(visit))
    answers = [
        client.post(address_of(visit), typed(visit, note="changed", **{button: "1"}))
        for button in ("draft", "add_site")
    ]

    assert "It cannot be changed any more" in words(page)
    assert [answer.status_code for answer in answers] == [409, 409]
    assert "This record is signed and cannot be changed. Write a note below it instead." in words(answers[0])
    assert Procedure.objects.get().note == ""
    assert client.get(address_of(visit, "practice-record-review"))["Location"] == address_of(visit)


@signing_sends_messages
def test_note_is_added_below_with_name_and_time(client, visit):
    sign(client, factories.draft(visit))

    answer = client.post(address_of(visit, "practice-record-addenda"), {"text": "Called, all well."})

    assert answer["Location"] == address_of(visit)
    assert "By Dr Signing At Monday 2 March 2026, 10:20 Note Called, all well." in words(client.get(address_of(visit)))


@signing_sends_messages
def test_note_pressed_three_times_is_one_note_and_noted_once(client, visit):
    sign(client, factories.draft(visit))

    answers = [
        client.post(address_of(visit, "practice-record-addenda"), {"text": "Called,\r\nall well."}) for _ in "123"
    ]

    assert [answer["Location"] for answer in answers] == [address_of(visit)] * 3
    assert [note.text for note in Procedure.objects.get().addenda.all()] == ["Called,\nall well."]
    assert AuditEvent.objects.filter(what="note to a record").count() == 1


@signing_sends_messages
def test_note_of_4000_characters_may_have_lines(client, visit):
    sign(client, factories.draft(visit))
    text = "\r\n".join(["x" * 99] * 40) + "y"  # 4000 characters, an end of a line being one

    client.post(address_of(visit, "practice-record-addenda"), {"text": text})

    assert len(Procedure.objects.get().addenda.get().text) == 4000


@signing_sends_messages
def test_empty_note_is_refused_at_its_field(client, visit):
    sign(client, factories.draft(visit))

    answer = client.post(address_of(visit, "practice-record-addenda"), {"text": " "})

    assert errors(answer) == [("id_text", "Write the note first.")]
    assert Procedure.objects.get().addenda.count() == 0


def test_draft_takes_no_notes(client, visit):
    factories.draft(visit)

    assert refusal(client.post(address_of(visit, "practice-record-addenda"), {"text": "Later"})) == NOT_FOUND
    assert Procedure.objects.get().addenda.count() == 0


@pytest.mark.parametrize("role", [None, Role.DESK, Role.PHYSIOTHERAPIST, Role.MANAGER])
def test_records_are_closed_to_everybody_but_physicians(client, visit, role):
    factories.draft(visit)
    client.force_login(factories.user(role))

    answers = [
        client.get(address_of(visit)),
        client.post(address_of(visit), typed(visit, draft="1")),
        client.get(address_of(visit, "practice-record-review")),
        client.post(address_of(visit, "practice-record-review")),
        client.post(address_of(visit, "practice-record-addenda")),
    ]

    assert [answer.status_code for answer in answers] == [403] * 5
    assert AuditEvent.objects.about_patients().count() == 0


@pytest.mark.parametrize("name", ["practice-record", "practice-record-review", "practice-record-addenda"])
def test_visit_that_does_not_exist_is_not_found(client, visit, name):
    assert refusal(client.post(reverse(name, args=[visit.pk + 1]))) == NOT_FOUND


@pytest.mark.parametrize("name", ["practice-record-review", "practice-record-addenda"])
def test_visit_without_a_record_has_nothing_to_read(client, visit, name):
    assert refusal(client.post(address_of(visit, name), {"text": "-"})) == NOT_FOUND
    assert Procedure.objects.count() == 0


@pytest.mark.parametrize("status", [AppointmentStatus.BOOKED, AppointmentStatus.CANCELLED, AppointmentStatus.NOSHOW])
@pytest.mark.parametrize("method", ["get", "post"])
def test_record_waits_until_the_patient_has_come(client, visit, status, method):
    type(visit).objects.update(status=status)

    answer = getattr(client, method)(address_of(visit), typed(visit, draft="1"))

    assert answer.status_code == 409
    assert "The patient has not been checked in yet." in words(answer)
    assert Procedure.objects.count() == 0


def test_visit_for_physiotherapy_has_no_record_of_injections(client, visit):
    type(visit.visit_type).objects.update(role=PractitionerRole.PHYSIOTHERAPIST)

    answer = client.post(address_of(visit), typed(visit, draft="1"))

    assert answer.status_code == 409
    assert "Injections are recorded in a physician" in words(answer)


@signing_sends_messages
def test_every_reading_and_writing_is_noted(client, visit, physician):
    client.get(address_of(visit))  # the form names the patient
    client.post(address_of(visit), typed(visit, draft="1"))
    seen = signing.version(Procedure.objects.get())
    client.post(address_of(visit), typed(visit, seen=seen, pain_after="2", review="1"))
    client.get(address_of(visit, "practice-record-review"))
    sign(client, Procedure.objects.get())
    client.post(address_of(visit, "practice-record-addenda"), {"text": "Later"})
    client.get(address_of(visit))

    events = AuditEvent.objects.filter(patient=visit.patient, by=physician.user).order_by("pk")
    assert list(events.values_list("action", "what")) == [
        ("R", "procedure record"),
        ("C", "procedure record"),
        ("U", "procedure record"),
        ("R", "procedure record"),
        ("U", "record signed"),
        ("C", "note to a record"),
        ("R", "procedure record"),
    ]


@pytest.mark.parametrize("page", ["practice-record", "practice-record-review"])
def test_pages_ask_the_database_as_often_for_many_rows_as_for_one(client, visit, page, django_assert_max_num_queries):
    def count(number):
        factories.draft(
            visit, sites=[factories.site() for _ in range(number)], drugs=[factories.drug() for _ in range(number)]
        )
        with django_assert_max_num_queries(150) as queries:
            client.get(address_of(visit, page))
        return len(queries)

    factories.draft(visit)
    with_one = count(1)

    assert count(6) == with_one
