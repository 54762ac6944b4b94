"""Consent: only what applies, signed as it was read."""

import hashlib
from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.errors import DomainError
from clinic.models import AlertKind, AppointmentStatus
from clinic.website.readability import grade
from procedures.consent import consents, visit_plans, wording
from procedures.models import (
    Consent,
    ConsentText,
    Guidance,
    Muscle,
    Risk,
    Side,
)
from tests import factories
from tests.procedures.consent import signatures
from tests.procedures.consent.signatures import BUTTOCK, LUNG

pytestmark = pytest.mark.django_db


def body(plan, heading):
    parts = {part.heading: part.body for part in wording.read(consents.wording_for(plan).words)}
    return parts.get(heading, "")


# The text


def test_words_tell_only_the_risks_that_apply(visit):
    for_all = set(Risk.objects.filter(only_near_lung=False, only_with_steroid=False).values_list("name", flat=True))
    lung = set(Risk.objects.filter(only_near_lung=True).values_list("name", flat=True))
    steroid = set(Risk.objects.filter(only_with_steroid=True).values_list("name", flat=True))

    def told(**plan):
        lines = body(signatures.planned(visit, **plan), "What can go wrong").splitlines()
        return {line.removeprefix("- ").partition(":")[0] for line in lines}

    assert told() == for_all
    assert told(sites=[(LUNG, Side.LEFT)]) == for_all | lung
    assert told(with_steroid=True) == for_all | steroid
    assert told(sites=[(LUNG, Side.LEFT)], with_steroid=True) == for_all | lung | steroid


def test_words_say_lung_steroid_ultrasound_and_pictures_only_where_they_are_planned(visit):
    plain = signatures.planned(visit)
    assert (body(plain, "Near your lung"), body(plain, "Pictures")) == ("", "")
    assert "off-label" not in body(plain, "What we inject")
    assert "without ultrasound" in body(plain, "How we find the spot")

    whole = signatures.planned(
        visit, sites=[(LUNG, Side.LEFT)], guidance=Guidance.ULTRASOUND, with_steroid=True, guidance_reason="It is thin."
    )
    assert all([body(whole, "Near your lung"), body(whole, "Pictures")])
    assert "off-label" in body(whole, "What we inject")
    assert body(whole, "How we find the spot").endswith("Why: It is thin.")


def test_words_name_the_sites_in_plain_words_with_their_side(visit):
    plan = signatures.planned(visit, sites=[(LUNG, Side.LEFT), (BUTTOCK, Side.RIGHT)])

    assert body(plan, "Where the needle goes").splitlines() == [
        "- top shoulder muscle, on the left",
        "- deep buttock muscle, on the right",
    ]


def test_words_are_easy_to_read(visit):
    plan = signatures.planned(visit, sites=[(LUNG, Side.LEFT)], guidance=Guidance.ULTRASOUND, with_steroid=True)
    parts = list(wording.read(consents.wording_for(plan).words))
    lines = [line.removeprefix("- ") for part in parts[:-1] for line in part.body.splitlines()]
    sentences = [part for line in lines for part in line.replace(": ", ". ").split(". ") if " " in part]

    assert grade(sentences) <= 5


# Signing


def test_signature_keeps_the_words_that_were_read(visit):
    plan = signatures.planned(visit)
    read = consents.wording_for(plan)

    consent = signatures.sign(plan, name="  Rasa   Example ", interpreter=" Ona Example ", here=True)

    assert (consent.words, consent.words_sha256) == (
        read.words,
        hashlib.sha256(f"{read.words}\n\n{read.drawn}".encode()).hexdigest(),
    )
    assert (consent.signed_name, consent.interpreter, consent.signed_here) == ("Rasa Example", "Ona Example", True)
    assert (consent.text.version, consent.language, consent.patient) == (1, "en-gb", visit.patient)


def test_words_that_changed_since_they_were_read_are_not_signed(visit):
    plan = signatures.planned(visit)
    seen = consents.wording_for(plan).sha256
    signatures.planned(visit, with_steroid=True)

    with pytest.raises(consents.WordingChanged):
        signatures.sign(plan, seen_sha256=seen)

    assert Consent.objects.count() == 0


@pytest.mark.parametrize("name", ["Rasa", "   ", "Rasa \u200b"])
def test_half_a_name_is_no_signature(visit, name):
    with pytest.raises(DomainError) as refusal:
        signatures.sign(signatures.planned(visit), name=name)

    assert refusal.value.field == "name"


def test_button_pressed_twice_signs_once(visit):
    plan = signatures.planned(visit)

    assert signatures.sign(plan) == signatures.sign(plan)
    assert Consent.objects.count() == 1


def test_visit_that_is_over_is_not_signed_for(visit):
    plan = signatures.planned(visit)
    visit.status = AppointmentStatus.CANCELLED
    visit.save()

    with pytest.raises(visit_plans.VisitOver):
        signatures.sign(plan)


def test_new_wording_does_not_touch_who_signed_the_old_one(visit):
    consent = signatures.sign(signatures.planned(visit))
    Risk.objects.update(meaning="Told in another way.")

    consent.refresh_from_db()
    assert consents.standing(consent.plan) == consent
    assert "Told in another way." not in consent.words


# What the needle is close to, and what the patient takes


def test_every_muscle_says_what_lies_close_to_it(visit):
    assert set(Muscle.objects.values_list("pk", flat=True)) == set(
        Muscle.objects.filter(site_risks__isnull=False).values_list("pk", flat=True)
    )


def test_words_name_what_lies_close_to_each_muscle_once(visit):
    sites = [
        ("multifidus_lum", Side.LEFT),
        ("multifidus_lum", Side.RIGHT),
        ("suboccipital", Side.LEFT),
        (BUTTOCK, Side.LEFT),
    ]
    plan = signatures.planned(visit, sites=sites)

    spine, brain, leg = body(plan, "What lies close to the needle").splitlines()

    assert spine.startswith("- deep spine muscle: The spine is close.")
    assert "A kidney lies deep below it." in spine
    assert brain.startswith("- small muscles under skull: The spine is close.")
    assert "have a stroke" in brain
    assert leg.startswith("- deep buttock muscle: The big nerve of the leg is close. Your leg may be weak")


def test_words_say_what_too_much_numbing_medicine_can_do(visit):
    assert "your heart or breath stops" in body(signatures.planned(visit), "What can go wrong")


def test_words_name_the_thinner_of_who_takes_one_now(visit):
    plan, said = signatures.planned(visit), {"kind": AlertKind.BLOOD_THINNER}
    assert body(plan, "Your blood thinner") == ""

    visit.patient.alerts.create(**said, state="present", detail="apixaban 5 mg")
    told = body(plan, "Your blood thinner")
    assert told.startswith("You told us: apixaban 5 mg.\nYou take a medicine that makes your blood thinner.")

    visit.patient.alerts.create(**said, state="absent", noted_at=timezone.now() + timedelta(minutes=1))
    assert body(plan, "Your blood thinner") == ""


def test_dry_needling_has_a_consent_that_names_no_medicine(visit):
    dry = factories.definition(name="Dry needling", visit_type=visit.visit_type, uses_drugs=False)
    plan = signatures.planned(visit, definition=dry)
    words = consents.wording_for(plan).words

    assert "No medicine goes in." in body(plan, "Who and what")
    assert body(plan, "What we inject") == "Nothing. A thin needle alone goes into the knot."
    assert "You can have an injection with numbing medicine." in body(plan, "What else you can do")
    assert "Too much numbing medicine in the blood" not in words
    assert "Allergic reaction:" not in words
    assert "- Bruise:" in words


@pytest.mark.parametrize(("with_steroid", "dry_words"), [(True, "A needle."), (False, "")])
def test_dry_needling_is_planned_without_a_steroid_and_with_words_of_its_own(visit, with_steroid, dry_words):
    dry = factories.definition(name="Dry needling", visit_type=visit.visit_type, uses_drugs=False)
    ConsentText.objects.update(what_happens_dry=dry_words)

    with pytest.raises(DomainError):
        signatures.planned(visit, definition=dry, with_steroid=with_steroid)


def test_muscle_that_is_in_no_list_is_named_as_the_physician_wrote_it(visit):
    plan = signatures.planned(visit, sites=[("other_leg", Side.LEFT)])
    plan.sites.update(which_muscle="sartorius")

    assert body(plan, "Where the needle goes") == "- sartorius, on the left"
    assert body(plan, "What lies close to the needle").startswith("- sartorius: The")
