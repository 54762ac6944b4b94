"""What the catalogue says: complete, honest about numbers, and easy to read."""

import json
import re

import pytest

from aftercare.models import AftercareProtocol
from clinic.models import GlossaryTerm, PageSection, VisitType
from procedures.models import BodyRegion, Drug, DrugKind, LungRisk, Muscle, Preparation, ProcedureDefinition, Risk
from tests.architecture.source import ROOT
from tests.procedures.public.catalogue_pages import CATALOGUE, PAGES, WRITTEN_PAGES, read

pytestmark = pytest.mark.django_db

CLAIMS = set(range(1, 43))
NOT_SIGNED_OFF = (
    "pterygoid_lat frontalis occipitalis semispinalis serratus_ps subclavius longissimus iliopsoas teres_major deltoid"
    " biceps triceps wrist_ext tfl hamstrings latissimus multifidus_lum glut_max glut_med teres_minor iliocost_th"
)


@pytest.fixture
def all_pages(client, catalogue):
    return {(name, *arguments): read(client, name, arguments) for name, arguments in PAGES}


def texts_with_claims():
    """(claims, its sentences) of every row that says something of the clinic's own article."""
    for section in PageSection.objects.all():
        yield section.claims, [section.heading, section.body]
    for region in BodyRegion.objects.all():
        yield region.claims, [region.name, region.felt_like, region.what_we_do]
    for definition in ProcedureDefinition.objects.all():
        yield definition.claims, [definition.summary, definition.steps, definition.what_you_may_feel]
    for risk in Risk.objects.all():
        yield risk.claims, [risk.name, risk.meaning, risk.feels_like]


def lines_of(texts):
    lines = [line.removeprefix("- ") for text in texts for line in text.splitlines() if line.strip()]
    return [part for line in lines for part in line.split(": ")]


def test_all_42_claims_are_said_by_rows_that_visitors_read(all_pages):
    everything = " ".join(all_pages.values())
    found = set()

    for claims, texts in texts_with_claims():
        assert [line for line in lines_of(texts) if line not in everything] == []
        found |= set(claims)

    assert found == CLAIMS


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("procedures", "In many cases the muscle relaxes at once"),
        ("procedures", "We cannot promise this to everyone."),
        ("procedures", "Not every block needs ultrasound."),
        ("procedures", "interventional procedures"),
        ("risks", "a bruise, bleeding, a lump of blood, an infection or a hurt nerve"),
        ("aftercare", "Lift nothing heavy for 1 to 2 days."),
        ("aftercare", "We aim to have a time for you within 7 days."),
        ("home", "New pain is called acute. Pain that stays for months is called chronic."),
        ("trigger-points", "Eight things that can cause it"),
    ],
)
def test_what_a_patient_must_hear_stands_where_it_is_sought(client, catalogue, page, words):
    assert words in read(client, page)


def test_eight_causes_are_named(catalogue):
    body = PageSection.objects.get(slug="causes").body

    assert len(body.splitlines()) == 8


def test_clinic_is_never_named_and_nothing_is_promised(all_pages):
    forbidden = re.compile(r"agatas|guarantee|always works|painless|100 ?%|cured?\b", re.IGNORECASE)

    assert {page: forbidden.findall(html) for page, html in all_pages.items() if forbidden.findall(html)} == {}


def test_marks_of_the_source_lists_do_not_reach_visitors(all_pages):
    marks = re.compile(r"\[(?:A|W|1|cut|C|B|E|J|K)\]|unverified|no source found for patient", re.IGNORECASE)

    assert [page for page, html in all_pages.items() if marks.search(html)] == []


def test_no_lung_rate_with_and_without_ultrasound_is_told(catalogue):
    lung = Risk.objects.get(slug="pneumothorax")
    sections = PageSection.objects.filter(slug__contains="lung")

    assert "Nobody has counted it" in lung.how_common or "Nobody has counted this" in lung.how_common
    assert "ultrasound" not in lung.how_common.lower()
    assert [section.slug for section in sections if re.search(r"\d+ (in|%)", section.body)] == []


def test_muscles_are_the_46_of_the_list(catalogue):
    risks = list(Muscle.objects.values_list("lung_risk", flat=True))

    assert len(risks) == 46
    assert (risks.count(LungRisk.YES), risks.count(LungRisk.UPPER)) == (15, 4)
    assert [muscle.slug for muscle in Muscle.objects.all() if not muscle.source] == []


def test_muscles_with_weak_sources_wait_for_a_clinician(catalogue):
    waiting = Muscle.objects.filter(is_signed_off=False).values_list("slug", flat=True)

    assert set(waiting) == set(NOT_SIGNED_OFF.split())


def test_every_region_shows_a_muscle(catalogue):
    shown = Muscle.objects.for_patients().values_list("region", flat=True)

    assert set(shown) == {"head", "neck_spine", "chest", "lower_back", "shoulder_arm", "hip_leg"}


def test_muscles_not_signed_off_stand_on_no_page(all_pages):
    everything = " ".join(all_pages.values())
    hidden = Muscle.objects.filter(is_signed_off=False)

    assert [muscle.slug for muscle in hidden if f">{muscle.name.capitalize()}</h4>" in everything] == []
    assert [muscle.slug for muscle in hidden if f"here: {muscle.pain_felt}." in everything and is_unique(muscle)] == []


def is_unique(muscle):
    return not Muscle.objects.for_patients().filter(pain_felt=muscle.pain_felt).exists()


def test_glossary_has_its_26_words(client, catalogue):
    html = read(client, "glossary")

    terms = list(GlossaryTerm.objects.all())
    assert len(terms) == 26
    assert [term.term for term in terms if term.meaning not in html] == []


def test_every_risk_of_the_list_is_told(catalogue):
    assert set(Risk.objects.values_list("slug", flat=True)) == {
        *("bruise", "bleeding", "haematoma", "infection", "nerve-damage", "pneumothorax", "faint"),
        *("allergic-reaction", "local-anaesthetic-toxicity", "skin-change", "soreness", "no-relief"),
        "high-blood-sugar",
    }


def test_every_number_about_a_risk_has_a_source(catalogue):
    numbered = [risk for risk in Risk.objects.all() if re.search(r"\d", risk.how_common)]

    assert [risk.slug for risk in numbered if not risk.source] == []


def test_drugs_that_do_not_belong_into_a_trigger_point_are_not_on_the_shelf(catalogue):
    names = " ".join(Preparation.objects.values_list("name", flat=True)).lower()

    assert "diclofenac" not in names
    assert "ketorolac" not in names


def test_strength_is_ten_times_the_percentage(catalogue):
    shelf = Preparation.objects.exclude(mg_per_ml=None)
    percentages = {item: re.search(r"([\d.]+) %", item.name) for item in shelf}

    assert Preparation.objects.count() == 21
    assert [str(item) for item, found in percentages.items() if found and float(found[1]) * 10 != item.mg_per_ml] == []
    anaesthetics = shelf.filter(drug__kind=DrugKind.LOCAL_ANAESTHETIC)
    assert [str(item) for item in anaesthetics if item.mg_per_ml > 20] == []
    assert Preparation.objects.get(mg_per_ml=None).pk == "saline09"
    assert [drug.pk for drug in Drug.objects.all() if not drug.source] == []


@pytest.mark.parametrize(
    ("slug", "minutes", "needs_ultrasound"),
    [
        ("consultation", 30, False),
        ("trigger-point-block", 40, False),
        ("ultrasound-guided-block", 45, True),
        ("physiotherapy", 45, False),
    ],
)
def test_visit_types(catalogue, slug, minutes, needs_ultrasound):
    visit_type = VisitType.objects.get(slug=slug)

    assert (visit_type.minutes, visit_type.needs_ultrasound) == (minutes, needs_ultrasound)
    assert (visit_type.notice_hours, visit_type.horizon_days) == (2, 84)


def test_general_protocol_is_that_of_the_clinic(catalogue):
    protocol = AftercareProtocol.objects.for_definition(None)

    assert (protocol.lifting_hours, protocol.physiotherapy_days, protocol.version) == (48, 7, 1)
    assert protocol.source


def test_fixtures_are_plain_json_without_markup():
    files = [path for name in CATALOGUE for path in ROOT.glob(f"*/fixtures/{name}.json")]

    texts = {path.stem: json.loads(path.read_text()) for path in files}
    assert set(texts) == set(CATALOGUE)
    assert [path.stem for path in files if re.search(r"</?[a-z]+>", path.read_text())] == []
    assert {row["fields"]["slug"] for row in texts["pages"] if row["model"] == "clinic.page"} == set(WRITTEN_PAGES)
