"""The catalogue in /manage/: what the manager may change, and what nobody may see there."""

import html
import re
from datetime import timedelta

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from model_bakery import baker

from aftercare.models import AftercareProtocol, CarePlan, SymptomQuestion
from clinic.models import Page, PageSection, Role, User, WorkItem
from tests import factories
from tests.approvals import approve_all

pytestmark = pytest.mark.django_db

CATALOGUE = {
    *("Page", "GlossaryTerm", "VisitType", "Room", "UltrasoundMachine", "Practitioner", "Closure"),
    *("BodyRegion", "Muscle", "ProcedureDefinition", "Risk", "Drug", "Preparation", "AftercareProtocol"),
    *("ClinicRule", "DepthHint", "SymptomQuestion", "Exercise", "Synonyms"),
    "ScreeningQuestion",
    *("VisitReminder", "SymptomWords"),
    *("ComplicationAdvice", "Ingredient", "MuscleGeometry", "SiteRisk"),
    *("ConsentText", "SiteSet", "ProcedureQuestion", "PainPattern"),
}


@pytest.fixture
def home_page():
    home_page = Page.objects.create(slug="home", title="Welcome", lead="We listen.")
    PageSection.objects.create(
        page=home_page, slug="first", heading="First", body="Old words.", position=1, claims=[41]
    )
    return home_page


def form_of(response):
    """What a browser would send back unchanged."""
    fields = {}
    for form in [response.context["adminform"].form, *all_forms(response)]:
        for name, field in form.fields.items():
            value = form[name].value()
            if value is not None and value is not False:
                fields[form.add_prefix(name)] = field.prepare_value(value)
    return fields


def all_forms(response):
    for inline in response.context["inline_admin_formsets"]:
        yield inline.formset.management_form
        yield from inline.formset.forms


def test_only_the_catalogue_is_registered():
    ours = {model.__name__ for model in admin.site._registry}

    assert ours == CATALOGUE


def test_every_list_and_form_opens(client, manager, home_page):
    for model, model_admin in admin.site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        rows = client.get(reverse(f"{name}_changelist"), {"q": "a"})
        assert (rows.status_code, "cl" in rows.context) == (200, True), name
        assert rows.context["cl"].model is model
        if model_admin.has_add_permission(client.get("/").wsgi_request):
            form = client.get(reverse(f"{name}_add"))
            assert (form.status_code, form.context["original"]) == (200, None)


def test_catalogue_carries_the_name_of_the_clinic(client, manager, settings):
    html = client.get(reverse("admin:index")).content.decode()

    assert settings.CLINIC_NAME in html


def test_manager_changes_the_words_of_a_page(client, manager, home_page):
    address = reverse("admin:clinic_page_change", args=[home_page.pk])
    data = form_of(client.get(address)) | {"sections-0-body": "New words."}

    response = client.post(address, data)

    assert response.status_code == 302
    html = client.get(reverse("home")).content.decode()
    assert "New words." in html
    assert "Old words." not in html
    assert home_page.sections.get().claims == [41]


def test_pages_are_neither_added_nor_deleted(client, manager, home_page):
    assert client.post(reverse("admin:clinic_page_add"), {"slug": "new"}).status_code == 403
    assert client.post(reverse("admin:clinic_page_delete", args=[home_page.pk]), {"post": "yes"}).status_code == 403
    assert list(Page.objects.all()) == [home_page]


@pytest.mark.parametrize("role", [Role.DESK, Role.PHYSICIAN, Role.PHYSIOTHERAPIST])
def test_other_roles_have_no_catalogue(client, home_page, role):
    client.force_login(factories.user(role))

    response = client.get(reverse("admin:clinic_page_change", args=[home_page.pk]))

    assert response.status_code == 302
    assert "Old words." not in response.content.decode()


def test_accounts_of_patients_are_not_offered_as_practitioners(client, manager):
    baker.make(User, email="patient@mail.example")
    factories.user(Role.PHYSICIAN, email="doctor@clinic.example")

    html = client.get(reverse("admin:clinic_practitioner_add")).content.decode()

    assert "patient@mail.example" not in html
    assert "doctor@clinic.example" in html


@pytest.fixture
def protocol():
    made = baker.make(AftercareProtocol, name="General", version=1, lifting_hours=48, physiotherapy_days=7)
    made.check_times.create(asks="breathing", hours_after=4)
    made.check_times.create(asks="how-are-you", days_after=3)
    return made


@pytest.fixture
def care_plan(protocol):
    now = timezone.now()
    procedure = factories.draft()
    return baker.make(
        CarePlan,
        protocol=protocol,
        patient=procedure.patient,
        procedure=procedure,
        starts_at=now,
        lift_again_at=now + timezone.timedelta(hours=48),
    )


def change_protocol(client, protocol, **changes):
    address = reverse("admin:aftercare_aftercareprotocol_change", args=[protocol.pk])
    client.post(address, form_of(client.get(address)) | changes)
    approve_all()
    protocol.refresh_from_db()
    return protocol


@pytest.mark.repeated_queries_allowed
def test_person_who_leaves_leaves_nobody_standing_at_the_door(client, manager):
    factories.room()
    doctor, tomorrow = factories.practitioner(), timezone.now() + timedelta(days=1)
    visit = factories.appointment(starts_at=tomorrow.replace(hour=9, minute=0), practitioner=doctor)
    for weekday in (5, 6):
        factories.work(doctor, weekday, "09:00", "17:00")
    address = reverse("admin:clinic_practitioner_change", args=[doctor.pk])
    fields = form_of(client.get(address))
    fields.pop("is_active")

    page = client.post(address, fields, follow=True).content.decode()

    doctor.refresh_from_db()
    assert (doctor.is_active, "One person is to be called." in page) == (False, True)
    assert list(WorkItem.objects.values_list("kind", "appointment")) == [("visit_affected", visit.pk)]


@pytest.mark.repeated_queries_allowed
def test_protocol_that_nobody_follows_yet_can_be_edited(client, manager, protocol):
    assert change_protocol(client, protocol, lifting_hours=24).lifting_hours == 24


def test_protocol_in_use_stays_as_it_was(client, manager, care_plan):
    protocol = change_protocol(client, care_plan.protocol, lifting_hours=24, name="Other", is_current="")

    assert (protocol.lifting_hours, protocol.name) == (48, "General")
    assert not protocol.is_current


def test_protocol_in_use_gets_a_new_version(client, manager, care_plan):
    address = reverse("admin:aftercare_aftercareprotocol_change", args=[care_plan.protocol.pk])
    html = client.get(address).content.decode()
    link = re.search(r'href="([^"]+)">Save as a new version', html)[1].replace("&amp;", "&")

    data = form_of(client.get(link)) | {"lifting_hours": 24}
    client.post(reverse("admin:aftercare_aftercareprotocol_add"), data)
    approve_all()

    newest = AftercareProtocol.objects.for_definition(None)
    assert (newest.name, newest.version, newest.lifting_hours, newest.physiotherapy_days) == ("General", 2, 24, 7)
    assert {(row.asks, row.moment) for row in newest.check_times.all()} == {
        ("how-are-you", "+3d"),
        ("breathing", "+4h"),
    }
    care_plan.refresh_from_db()
    assert care_plan.protocol.version == 1


def test_check_times_of_a_protocol_in_use_stay_as_they_were(client, manager, care_plan):
    address = reverse("admin:aftercare_aftercareprotocol_change", args=[care_plan.protocol.pk])
    rows = care_plan.protocol.check_times.order_by("pk")
    sent = {"check_times-TOTAL_FORMS": 3, "check_times-INITIAL_FORMS": 2}
    for number, row in enumerate(rows):
        sent |= {f"check_times-{number}-id": row.pk, f"check_times-{number}-DELETE": "on"}
    sent |= {"check_times-2-asks": "how-are-you", "check_times-2-days_after": 9}

    client.post(address, form_of(client.get(address)) | sent)

    assert [row.moment for row in rows.all()] == ["+4h", "+3d"]


@pytest.mark.repeated_queries_allowed
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"what_is_not": "Immediate deterioration necessitates orthopaedic consultation."}, "This is hard to read"),
        ({"normal_life": " ".join(["walk"] * 21) + "."}, "has 21 words"),
        ({"check_times-0-DELETE": "on"}, "Say at least once when patients are asked about: breathing"),
        ({"check_times-0-days_after": 2}, "Write either hours or days, not both."),
        ({"check_times-0-hours_after": ""}, "Write either hours or days, not both."),
        ({"check_times-0-hours_after": 97}, "less than or equal to 96"),
    ],
)
def test_protocol_is_refused_in_a_sentence(client, manager, protocol, changes, sentence):
    address = reverse("admin:aftercare_aftercareprotocol_change", args=[protocol.pk])

    response = client.post(address, form_of(client.get(address)) | changes)

    assert sentence in html.unescape(response.content.decode())
    assert [row.moment for row in protocol.check_times.order_by("pk")] == ["+4h", "+3d"]


def test_symptom_question_is_saved_in_plain_words(client, manager):
    call_command("loaddata", "symptom_questions", verbosity=0)
    address = reverse("admin:aftercare_symptomquestion_change", args=["bruise"])
    sent = form_of(client.get(address))

    hard = client.post(address, sent | {"amber_words": "Considerable discolouration, increasingly uncomfortable."})
    client.post(address, sent | {"amber_words": "It is as big as my hand."})
    approve_all()

    assert "This is hard to read" in hard.content.decode()
    assert SymptomQuestion.objects.get(pk="bruise").amber_words == "It is as big as my hand."
