"""What a consent draws beside its words, and that what was read is kept as it was, in one language."""

import json
from dataclasses import replace

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation

from clinic.errors import DomainError
from clinic.models import PatientDetails
from procedures.consent import consents, drawings, wording
from procedures.models import BodyArea, BodyDrawing, Muscle, PainPattern, Risk, Side, SiteRisk
from procedures.records import record_checks
from tests import factories
from tests.procedures.consent import signatures
from tests.procedures.consent.signatures import BUTTOCK, LUNG
from tests.web import sign_in

pytestmark = pytest.mark.django_db


def test_consent_is_written_and_kept_in_one_language_whatever_the_browser_asks_for(visit):
    plan = signatures.planned(visit)
    with translation.override("de"):
        consent = signatures.sign(plan)

    assert (consent.language, consent.words) == (settings.LANGUAGE_CODE, consents.wording_for(plan).words)
    assert f"born {visit.patient.birth_date:%-d %B %Y}" in consent.words  # and no German month


def test_who_needs_an_interpreter_says_who_translated(visit):
    PatientDetails.objects.create(patient=visit.patient, language="lt", needs_interpreter=True)
    plan = signatures.planned(visit)

    with pytest.raises(DomainError) as refusal:
        signatures.sign(plan)

    assert refusal.value.field == "interpreter"
    assert signatures.sign(plan, interpreter="Ona Example").interpreter == "Ona Example"


def shapes(*slugs):
    return list(BodyArea.objects.filter(pk__in=slugs).order_by("pk").values_list("shape", flat=True))


def test_picture_marks_where_the_planned_muscles_lie_on_the_planned_side(visit):
    left = list(PainPattern.objects.get(pk=BUTTOCK).lies_in.filter(side="left").values_list("pk", flat=True))
    plan = signatures.planned(visit, sites=[(BUTTOCK, Side.LEFT), ("masseter", Side.RIGHT)])

    picture = drawings.picture(consents.wording_for(plan).drawn)

    assert left
    assert (picture.places, picture.head_places) == (shapes(*left), shapes("jaw-right"))


def test_muscle_without_a_place_of_its_own_is_marked_in_its_region(visit):
    picture = drawings.picture(consents.wording_for(signatures.planned(visit, sites=[("other_leg", Side.LEFT)])).drawn)

    hip = BodyArea.objects.filter(region="hip_leg", side__in=["left", "middle"]).order_by("pk")
    assert picture.places == list(hip.values_list("shape", flat=True))


def test_figures_count_a_hundred_people_where_a_source_does(visit):
    people = drawings.people(consents.wording_for(signatures.planned(visit)).drawn)

    assert people["Bruise"].label == "8 of 100 people, after dry needling"
    assert people["Bleeding"].label == "5 to 16 of 100 people, after dry needling, in two counts"
    assert people["Too much numbing medicine in the blood"].label == "Fewer than 1 of 100 people, with numbing medicine"
    assert "Fainting" not in people  # nobody has counted


@pytest.mark.parametrize(
    ("few", "rows"), [(0, []), (8, [(0, 80, 14)]), (20, [(0, 200, 14)]), (47, [(0, 200, 28), (28, 70, 14)])]
)
def test_people_are_marked_row_by_row(few, rows):
    drawn = json.dumps({"people": {"Bruise": {"few": few, "most": None, "counted": "here"}}})

    assert [(row.y, row.width, row.height) for row in drawings.people(drawn)["Bruise"].few] == rows


def test_what_was_signed_is_shown_again_exactly_when_the_catalogue_and_the_drawing_have_changed(visit, monkeypatch):
    consent = signatures.sign(signatures.planned(visit))
    before = list(wording.read(consent.words, consent.drawn))

    BodyArea.objects.update(shape="M0 0z")
    Risk.objects.update(name="Another name", of_hundred=99, of_hundred_most=None, counted="elsewhere")
    SiteRisk.objects.update(meaning="Told in another way.")
    Muscle.objects.update(name="another name")
    monkeypatch.setattr(drawings, "body", lambda: "M1 1z")
    consent.refresh_from_db()

    assert list(wording.read(consent.words, consent.drawn)) == before
    read = wording.Written(consent.words, consent.drawn, consent.language)
    assert (read.sha256, before[2].picture.body) == (consent.words_sha256, BodyDrawing.objects.get().outline)


@pytest.mark.parametrize("change", [{"drawn": ""}, {"words": "No."}])
def test_hash_is_of_the_words_and_of_what_is_drawn(visit, change):
    read = consents.wording_for(signatures.planned(visit))

    assert replace(read, **change).sha256 != read.sha256


@pytest.mark.parametrize("act", ["update", "delete"])
def test_body_that_was_signed_under_is_kept(visit, act):
    signatures.sign(signatures.planned(visit))

    with pytest.raises(IntegrityError), transaction.atomic():
        BodyDrawing.objects.all().delete() if act == "delete" else BodyDrawing.objects.update(outline="")


def test_page_shows_the_places_and_a_hundred_people_and_stays_small(client, visit, time_machine):
    time_machine.move_to(factories.at("2026-03-02 09:50"), tick=False)
    sign_in(client, visit.patient)
    signatures.planned(visit, sites=[(BUTTOCK, Side.LEFT), (LUNG, Side.RIGHT), ("masseter", Side.LEFT)])

    page = client.get(reverse("my-consent", args=[visit.pk])).content.decode()

    assert page.count('class="consent-place"') >= 3
    assert "8 of 100 people, after dry needling" in page
    assert page.count('<svg class="consent-body"') == 1
    assert len(page.encode()) <= 42 * 1024


def test_records_are_verified_by_the_hash_of_words_and_drawings(visit):
    signatures.sign(signatures.planned(visit))

    assert record_checks.verify().faults == []
