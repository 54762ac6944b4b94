"""What a person at the desk must do, and how it is marked as done."""

from datetime import timedelta

import pytest
from django.urls import reverse

from aftercare.work_kinds import PHYSIOTHERAPY_LATE
from clinic import worklist
from clinic.models import AuditAction, AuditEvent, Role, WorkItem, WorkItemStatus
from clinic.scheduling import waitlist
from clinic.scheduling.wishes import Suitable
from clinic.views.shared import paging
from clinic.work_kinds import RESTORED, VISIT_AFFECTED, WAITLIST
from tests import factories
from tests.clinic.desk.work_items import item, rows
from tests.factories import MONDAY, NOW
from tests.web import NOT_FOUND, as_, queries_of, refusal, text

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
PATH = "/desk/work/"


# Open work


def test_item_about_nobody_leads_to_what_has_to_be_looked_at(page):
    worklist.open(RESTORED, cause=1, occasion="ahead", what_to_say="Look at 40 messages.", due_at=NOW)

    answer = page.get(PATH)

    assert "Look at 40 messages." in text(answer)
    assert '<a class="button-quiet" href="/desk/messages/?state=unknown">' in answer.content.decode()


def test_due_items_stand_with_the_most_overdue_first(page):
    second, first = item(due_at=NOW - timedelta(hours=1)), item(due_at=NOW - timedelta(days=3))
    item(due_at=NOW + timedelta(minutes=1))
    item(status=WorkItemStatus.COMPLETED, ended_at=NOW)

    assert rows(page.get(PATH)) == [first.pk, second.pk]


def test_an_item_says_whom_to_call_and_what_to_say(page):
    visit = factories.arrived(patient=factories.patient(given_name="Ona", phone="+370 612 34567"))
    message = factories.message(patient=visit.patient, appointment=visit)
    item(patient=visit.patient, message=message, appointment=visit, due_at=NOW - timedelta(days=2))

    content = text(page.get(PATH))

    for words in ["A message did not arrive", "Ona Example", "29 Feb 1980", "Call and read it out.", "(2 days)"]:
        assert words in content
    assert '<a class="phone-link" href="tel:+37061234567">+370 612 34567</a>' in content
    assert reverse("desk-message", args=[message.pk]) in content
    assert visit.get_absolute_url() in content


def test_each_kind_leads_to_what_solves_it(page):
    kind = factories.physiotherapy(slug="physiotherapy")
    visit = factories.appointment(starts_at=NOW, practitioner=factories.practitioner(), visit_type=kind)
    person = visit.patient
    entry = waitlist.join(person, kind, Suitable(MONDAY, MONDAY), at=NOW)
    item(kind=VISIT_AFFECTED.code, patient=person, appointment=visit)
    item(kind=PHYSIOTHERAPY_LATE.code, patient=person)
    item(kind=WAITLIST.code, patient=person, waitlist_entry=entry)

    content = text(page.get(PATH))

    book = f"/desk/patients/{person.pk}/book/?visit_type=physiotherapy"
    for href, label in [
        (reverse("desk-move", args=[visit.pk]), "Move the visit"),
        (book, "Book physiotherapy"),
        (book, "Offer a time"),
    ]:
        assert f'<a class="button-quiet" href="{href}"> {label}<span' in content
    assert "Free times: Physiotherapy" in text(page.get(book))


def test_a_patient_without_a_phone_has_an_e_mail_or_nothing(page):
    item(patient=factories.patient(email="ona@mail.example"))
    item(patient=factories.patient(email=""))

    content = text(page.get(PATH))

    assert "mailto:ona@mail.example" in content
    assert "We have neither a phone number nor an e-mail." in content


def test_nothing_to_do_is_good_news(page):
    assert "Nothing is left to do" in text(page.get(PATH))


def test_every_page_of_the_desk_counts_what_is_due(page):
    item()
    item(due_at=NOW + timedelta(days=1))

    for path in ["/desk/", PATH, "/desk/messages/"]:
        assert '<span class="count">1<span class="visually-hidden"> due</span></span>' in text(page.get(path))


def test_what_was_put_off_is_found_under_later(page):
    later = item(due_at=NOW + timedelta(days=1))

    answer = page.get(PATH, {"list": "later"})

    assert rows(answer) == [later.pk]
    assert "Comes back on Tuesday 3 March 2026, 07:00" in text(answer)
    assert "Try again" not in text(answer)


def test_what_ended_stays_in_sight_for_seven_days(page, desk):
    lately = item(patient=factories.patient())
    lately.complete(by=desk, note="Called at ten")
    by_itself = item()
    by_itself.cancel(note="booked")
    item(status=WorkItemStatus.COMPLETED, ended_at=NOW - timedelta(days=8))
    item()

    answer = page.get(PATH, {"list": "ended"})

    assert rows(answer) == [by_itself.pk, lately.pk]
    for words in ["Called at ten", "Milda", "done", "no longer needed", "by itself"]:
        assert words in text(answer)


@pytest.mark.parametrize("shown", ["", "nonsense", "😀"])
def test_an_unknown_list_is_the_due_one(page, shown):
    due = item()

    assert rows(page.get(PATH, {"list": shown})) == [due.pk]


def test_long_lists_come_in_pages(page, monkeypatch):
    monkeypatch.setattr(paging, "PAGE_ROWS", 2)
    items = [item(due_at=NOW - timedelta(hours=hours)) for hours in (3, 2, 1)]

    assert rows(page.get(PATH, {"page": "2"})) == [items[2].pk]


@pytest.mark.parametrize("shown", ["due", "later", "ended"])
def test_a_list_asks_the_database_as_often_for_three_items_as_for_one(page, desk, shown, django_assert_num_queries):
    full_item(shown, desk)
    count = queries_of(page, PATH, {"list": shown})

    full_item(shown, desk)
    full_item(shown, desk)

    with django_assert_num_queries(count):
        page.get(PATH, {"list": shown})


def full_item(shown, by):
    visit = factories.arrived(patient=factories.patient(phone="+370 612 34567"))
    message = factories.message(patient=visit.patient)
    due_at = NOW + timedelta(days=1) if shown == "later" else NOW
    row = item(patient=visit.patient, appointment=visit, message=message, due_at=due_at)
    if shown == "ended":
        row.complete(by=by)


# Done


def test_done_ends_it_with_who_and_what(page, desk):
    row = item(patient=factories.patient(given_name="Ona"))

    answer = page.post(reverse("desk-work-done", args=[row.pk]), {"note": "Called, new address"}, follow=True)

    row.refresh_from_db()
    assert (row.status, row.ended_by, row.note) == (WorkItemStatus.COMPLETED, desk, "Called, new address")
    assert answer.redirect_chain == [(PATH, 302)]
    assert "Done: A message did not arrive (Ona Example)." in text(answer)
    event = AuditEvent.objects.about_patients().get()
    assert (event.patient, event.by, event.action, event.what) == (row.patient, desk, AuditAction.UPDATE, "work item")


def test_done_needs_no_note_and_no_patient(page):
    row = item()

    assert page.post(reverse("desk-work-done", args=[row.pk])).status_code == 302
    row.refresh_from_db()
    assert (row.status, row.note) == (WorkItemStatus.COMPLETED, "")


def test_done_twice_keeps_the_first_note(page):
    row = item()

    for note in ["first", "second"]:
        answer = page.post(reverse("desk-work-done", args=[row.pk]), {"note": note}, follow=True)

    row.refresh_from_db()
    assert row.note == "first"
    assert "somebody did this before you, and wrote “first”. Your note is not kept: “second”." in text(answer)


def test_what_is_no_longer_needed_cannot_be_done(page):
    row = item()
    row.cancel(note="booked")

    answer = page.post(reverse("desk-work-done", args=[row.pk]))

    assert answer.status_code == 409
    assert "This has changed in the meantime." in text(answer)


def test_a_note_of_half_a_megabyte_gets_a_sentence(page):
    row = item()

    answer = page.post(reverse("desk-work-done", args=[row.pk]), {"note": "😀" * 125_000}, follow=True)

    assert "The note is too long. Write it in 300 characters at most." in text(answer)
    assert len(answer.content) < 100_000
    row.refresh_from_db()
    assert row.status == WorkItemStatus.REQUESTED


# Who may


@pytest.mark.parametrize("role", [None, Role.PHYSICIAN, Role.PHYSIOTHERAPIST])
def test_work_is_for_the_desk(role):
    row = item()
    client = as_(factories.user(role))

    assert client.get(PATH).status_code == 403
    for name in ["done", "tomorrow"]:
        assert client.post(reverse(f"desk-work-{name}", args=[row.pk])).status_code == 403
    row.refresh_from_db()
    assert (row.status, row.due_at) == (WorkItemStatus.REQUESTED, NOW)


def test_the_manager_looks_and_does_not_act():
    row = item()
    client = as_(factories.user(Role.MANAGER))

    content = text(client.get(PATH))

    assert "Call and read it out." in content
    assert "Try again" not in content
    assert client.post(reverse("desk-work-done", args=[row.pk])).status_code == 403


def test_an_unknown_item_is_not_found(page):
    for name in ["done", "tomorrow"]:
        assert refusal(page.post(reverse(f"desk-work-{name}", args=[99]))) == NOT_FOUND


def test_looking_never_acts(page):
    row = item()
    before = list(WorkItem.objects.values())

    page.get(PATH)
    for name in ["done", "tomorrow"]:
        assert page.get(reverse(f"desk-work-{name}", args=[row.pk])).status_code == 405

    assert list(WorkItem.objects.values()) == before
