"""A patient says no, or asks first: a person hears of it, and a no stops the record."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from clinic.errors import DomainError, MoveNotAllowed
from clinic.models import Appointment, AuditEvent, Role, WorkItem
from clinic.scheduling import cancellations
from procedures.consent import consents, record_problems, replies, visit_plans
from procedures.models import ConsentReply, Procedure
from tests import factories
from tests.procedures.consent import signatures
from tests.web import sign_in, words

pytestmark = pytest.mark.django_db
MORNING = factories.at("2026-03-02 09:50")
WHY_NOT = "Does it hurt?"


@pytest.fixture
def plan(visit, time_machine):
    time_machine.move_to(MORNING, tick=False)
    return signatures.planned(visit)


def says_no(plan, *, at=MORNING):
    return replies.say_no(plan, by=factories.user(), at=at)


def items(kind="consent_no"):
    return list(WorkItem.objects.filter(kind=kind).values_list("status", flat=True))


def sentences(plan):
    visit = plan.appointment
    what = {"patient": visit.patient, "performed_by": visit.practitioner, "performed_on": visit.on}
    record = Procedure.objects.create(appointment=visit, definition=plan.definition, **what)
    return [problem.sentence for problem in record_problems.problems(record) if problem.field == "no_consent_reason"]


def test_no_is_work_for_the_physician_stays_until_it_is_signed_and_is_said_once(plan):
    assert says_no(plan) == says_no(plan)
    assert (items(), replies.standing_no(plan).said_at) == (["requested"], MORNING)
    assert Appointment.objects.get().status == "arrived"  # the visit stays

    signatures.sign(plan, at=MORNING + timedelta(minutes=5))

    assert (items(), replies.standing_no(plan)) == (["cancelled"], None)


def test_record_on_a_no_says_so(plan):
    says_no(plan)

    (sentence,) = sentences(plan)

    assert sentence.startswith("The patient said no on 2 March 2026, 09:50.")


def test_no_is_not_a_no_to_another_plan(plan, visit):
    says_no(plan)
    other = signatures.planned(visit, with_steroid=True, at=MORNING + timedelta(minutes=5))

    assert (items(), replies.standing_no(other)) == (["cancelled"], None)


def test_what_is_signed_is_taken_back_and_not_refused(plan):
    signatures.sign(plan, at=MORNING)

    with pytest.raises(MoveNotAllowed):
        says_no(plan)


def test_nothing_is_said_about_a_visit_that_is_over(plan):
    Appointment.objects.update(status="cancelled")

    with pytest.raises(visit_plans.VisitOver):
        says_no(plan)


def test_no_is_talked_about_again_when_the_visit_takes_place_after_all(plan, visit):
    factories.room(), factories.work(visit.practitioner, 0, "09:00", "17:00")
    Appointment.objects.update(status="booked")
    visit.refresh_from_db()
    says_no(plan)

    cancellations.cancel(visit, at=MORNING)
    assert items() == ["cancelled"]
    cancellations.undo_cancel(visit, at=MORNING + timedelta(minutes=1))

    assert items() == ["requested"]


def test_question_is_work_once_and_one_that_sounds_of_an_emergency_is_urgent(plan):
    call_command("loaddata", "symptom_words", verbosity=0)
    for _again in range(2):
        replies.ask(plan, f" {WHY_NOT} ", by=factories.user(), at=MORNING)
    replies.ask(plan, "I cannot breathe, what now?", by=factories.user(), at=MORNING)

    assert [reply.words for reply in replies.questions(plan)] == ["I cannot breathe, what now?", WHY_NOT]
    assert (items("consent_question"), items("consent_red")) == (["requested"], ["requested"])
    signatures.sign(plan, at=MORNING)
    assert (items("consent_question"), items("consent_red")) == (["cancelled"], ["requested"])


def test_question_without_words_is_refused(plan):
    with pytest.raises(DomainError) as refusal:
        replies.ask(plan, " \u200b", by=factories.user(), at=MORNING)

    assert refusal.value.field == "words"


@pytest.mark.parametrize("act", ["update", "delete"])
def test_what_was_said_stays_as_it_was_said(plan, act):
    says_no(plan)

    with pytest.raises(IntegrityError), transaction.atomic():
        ConsentReply.objects.all().delete() if act == "delete" else ConsentReply.objects.update(
            kind="question", words="-"
        )


# The pages


def test_patient_says_no_by_a_button_and_the_team_sees_it(client, plan, visit):
    account = sign_in(client, visit.patient)
    address, sent = reverse("my-consent-no", args=[visit.pk]), {"patient": visit.patient_id}
    assert f'action="{address}"' in client.get(reverse("my-consent", args=[visit.pk])).content.decode()

    response = client.post(address, sent, follow=True)

    assert "We have noted your no." in words(response)
    assert "You said no on 2 March." in words(response)
    assert "You have said no" in words(client.get(reverse("my")))
    assert ConsentReply.objects.get().said_by == account
    assert AuditEvent.objects.filter(patient=visit.patient, what="no to a plan", by=account).exists()
    client.force_login(factories.user(Role.DESK))
    assert "the patient says no" in words(client.get(reverse("desk-appointment", args=[visit.pk])))


def test_who_only_helps_cannot_say_no_for_the_patient(client, plan, visit):
    client.force_login(factories.account_of(visit.patient, relation="helper"))

    response = client.post(reverse("my-consent-no", args=[visit.pk]), {"patient": visit.patient_id})

    assert (response.status_code, ConsentReply.objects.count()) == (409, 0)


def test_no_of_a_page_for_another_patient_is_refused(client, plan, visit):
    sign_in(client, visit.patient)

    response = client.post(reverse("my-consent-no", args=[visit.pk]), {"patient": factories.patient().pk})

    assert (response.status_code, ConsentReply.objects.count()) == (409, 0)


def test_patient_says_no_on_the_device_of_the_clinic(client, plan, visit):
    client.force_login(factories.user(Role.DESK))

    response = client.post(reverse("desk-consent-no", args=[visit.pk]), {"patient": visit.patient_id}, follow=True)

    assert "Please give the device back." in words(response)
    assert consents.standing(plan) is None
    assert items() == ["requested"]


def test_patient_asks_first_and_the_team_reads_it(client, plan, visit):
    sign_in(client, visit.patient)
    address, sent = reverse("my-consent-question", args=[visit.pk]), {"patient": visit.patient_id}

    empty = client.post(address, sent | {"words": " "})
    response = client.post(address, sent | {"words": WHY_NOT}, follow=True)

    assert "Write what you want to ask." in words(empty)
    assert "We have your question, and call you before your visit." in words(response)
    client.force_login(visit.practitioner.user or factories.user(Role.DESK))
    assert f"“{WHY_NOT}”" in words(client.get(reverse("desk-appointment", args=[visit.pk])))
