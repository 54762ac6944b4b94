"""What a patient takes home after an injection."""

from decimal import Decimal

import pytest
from django.core.management import call_command
from django.urls import reverse

from clinic.models import AuditEvent, Role
from procedures.dosing import limits
from procedures.models import DoseLimit, Muscle, Preparation
from procedures.records import voiding
from procedures.records.voiding import Said
from tests import factories
from tests.web import NOT_FOUND, refusal, sign_in, words

pytestmark = pytest.mark.django_db
SIGNED_AT = factories.at("2026-03-02 10:40")


@pytest.fixture
def catalogue():
    call_command("loaddata", "glossary", "regions", "muscles", "drugs", "steroid_limits", verbosity=0)
    for limit in DoseLimit.objects.all():
        limits.sign_limit(limit, by=factories.user(), at=SIGNED_AT)
    factories.protocol()


@pytest.fixture
def record(catalogue):
    """Signed: two sites, one near the lung, with a steroid; and a note that only the physician may read."""
    sites = [
        factories.site(muscle=Muscle.objects.get(pk="piriformis"), side="right"),
        factories.site(
            muscle=Muscle.objects.get(pk="trap_upper"), side="left", no_ultrasound_reason="Held away from the ribs."
        ),
    ]
    drugs = [
        factories.drug(preparation=Preparation.objects.get(pk="lido1"), volume_ml=Decimal("1.75")),
        factories.drug(preparation=Preparation.objects.get(pk="lido1"), volume_ml=Decimal("2.25")),
        factories.drug(preparation=Preparation.objects.get(pk="tria10"), volume_ml=Decimal("1")),
    ]
    return factories.signed(
        sites=sites, drugs=drugs, once={"note": "Secretive remark"}, signed_at=SIGNED_AT, by=factories.user()
    )


@pytest.fixture
def account(client, record):
    return sign_in(client, record.patient)


def test_patient_reads_muscles_medicines_and_what_follows_in_plain_words(client, account, record):
    page = client.get(reverse("my-summary", args=[record.appointment_id]))
    shown = words(page)

    assert "Deep buttock muscle, on the right" in shown
    assert "Top shoulder muscle, on the left" in shown
    assert "Lidocaine, 40 mg in all. Medicine that puts a small area to sleep for a while." in shown
    assert "Triamcinolone acetonide, 10 mg in all." in shown
    assert "Nothing heavy until Wednesday 4 March, 10:40." in shown
    assert "Come by Monday 9 March." in shown
    assert "Until Wednesday 4 March, 10:40 also look out for this" in shown
    assert "Secretive remark" not in shown
    assert AuditEvent.objects.filter(patient=record.patient, what="summary of a visit", by=account).count() == 1


def test_physiotherapist_who_wrote_an_assessment_without_a_visit_booked_here_has_seen_the_patient(
    client, account, record
):
    record.care_plan.referral.complete()

    said = words(client.get(reverse("my-summary", args=[record.appointment_id])))

    assert "You have been there." in said
    assert "Come by Monday 9 March." not in said


def test_summary_without_lung_and_steroid_says_neither(client, catalogue):
    muscle = Muscle.objects.get(pk="piriformis")
    record = factories.signed(sites=[factories.site(muscle=muscle)], signed_at=SIGNED_AT)
    sign_in(client, record.patient)

    shown = words(client.get(reverse("my-summary", args=[record.appointment_id])))

    assert "also look out for this" not in shown
    assert "steroid" not in shown.partition("Where this comes from")[0]


def test_summary_is_linked_where_patient_and_physician_look(client, account, record):
    home = client.get(reverse("my")).content.decode()
    physician = factories.colleague()
    client.force_login(physician.user)
    visit = client.get(reverse("practice-visit", args=[record.appointment_id])).content.decode()
    printed = client.get(reverse("practice-summary", args=[record.appointment_id]))

    assert reverse("my-summary", args=[record.appointment_id]) in home
    assert reverse("practice-summary", args=[record.appointment_id]) in visit
    assert "Deep buttock muscle, on the right" in words(printed)


def test_void_record_is_taken_back_and_asks_for_a_call(client, account, record):
    request = voiding.ask(record, Said("Written for the wrong patient.", "nobody"), by=factories.user(), at=SIGNED_AT)
    voiding.agree(request, by=factories.user(), at=SIGNED_AT)

    shown = words(client.get(reverse("my-summary", args=[record.appointment_id])))

    assert "We have taken this summary back." in shown
    assert "Please call us" in shown
    assert "buttock" not in shown


def test_draft_has_no_summary(client, catalogue):
    draft = factories.draft()
    client.force_login(factories.user(Role.PHYSICIAN))

    assert refusal(client.get(reverse("practice-summary", args=[draft.appointment_id]))) == NOT_FOUND
