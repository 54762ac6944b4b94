"""What a patient answers to a reminder, and whom the desk phones if there is no answer."""

from datetime import timedelta

import pytest
from django.urls import reverse

from clinic.errors import MoveNotAllowed
from clinic.messaging import delivery
from clinic.models import (
    AuditEvent,
    PatientAnswer,
    WorkItem,
)
from clinic.scheduling import attendance, cancellations, visit_answers
from clinic.work_kinds import NO_ANSWER
from tests import factories, web
from tests.clinic.scheduling.reminded_visits import THURSDAY_TEN, book
from tests.factories import NOW, at, civil
from tests.web import NOT_FOUND, refusal

pytestmark = pytest.mark.django_db


# The answer


@pytest.fixture
def visit(clinic, time_machine):
    time_machine.move_to(at("2026-03-03 10:05"))
    return book(clinic)


def address_of(visit):
    return reverse("visit", args=[visit_answers.link_of(visit).rstrip("/").rpartition("/")[2]])


def test_the_page_shows_the_visit_and_changes_nothing(client, visit):
    html = client.get(address_of(visit)).content.decode()

    visit.refresh_from_db()
    assert "Are you coming?" in html
    assert "Thursday 5 March 2026, 10:00" in html
    assert visit.practitioner.name in html
    assert visit.visit_type.name not in html
    assert visit.patient.family_name not in html
    assert f"<dt>For</dt><dd>{visit.patient.short_name}</dd>" in html
    assert visit.patient_answer == ""
    assert AuditEvent.objects.filter(patient=visit.patient, action="R").count() == 1


def test_i_come_is_saved_once_and_audited(client, visit):
    for _ in range(2):
        response = client.post(address_of(visit), {"answer": "coming"}, follow=True)

    visit.refresh_from_db()
    assert "Good, we expect you" in response.content.decode()
    assert (visit.patient_answer, civil(visit.answered_at)) == ("coming", "2026-03-03 10:05")
    assert AuditEvent.objects.filter(patient=visit.patient, what="answer to a reminder").count() == 1


def test_i_must_move_it_leads_to_moving(client, visit):
    html = client.post(address_of(visit), {"answer": "must-move"}, follow=True).content.decode()

    visit.refresh_from_db()
    assert visit.patient_answer == "must-move"
    assert reverse("my-move", args=[visit.pk]) in html


def test_i_must_move_it_leads_to_the_phone_when_it_is_too_near(client, visit, settings, time_machine):
    time_machine.move_to(THURSDAY_TEN - timedelta(hours=1))

    html = client.post(address_of(visit), {"answer": "must-move"}, follow=True).content.decode()

    assert reverse("my-move", args=[visit.pk]) not in html
    assert f"Call {settings.CLINIC_PHONE}" in html
    assert WorkItem.objects.requested().get(kind=NO_ANSWER.code).appointment == visit


def test_an_answer_we_do_not_know_shows_the_page_again(client, visit):
    response = client.post(address_of(visit), {"answer": "perhaps"})

    visit.refresh_from_db()
    assert "Are you coming?" in response.content.decode()
    assert visit.patient_answer == ""


def move_away(visit):
    factories.move(visit, at("2026-03-06 12:00"), by_desk=True)


def cancel(visit):
    cancellations.cancel(visit, at=NOW)


@pytest.mark.parametrize(
    ("act", "sentence"), [(move_away, "This visit has changed since."), (cancel, "This visit is cancelled.")]
)
def test_link_is_of_no_use_after_a_change(client, visit, act, sentence):
    link = address_of(visit)
    act(visit)

    shown, posted = client.get(link), client.post(link, {"answer": "coming"})

    visit.refresh_from_db()
    assert (shown.status_code, posted.status_code) == (410, 410)
    assert sentence in shown.content.decode()
    assert visit.patient_answer == ""


def test_link_is_of_no_use_once_the_visit_has_begun(client, visit, time_machine):
    time_machine.move_to(THURSDAY_TEN)

    answer = client.post(address_of(visit), {"answer": "coming"})

    visit.refresh_from_db()
    assert (answer.status_code, visit.patient_answer) == (410, "")


def test_link_that_was_not_made_by_us_is_not_found(client, visit):
    answer = client.get(reverse("visit", args=[f"{visit.pk}.0:forged"]))

    assert refusal(answer) == NOT_FOUND
    assert visit.patient.given_name not in answer.content.decode()


def test_answer_to_an_older_time_is_refused(visit):
    with pytest.raises(MoveNotAllowed, match="changed since"):
        visit_answers.answer(visit, PatientAnswer.COMING, sequence=7, at=NOW)


def test_moving_forgets_the_answer(visit):
    visit_answers.answer(visit, PatientAnswer.COMING, sequence=0, at=NOW)
    visit.refresh_from_db()

    move_away(visit)

    visit.refresh_from_db()
    assert (visit.patient_answer, visit.answered_at) == ("", None)


# No answer


EVENING = at("2026-03-04 18:00")


def to_call():
    return list(WorkItem.objects.requested().filter(kind=NO_ANSWER.code).values_list("appointment", flat=True))


def reminded(clinic, starts_at=THURSDAY_TEN):
    visit = book(clinic, starts_at)
    delivery.deliver_due(at=starts_at - timedelta(days=2))
    return visit


def test_who_does_not_answer_is_called_from_the_evening_before(clinic):
    visit = reminded(clinic)

    visit_answers.open_unanswered_calls(at=EVENING - timedelta(minutes=1))
    early = to_call()
    for _ in range(2):
        visit_answers.open_unanswered_calls(at=EVENING)

    assert (early, to_call()) == ([], [visit.pk])


def test_who_was_not_reminded_is_not_called(clinic):
    book(clinic)

    visit_answers.open_unanswered_calls(at=EVENING)

    assert to_call() == []


def answer(visit):
    visit_answers.answer(visit, PatientAnswer.COMING, sequence=0, at=EVENING)


def arrive(visit):
    attendance.check_in(visit, at=THURSDAY_TEN - timedelta(minutes=5), by=factories.user())


@pytest.mark.parametrize("act", [answer, move_away, cancel, arrive])
def test_the_call_settles_itself(clinic, act):
    visit = reminded(clinic)
    visit_answers.open_unanswered_calls(at=EVENING)
    visit.refresh_from_db()

    act(visit)

    visit_answers.open_unanswered_calls(at=EVENING + timedelta(minutes=1))
    assert to_call() == []


def test_nobody_is_called_about_a_visit_that_has_begun(clinic):
    reminded(clinic)
    visit_answers.open_unanswered_calls(at=EVENING)

    visit_answers.open_unanswered_calls(at=THURSDAY_TEN)

    assert to_call() == []


def test_who_wants_to_move_and_has_not_is_called(clinic):
    visit = reminded(clinic)
    visit_answers.answer(visit, PatientAnswer.MUST_MOVE, sequence=0, at=EVENING - timedelta(hours=3))
    at_once = to_call()

    visit_answers.open_unanswered_calls(at=EVENING)

    assert (at_once, to_call()) == ([], [visit.pk])


def test_the_desk_sees_who_comes(client, clinic, time_machine):
    time_machine.move_to(at("2026-03-05 08:00"))
    visit = reminded(clinic)
    client.force_login(factories.user("desk"))
    pages = [reverse("desk"), visit.get_absolute_url()]
    badge = "coming </span>"
    before = [badge in web.text(client.get(page)) for page in pages]

    visit_answers.answer(visit, PatientAnswer.COMING, sequence=0, at=EVENING)

    assert before == [False, False]
    assert [badge in web.text(client.get(page)) for page in pages] == [True, True]
