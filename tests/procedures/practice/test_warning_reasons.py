"""A reason answers the warnings of its time: a later warning is read before anybody signs."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command

from clinic.models import AlertState
from procedures.consent import consents
from procedures.models import Consent, Procedure
from procedures.records import signing
from tests import factories
from tests.factories import at
from tests.procedures.practice.record_pages import address_of, sign, typed
from tests.web import words

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(at("2026-03-02 10:20"), tick=False)]
signing_sends_messages = pytest.mark.repeated_queries_allowed
LATER = at("2026-03-10 10:00")


def take_back(draft):
    consents.withdraw(Consent.objects.get(), by=factories.user(), at=at("2026-03-02 10:19"))


def faint(draft):
    alert = {"kind": "fainting", "state": AlertState.PRESENT, "noted_by": factories.user()}
    draft.patient.alerts.create(**alert, noted_at=at("2026-03-02 10:19"))


@signing_sends_messages
@pytest.mark.parametrize(
    ("field", "happens", "sentence"),
    [
        ("no_consent_reason", take_back, "The consent was taken back"),
        ("alerts_reason", faint, "Has fainted with needles"),
    ],
)
def test_warning_that_comes_up_after_the_review_was_opened_is_read_first(client, visit, field, happens, sentence):
    draft = factories.draft(visit, once={field: "Talked about it."})
    seen = signing.reading(draft)
    happens(draft)

    assert sign(client, draft, seen=seen).status_code == 409

    assert sentence in words(client.get(address_of(visit, "practice-record-review")))
    assert sign(client, draft).status_code == 302


def test_record_of_a_visit_that_was_moved_since_is_looked_at_and_saved_again(client, visit, physician, time_machine):
    expires_on = date(2026, 3, 5)
    draft = factories.draft(visit, drugs=[factories.drug(expires_on=expires_on)])
    visit.undo_check_in(by=physician.user)
    hours = {"starts_at": LATER, "ends_at": LATER + timedelta(minutes=30)}
    visit.change_times(by=physician.user, note="", at=LATER, **hours)
    time_machine.move_to(LATER)
    client.force_login(physician.user)
    visit.check_in(by=physician.user)

    assert any("moved to another day" in sentence for sentence in signing.missing(draft_of(visit)))

    page = client.post(address_of(visit), typed(visit, drugs__0__expires_on=str(expires_on), draft="1"))
    assert "This lot expired on 5 Mar 2026" in words(page)
    client.post(address_of(visit), typed(visit, seen=signing.version(draft), draft="1"))
    assert draft_of(visit).performed_on == LATER.date()
    assert not any("moved to another day" in sentence for sentence in signing.missing(draft_of(visit)))


def draft_of(visit):
    return Procedure.objects.get(appointment=visit)


def test_lower_limits_are_proposed_and_taken_by_one_tap(client, visit):
    call_command("loaddata", "warning_rules", verbosity=0)
    visit.patient.birth_date = date(1940, 1, 1)
    visit.patient.save()

    page = words(client.get(address_of(visit)))
    client.post(address_of(visit), typed(visit, dose_cut_percent="10"))

    assert "Limits are usually lowered by 10 % here: 86 years old" in page
    assert "Lower them by 10 %" in page
    assert draft_of(visit).dose_cut_percent == 10
    assert "Lower them by" not in words(client.get(address_of(visit)))
