"""What the acts write to the audit trail."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from clinic import audit_kinds
from clinic.models import AuditAction, AuditEvent
from clinic.models.audit_kinds import AUDIT_KINDS
from clinic.people import auditing
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_what_is_about_no_patient_says_who_did_what_to_which_account():
    manager, colleague = factories.user("manager"), factories.user("desk")

    auditing.noted(audit_kinds.ROLE_CHANGED, by=manager, user=colleague, address="192.0.2.7", what="desk, physician")

    event = AuditEvent.objects.get()
    assert (event.by, event.account, event.patient) == (manager, colleague, None)
    assert (event.action, event.audit_kind, event.what) == (
        AuditAction.EXECUTE,
        audit_kinds.ROLE_CHANGED,
        "desk, physician",
    )


def test_stranger_is_nobody_and_long_words_are_cut():
    auditing.noted(audit_kinds.SIGN_IN_FAILED, by=AnonymousUser(), what="x" * 200)

    assert AuditEvent.objects.values_list("by", "what").get() == (None, "x" * 100)


def test_what_a_program_repeats_is_noted_once_in_five_minutes(time_machine):
    def note():
        return auditing.noted_once(audit_kinds.LOCKED_OUT, address="192.0.2.7") is not None

    time_machine.move_to(NOW, tick=False)
    assert [note(), note()] == [True, False]
    time_machine.shift(timedelta(minutes=6))
    assert note()
    assert auditing.noted_once(audit_kinds.LOCKED_OUT, address="192.0.2.8")


def test_list_that_its_page_fetches_again_is_noted_once_an_hour(time_machine):
    desk, first, second = factories.user("desk"), factories.patient(), factories.patient()

    def saw(*patients):
        return [event.patient_id for event in auditing.saw_each([p.pk for p in patients], by=desk, what="day")]

    time_machine.move_to(NOW, tick=False)
    assert saw(first) == [first.pk]
    assert saw(first, second) == [second.pk]
    time_machine.shift(timedelta(minutes=61))
    assert saw(first, second) == [first.pk, second.pk]


def test_codes_fit_in_their_column():
    longest = AuditEvent._meta.get_field("kind").max_length

    assert [kind for kind in AUDIT_KINDS if len(kind.code) > longest] == []
