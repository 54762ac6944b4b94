"""Several visits of one day are told in one reminder: as they are when it goes out, and none is forgotten."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.messaging import claims, companions, delivery, preferences, sms_segments
from clinic.models import Message, VisitReminder, WorkItem
from clinic.scheduling import cancellations, visit_answers
from tests import factories
from tests.clinic.messaging.every_message import LARGE
from tests.factories import at
from tests.web import text

pytestmark = pytest.mark.django_db
PHONE = "+37061234567"
NINE, ELEVEN = at("2026-03-04 09:00"), at("2026-03-04 11:00")
DUE = at("2026-03-03 09:00")


@pytest.fixture(autouse=True)
def day_before(settings, tmp_path, time_machine):
    settings.DATA_DIR = tmp_path
    time_machine.move_to(at("2026-03-02 08:00"), tick=False)
    VisitReminder.objects.all().delete()
    VisitReminder.objects.create(hours_before=24)
    factories.room()
    factories.room()


@pytest.fixture
def book(day_before):
    kind, doctor = factories.visit_type(), factories.practitioner(hours=("09:00", "12:00"))

    def book(starts_at, given_name="Rasa", **patient):
        patient = {"email": "", "phone": PHONE, "given_name": given_name} | patient
        who = factories.patient(**patient)
        return factories.book(starts_at, patient=who, practitioner=doctor, visit_type=kind, at=timezone.now())

    return book


@pytest.fixture
def deliver(time_machine):
    def deliver(moment):
        time_machine.move_to(moment, tick=False)
        delivery.deliver_due(at=moment)

    return deliver


def reminders():
    return list(Message.objects.filter(purpose="visit-reminder").order_by("due_at", "pk"))


def statuses():
    return [message.status for message in reminders()]


def test_two_visits_of_a_family_on_one_day_are_one_sms(book, deliver):
    book(NINE), book(ELEVEN, "Jonas")

    deliver(DUE)
    deliver(DUE + timedelta(hours=2))

    first, second = reminders()
    assert (first.status, second.status, second.told_in) == ("accepted", "withdrawn", first.pk)
    assert ": your visits on Wed 4 Mar: Rasa E. 09:00, Jonas E. 11:00. Do you come? " in first.body
    assert sms_segments.length_of(first.body).segments <= 2
    assert second.outcome == "told together with another visit of that day"


def test_two_visits_of_one_patient_on_one_day_are_one_sms(book, deliver):
    first = book(NINE)
    factories.book(
        ELEVEN, patient=first.patient, practitioner=first.practitioner, visit_type=first.visit_type, at=timezone.now()
    )

    deliver(DUE)

    assert " for Rasa E.: the visits on Wed 4 Mar: 09:00, 11:00. Do you come? " in reminders()[0].body


def test_two_visits_of_one_day_are_one_mail(book, deliver):
    for starts_at, name in ((NINE, "Rasa"), (ELEVEN, "Jonas")):
        visit = book(starts_at, name, email="family@mail.example", phone="")
    type(visit.visit_type).objects.update(what_to_bring="Shorts.")

    deliver(DUE)

    mail = reminders()[0]
    assert mail.subject == "Your visits on Wednesday 4 March: Rasa E., Jonas E."
    assert [line for line in mail.body.splitlines() if line.startswith("For:")] == ["For: Rasa E.", "For: Jonas E."]
    assert (mail.body.count("To bring: Shorts.\n"), mail.body.count("To bring each time: Your passport")) == (2, 1)


def test_what_goes_elsewhere_or_is_on_another_day_is_told_alone(book, deliver):
    book(NINE)
    book(ELEVEN, "Jonas", phone="+37060000001")
    book(at("2026-03-11 09:00"), "Ieva")

    deliver(DUE)
    deliver(DUE + timedelta(hours=2))

    assert statuses() == ["accepted", "accepted", "waiting"]
    assert [message.told_in for message in reminders()] == [None] * 3


def cancelled(visit):
    cancellations.cancel(visit, at=timezone.now())


def stopped(visit):
    preferences.choose(visit.patient, by=None, source="desk", at=timezone.now(), wants_reminders=False)


@pytest.mark.parametrize("act", [cancelled, stopped])
def test_what_is_no_longer_to_be_told_is_not_in_it(book, deliver, act):
    book(NINE)
    act(book(ELEVEN, "Jonas"))

    deliver(DUE)

    assert ("Jonas" in reminders()[0].body, reminders()[0].status) == (False, "accepted")


def test_what_is_cancelled_while_the_first_is_tried_again_leaves_its_text(book, deliver, settings):
    book(NINE)
    other = book(ELEVEN, "Jonas")
    settings.DATA_DIR = settings.DATA_DIR / "full"
    settings.DATA_DIR.write_text("no folder")
    deliver(DUE)
    assert "Jonas" in reminders()[0].body

    cancelled(other)
    settings.DATA_DIR.unlink()
    deliver(DUE + timedelta(minutes=5))

    first, second = reminders()
    assert (first.status, second.status, "Jonas" in first.body) == ("accepted", "withdrawn", False)
    assert ": your visit is on Wed 4 Mar, 09:00." in first.body


def test_what_waited_for_one_that_ends_otherwise_goes_alone(book, deliver, settings):
    first, _other = book(NINE), book(ELEVEN, "Jonas")
    settings.DATA_DIR = settings.DATA_DIR / "full"
    settings.DATA_DIR.write_text("no folder")
    deliver(DUE)
    cancelled(first)
    settings.DATA_DIR.unlink()

    deliver(DUE + timedelta(hours=2))

    assert statuses() == ["withdrawn", "accepted"]
    assert " for Jonas E.: your visit is on Wed 4 Mar, 11:00." in reminders()[1].body


def test_what_was_told_together_is_phoned_about_when_nobody_answers(book, deliver, time_machine):
    book(NINE), book(ELEVEN, "Jonas")
    deliver(DUE)
    deliver(DUE + timedelta(hours=2))

    visit_answers.open_unanswered_calls(at=at("2026-03-03 18:05"))

    assert WorkItem.objects.requested().count() == 2


def test_page_of_the_first_leads_to_the_others(book, deliver, client):
    first, other = book(NINE), book(ELEVEN, "Jonas")
    deliver(DUE)
    deliver(DUE + timedelta(hours=2))

    page = text(client.get("/" + visit_answers.link_of(first).split("/", 3)[3]))

    assert (f'href="{visit_answers.link_of(other)}"' in page, "Jonas E., 11:00" in page) == (True, True)
    assert "Rasa E., 09:00" not in text(client.get("/" + visit_answers.link_of(other).split("/", 3)[3]))


def test_one_that_is_planned_anew_is_told_again(book, deliver):
    """Nothing of the first telling keeps a moved visit from its own reminder."""
    book(NINE)
    other = book(ELEVEN, "Jonas")
    deliver(DUE)
    factories.move(other, at("2026-03-04 11:30"), at=timezone.now(), by_desk=True)

    deliver(DUE + timedelta(hours=2, minutes=30))

    newest = reminders()[-1]
    assert (newest.status, newest.told_in, "11:30" in newest.body) == ("accepted", None, True)


def test_two_long_names_of_a_large_clinic_still_fit_two_sms(book, deliver, settings):
    for name, value in LARGE.items():
        setattr(settings, name, value)
    for starts_at, name in ((NINE, "Maximiliana-Konstantina"), (ELEVEN, "Wilhelmina-Aleksandra")):
        book(starts_at, name)

    deliver(DUE)

    assert sms_segments.length_of(reminders()[0].body).segments == 2


def test_one_that_another_tells_since_it_was_claimed_is_not_sent(book):
    book(NINE), book(ELEVEN, "Jonas")
    first, second = claims.take(Message.objects.filter(purpose="visit-reminder").order_by("due_at"))

    companions.take_along(first, at=DUE)

    assert [claims.begin_call(message, way_out="files") for message in (first, second)] == [True, False]
