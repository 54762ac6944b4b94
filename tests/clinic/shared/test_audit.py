"""What a view writes to the audit: who asked, and from where."""

import pytest
from django.contrib.auth.models import AnonymousUser
from model_bakery import baker

from clinic.models import AuditAction, AuditEvent, Patient, Role
from clinic.views.shared import audit
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(rf):
    def _ask(user):
        request = rf.get("/", REMOTE_ADDR="192.0.2.7")
        request.user = user
        return request

    return _ask


@pytest.mark.parametrize(
    ("note", "action"),
    [(audit.read, AuditAction.READ), (audit.wrote, AuditAction.CREATE), (audit.changed, AuditAction.UPDATE)],
)
def test_a_note_says_who_did_what_from_where(ask, note, action):
    desk, patient = factories.user(Role.DESK), baker.make(Patient)

    note(ask(desk), patient, "visit")

    assert list(AuditEvent.objects.values_list("patient", "by", "action", "what", "address")) == [
        (patient.pk, desk.pk, action, "visit", "192.0.2.7")
    ]


def test_who_is_not_signed_in_is_noted_as_nobody(ask):
    audit.read(ask(AnonymousUser()), baker.make(Patient), "visit")

    assert AuditEvent.objects.get().by is None


def test_a_list_is_noted_once_for_each_patient_in_one_query(ask, django_assert_num_queries):
    desk, patients = factories.user(Role.DESK), baker.make(Patient, _quantity=2)
    numbers = [patient.pk for patient in [*patients, patients[0]]]

    with django_assert_num_queries(1):
        audit.read_each(ask(desk), numbers, "referral")

    assert list(AuditEvent.objects.order_by("pk").values_list("patient", "by", "action", "what", "address")) == [
        (patient.pk, desk.pk, AuditAction.READ, "referral", "192.0.2.7") for patient in patients
    ]
