"""A complication that was written is read: by the patient, the caller, the physiotherapist, and in the messages."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from aftercare.care_plans import missing_messages, next_step
from aftercare.models import Asks, CarePlan
from aftercare.work_kinds import COMPLICATION, COMPLICATION_GRAVE
from clinic.models import Message, Role, WorkItem
from procedures.models import Complication, ComplicationAdvice, ComplicationKind
from procedures.records import signing, voiding
from procedures.records.voiding import Said
from tests import factories
from tests.web import as_

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DONE = "Sats 93 %, sent to X-ray."


@pytest.fixture(autouse=True)
def advice():
    call_command("loaddata", "complication_advice", verbosity=0)
    factories.protocol()


def signed(*kinds, hours_ago=1):
    now = timezone.now()
    wrong = [Complication(kind=kind, what_was_done=DONE) for kind in kinds]
    return factories.signed(
        visit=factories.arrived(starts_at=now - (hours_ago + 1) * HOUR),
        once={"had_complications": bool(kinds)},
        complications=wrong,
        signed_at=now - hours_ago * HOUR,
    )


def page(record, name="my-aftercare-plan", *, of=None):
    key = of or (record.care_plan.pk if name == "my-aftercare-plan" else record.appointment_id)
    return as_(factories.account_of(record.patient)).get(reverse(name, args=[key])).content.decode()


def calls():
    items = WorkItem.objects.requested().filter(kind__in=[COMPLICATION.code, COMPLICATION_GRAVE.code])
    return [(item.kind, item.is_urgent) for item in items]


def test_every_kind_has_a_row_with_words_and_a_source():
    rows = ComplicationAdvice.objects.all()

    assert {row.kind for row in rows} == set(ComplicationKind.values)
    grave = {row.kind for row in rows if row.is_grave}
    assert grave == {"breathing", "allergy", "toxicity", "needle"}


def test_trouble_with_breathing_comes_before_lifting():
    record = signed("breathing")

    seen = page(record)

    assert "<h1>Watch your breath first</h1>" in seen
    assert "<h1>Please lift nothing heavy</h1>" not in seen
    assert DONE not in seen  # the physician's words are the physician's
    assert next_step.of_plan(record.care_plan, at=timezone.now()).first.is_complication


def test_what_is_over_when_the_patient_goes_home_does_not_come_first():
    record = signed("faint")

    seen = page(record)

    assert ("<h1>Please lift nothing heavy</h1>" in seen, "You felt faint in your visit" in seen) == (True, True)
    assert calls() == []


def test_days_later_the_rest_comes_first_again():
    record = signed("breathing", hours_ago=73)

    today = next_step.of_plan(record.care_plan, at=timezone.now())

    assert not today.first.is_complication


@pytest.mark.parametrize(
    ("kinds", "hours", "asked"),
    [
        (["breathing"], 4, [(COMPLICATION_GRAVE.code, True)]),
        (["hematoma"], 24, [(COMPLICATION.code, False)]),
        (["hematoma", "toxicity"], 4, [(COMPLICATION_GRAVE.code, True)]),
        ([], 0, []),
    ],
)
def test_somebody_calls_in_time(kinds, hours, asked):
    record = signed(*kinds)

    assert calls() == asked
    if asked:
        item = WorkItem.objects.requested().get(cause=record.pk, kind=asked[0][0])
        assert item.due_at == record.signed_at + hours * HOUR
        assert "breath" not in item.what_to_say  # the desk sees the same list


def test_the_first_message_says_it_before_anything_else():
    record = signed("allergy")

    message = Message.objects.get(cause=record.pk, occasion="at-once")

    assert message.subject.startswith("Please read this first")
    assert message.body.index("You had an allergic reaction") < message.body.index("heavy things")
    allowed = Message.objects.get(cause=record.pk, purpose="lifting-allowed")
    assert "Then do what the doctor said" in allowed.body


def test_breath_is_asked_about_sooner_although_no_needle_went_near_the_lung():
    record = signed("breathing")
    [check] = record.care_plan.checks.filter(asks=Asks.BREATHING)

    assert (check.moment, check.due_at) == ("+2h", record.signed_at + 2 * HOUR)
    assert record.care_plan.lung_watch_until(at=timezone.now()) is not None
    assert missing_messages.compare(at=timezone.now()).missing == []


def test_the_summary_says_what_happened():
    record = signed("needle")

    seen = page(record, "my-summary")

    assert "A needle is missing: keep that part still" in seen
    assert seen.index("A needle is missing") < seen.index("Where the needle went")


def test_the_physiotherapist_reads_it_before_anything_is_assigned():
    record = signed("breathing")
    colleague = as_(factories.colleague(Role.PHYSIOTHERAPIST).user)

    for name in ("practice-referral", "practice-referral-assess", "practice-referral-exercises"):
        seen = colleague.get(reverse(name, args=[record.care_plan.referral.pk])).content.decode()
        assert "no exercise and no treatment of the chest" in seen
        assert DONE not in seen


def test_the_words_stay_as_they_were_at_the_signature():
    record = signed("allergy")

    ComplicationAdvice.objects.update(heading="Something else", patient_advice="Nothing.")

    seen = page(record, "my-summary")
    assert ("You had an allergic reaction" in seen, "Something else" in seen) == (True, False)


@pytest.mark.parametrize("kind", ["breathing", "other"])
def test_a_clinic_without_rows_still_says_something_and_calls(kind):
    ComplicationAdvice.objects.all().delete()

    record = signed(kind)

    assert "Something went wrong in your visit" in page(record)
    assert len(calls()) == 1


def test_nobody_calls_who_was_not_injected_and_a_new_record_says_it_anew():
    record = signed("allergy")
    request = voiding.ask(record, Said("Wrong.", "otherwise"), by=factories.user(), at=timezone.now())
    voiding.agree(request, by=factories.user(), at=timezone.now())

    signing.sign(factories.draft(record.appointment), by=factories.user(), at=timezone.now())

    assert (calls(), CarePlan.objects.get().complications) == ([], [])
