"""The catalogue's lists answer what they offer to ask, and say nothing about rows that are not theirs."""

import pytest
from django.contrib import admin
from django.urls import reverse

from clinic.lib.catalogue_site import PlainLists
from clinic.models import Role, VisitType
from tests import factories
from tests.web import NOT_FOUND, as_, refusal

pytestmark = pytest.mark.django_db

ASKED = [
    ("clinic_practitioner", "name__regex=^(a%2B)%2B$"),
    ("clinic_practitioner", "name__iregex=x"),
    ("clinic_practitioner", "user__password__startswith=argon2"),
    ("clinic_practitioner", "user__email__contains=rasa"),
    ("clinic_practitioner", "role__regex=x"),
    ("clinic_visittype", "description__contains=x"),
    ("clinic_closure", "starts_at__regex=x"),
]
OFFERED = [
    ("clinic_practitioner", "role__exact=physician"),
    ("clinic_practitioner", "is_active__exact=1"),
    ("clinic_visitreminder", "visit_type__id__exact=1"),
    ("clinic_closure", "starts_at__year=2026&starts_at__month=3"),
    ("clinic_practitioner", "q=" + "word " * 2_000),
]


@pytest.fixture
def manager():
    return as_(factories.user(Role.MANAGER, is_staff=True))


def answer_of(manager, model, asked):
    return manager.get(f"{reverse(f'admin:{model}_changelist')}?{asked}").status_code


@pytest.mark.parametrize(("model", "asked"), ASKED, ids=str)
def test_list_answers_no_question_that_it_does_not_offer(manager, model, asked):
    assert answer_of(manager, model, asked) == 400


@pytest.mark.parametrize(("model", "asked"), OFFERED, ids=lambda value: value[:30])
def test_list_answers_what_it_offers(manager, model, asked):
    assert answer_of(manager, model, asked) == 200


def test_each_list_of_the_catalogue_is_plain():
    assert [model for model, found in admin.site._registry.items() if not isinstance(found, PlainLists)] == []


@pytest.mark.parametrize(
    "chosen", ["é", "x", "9" * 30, "9" * 5_000, "-" + "9" * 30, "1.5"], ids=lambda value: value[:5]
)
def test_a_row_that_cannot_be_is_not_chosen(manager, chosen):
    kind = factories.visit_type()
    form = {"action": "delete_selected", "_selected_action": [kind.pk, chosen]}

    answer = manager.post(reverse("admin:clinic_visittype_changelist"), form)

    assert (answer.status_code, VisitType.objects.filter(pk=kind.pk).exists()) == (400, True)


def test_nobody_learns_which_rows_there_are(manager):
    patient = factories.patient()

    assert refusal(manager.get(f"/manage/r/1/{patient.pk}/")) == NOT_FOUND


def test_a_person_in_the_catalogue_leads_to_their_page(manager):
    person = factories.practitioner()

    page = manager.get(reverse("admin:clinic_practitioner_change", args=[person.pk])).content.decode()

    assert f'href="{person.get_absolute_url()}"' in page


def test_the_catalogue_changes_no_password(manager):
    answers = [manager.get("/manage/password_change/"), manager.post("/manage/password_change/", {"old_password": "x"})]

    assert {answer.url for answer in answers} == {reverse("account_change_password")}
