"""A record is signed, and a note added, from several windows at the same moment."""

from functools import partial

import pytest
from django.test import Client
from django.utils import timezone

from clinic.models import AuditEvent
from procedures.models import Addendum
from tests import factories
from tests.procedures.practice.record_pages import address_of, sign
from tests.race.test_booking_race import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.repeated_queries_allowed]
WINDOWS = 4


def test_a_record_signed_in_several_windows_is_noted_once_and_so_is_its_note():
    factories.protocol()
    physician = factories.colleague()
    draft = factories.draft(factories.arrived(practitioner=physician, starts_at=timezone.now()))
    windows = [Client() for _ in range(WINDOWS)]
    for window in windows:
        window.force_login(physician.user)
    note = address_of(draft.appointment, "practice-record-addenda")

    signed = at_once([partial(sign, window, draft) for window in windows], threads=WINDOWS)
    added = at_once([partial(window.post, note, {"text": "Called."}) for window in windows], threads=WINDOWS)

    assert [answer.status_code for answer in (*signed, *added)] == [302] * 2 * WINDOWS
    noted = AuditEvent.objects.filter(what__in=["record signed", "note to a record"]).order_by("pk")
    assert list(noted.values_list("what", flat=True)) == ["record signed", "note to a record"]
    assert Addendum.objects.count() == 1
