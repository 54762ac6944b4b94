"""Work that the desk postpones to the next working morning."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from clinic import worklist
from clinic.errors import MoveNotAllowed
from clinic.models import AuditEvent, Role, WorkItemStatus
from tests import factories
from tests.clinic.desk.work_items import item, rows
from tests.factories import NOW, at, civil
from tests.web import REFUSED, as_, refusal, text

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
PATH = "/desk/work/"


# Tomorrow


def test_try_again_tomorrow_brings_it_back_in_the_morning(page, desk):
    factories.practitioner()
    row = item(patient=factories.patient(given_name="Ona"))
    assert "Try again tomorrow" in text(page.get(PATH))

    answer = page.post(reverse("desk-work-tomorrow", args=[row.pk]), follow=True)

    row.refresh_from_db()
    assert (row.status, civil(row.due_at)) == (WorkItemStatus.REQUESTED, "2026-03-03 08:00")
    assert "A message did not arrive (Ona Example): it comes back on Tuesday 3 March 2026, 08:00." in text(answer)
    assert rows(answer) == []
    assert AuditEvent.objects.about_patients().get(action="U").by == desk


def test_a_note_is_saved_when_it_is_put_off(page):
    row = item(patient=factories.patient())

    page.post(reverse("desk-work-tomorrow", args=[row.pk]), {"note": "Nobody answers"})
    row.refresh_from_db()

    assert row.note == "Nobody answers"
    assert 'name="note" value="Nobody answers"' in text(page.get(PATH, {"list": "later"}))
    assert "Note: Nobody answers" in text(as_(factories.user(Role.MANAGER)).get(PATH, {"list": "later"}))


def test_before_a_weekend_the_button_names_the_day(desk):
    factories.practitioner()
    item()

    with time_machine.travel(at("2026-03-06 12:00"), tick=False):
        content = text(as_(desk).get(PATH))

    assert "Try again on Monday 9 March" in content


def test_what_ended_cannot_be_put_off(page):
    row = item()
    row.complete(by=None)

    assert refusal(page.post(reverse("desk-work-tomorrow", args=[row.pk]))) == REFUSED
    row.refresh_from_db()
    assert (row.status, row.due_at) == (WorkItemStatus.COMPLETED, NOW)


def test_try_again_refuses_what_ended():
    row = item()
    row.complete(by=None)

    with pytest.raises(MoveNotAllowed):
        worklist.postpone(row, until=NOW + timedelta(days=1))
