"""What a manager saves of clinical rows is proposed; a physician puts it in force, by name and time."""

from decimal import Decimal

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from clinic.approvals import changes
from clinic.approvals.catalogue import ProposingAdmin
from clinic.errors import DomainError, MoveNotAllowed
from clinic.models import ClinicalChange, Role, SymptomWords, WorkItem
from procedures.models import ClinicRule, ConsentText, Drug, Preparation, Risk, SiteSet
from tests import factories
from tests.approvals import approve_all
from tests.web import as_, main_words, refusal

pytestmark = [pytest.mark.django_db, pytest.mark.repeated_queries_allowed]


@pytest.fixture
def physician():
    return factories.colleague(Role.PHYSICIAN, name="Dr Brandt").user


@pytest.fixture
def rule():
    return ClinicRule.objects.create(slug="days-between", name="Days between", value=14, source="A book")


def sent(client, row, **more):
    """The form of a row as the catalogue shows it, with these values instead."""
    meta = row._meta
    address = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
    page = client.get(address).context
    forms = [page["adminform"].form, *(form for each in page["inline_admin_formsets"] for form in each.formset.forms)]
    values = {form.add_prefix(name): form[name].value() for form in forms for name in form.fields}
    for each in page["inline_admin_formsets"]:
        management = each.formset.management_form
        values |= {management.add_prefix(name): management[name].value() for name in management.fields}
    values = {name: value for name, value in values.items() if value is not None and value is not False}
    return client.post(address, values | more)


def test_number_of_a_rule_is_in_force_once_a_physician_has_approved_it(client, manager, rule, physician):
    sent(client, rule, value="7", source="A newer book")
    rule.refresh_from_db()
    assert rule.value == 14

    change = changes.approve(ClinicalChange.objects.get(), by=physician, at=timezone.now())

    rule.refresh_from_db()
    assert (rule.value, rule.source) == (7, "A newer book")
    assert (change.proposed_by, change.decided_by, change.was_approved) == (manager, physician, True)
    page = client.get(reverse("admin:procedures_clinicrule_change", args=[rule.pk])).content.decode()
    assert "Approved by Dr Brandt on" in page


def test_everything_clinical_in_the_catalogue_waits(client, manager, rule):
    """A new kind of clinical row is proposed, too: every model of these two packages that managers change."""
    own = [each for model, each in admin.site._registry.items() if model._meta.app_label in ("procedures", "aftercare")]

    assert [type(each).__name__ for each in own if not isinstance(each, ProposingAdmin)] == []
    assert isinstance(admin.site._registry[SymptomWords], ProposingAdmin)


def test_new_row_exists_once_it_is_approved(client, manager):
    client.post(
        reverse("admin:procedures_risk_add"),
        {
            "name": "Bruise",
            "slug": "bruise",
            "meaning": "A blue mark.",
            "feels_like": "It is sore.",
            "what_to_do": "Wait.",
            "how_common": "One in ten.",
            "call_when": "It grows.",
            "urgency": "tell-us",
            "frequency": "common",
            "position": "1",
        },
    )
    assert (Risk.objects.count(), ClinicalChange.objects.count()) == (0, 1)

    approve_all()

    assert [risk.name for risk in Risk.objects.all()] == ["Bruise"]


def test_rows_that_belong_to_it_come_and_go_with_it(client, manager):
    first = factories.muscle()
    kit = SiteSet.objects.create(name="Neck", slug="neck")
    gone = kit.items.create(muscle=first, side="left")
    new = {"items-TOTAL_FORMS": 2, "items-INITIAL_FORMS": 1, "items-0-DELETE": "on"}
    new |= {"items-1-muscle": first.pk, "items-1-side": "right"}

    sent(client, kit, **new)
    assert [item.side for item in kit.items.all()] == ["left"]
    approve_all()

    assert [item.side for item in kit.items.all()] == ["right"]
    assert not kit.items.filter(pk=gone.pk).exists()


def test_removal_waits_too(client, manager):
    words = SymptomWords.objects.create(words="chest pain", level="red", language="en")

    client.post(reverse("admin:clinic_symptomwords_delete", args=[words.pk]), {"post": "yes"})
    assert SymptomWords.objects.count() == 1
    approve_all()

    assert SymptomWords.objects.count() == 0


def test_saving_nothing_new_proposes_nothing(client, manager, rule):
    sent(client, rule)

    assert ClinicalChange.objects.count() == 0


def test_what_was_changed_meanwhile_is_not_approved(client, manager, rule, physician):
    sent(client, rule, value="7")
    sent(client, rule, value="9")
    first, second = ClinicalChange.objects.order_by("pk")
    changes.approve(second, by=physician, at=timezone.now())

    with pytest.raises(DomainError, match="changed in the meantime"):
        changes.approve(first, by=physician, at=timezone.now())
    rule.refresh_from_db()
    assert rule.value == 9


def test_strength_of_a_product_that_was_given_meanwhile_stays(client, manager, physician):
    factories.drug()
    product = Preparation.objects.get()
    sent(client, product, name="Lidocaine 2 %", mg_per_ml="20")
    factories.draft()
    change = ClinicalChange.objects.get()

    with pytest.raises(DomainError, match="changed in the meantime"):
        changes.approve(change, by=physician, at=timezone.now())
    product.refresh_from_db()
    assert product.mg_per_ml == Decimal(10)


def test_decided_once_by_one_physician(client, manager, rule, physician):
    sent(client, rule, value="7")
    change = ClinicalChange.objects.get()
    changes.refuse(change, note="The book says 14.", by=physician, at=timezone.now())

    with pytest.raises(MoveNotAllowed):
        changes.approve(change, by=physician, at=timezone.now())
    rule.refresh_from_db()
    assert rule.value == 14


def test_physician_sees_both_side_by_side_and_decides_on_the_page(client, manager, rule, physician):
    sent(client, rule, value="7")
    change, browser = ClinicalChange.objects.get(), as_(physician)
    address = reverse("practice-approval", args=[change.pk])
    item = WorkItem.objects.get(kind="clinical_change")
    assert item in WorkItem.objects.visible_to(physician)

    page = main_words(browser.get(address))
    silent = browser.post(address, {"approves": "no", "note": " "})
    browser.post(address, {"approves": "yes"})

    rule.refresh_from_db()
    item.refresh_from_db()
    assert "Value 14 7" in page
    assert "Write why not" in main_words(silent)
    assert (rule.value, item.is_requested, item.ended_by) == (7, False, physician)
    assert "Days between , clinic rule approved Dr Brandt" in main_words(browser.get(reverse("practice-approvals")))


@pytest.mark.parametrize("role", [Role.MANAGER, Role.DESK, Role.PHYSIOTHERAPIST])
def test_nobody_but_a_physician_approves(client, manager, rule, role):
    sent(client, rule, value="7")
    address = reverse("practice-approval", args=[ClinicalChange.objects.get().pk])

    answer = as_(factories.user(role)).post(address, {"approves": "yes"})

    rule.refresh_from_db()
    assert (refusal(answer)[0], rule.value) == (403, 14)


def test_what_nobody_changes_is_approved_as_it_stands(rule, physician):
    browser, address = as_(physician), reverse("practice-approval-as-it-is", args=["procedures.clinicrule", rule.pk])
    assert "Days between" in main_words(browser.get(reverse("practice-approvals")))
    seen = browser.get(address).context["seen"]
    ClinicRule.objects.filter(pk=rule.pk).update(value=9)

    stale = browser.post(address, {"seen": seen})
    browser.post(address, {"seen": browser.get(address).context["seen"]})

    assert stale.status_code == 409
    change = ClinicalChange.objects.get()
    assert (change.verb, change.decided_by, change.after[0]["fields"]["value"]) == ("as-it-is", physician, 9)


def test_row_that_does_not_exist_is_no_page(physician):
    pages = [("procedures.clinicrule", "nothing"), ("clinic.user", "1"), ("procedures.siteset", "x" * 40)]

    answers = [as_(physician).get(reverse("practice-approval-as-it-is", args=page)) for page in pages]

    assert [refusal(answer)[0] for answer in answers] == [404, 404, 404]


def test_consent_text_is_put_in_use_once_it_is_approved(client, manager, physician):
    words = "what_happens benefit alternatives with_ultrasound by_touch near_lung off_label_steroid images your_right"
    text = ConsentText.objects.create(version=9, **dict.fromkeys(words.split(), "New words."))
    use = {"action": "put_in_use", "_selected_action": [text.pk]}

    client.post(reverse("admin:procedures_consenttext_changelist"), use)
    assert not ConsentText.objects.get(pk=text.pk).is_current
    browser = as_(physician)
    address = reverse("practice-approval-as-it-is", args=["procedures.consenttext", text.pk])
    browser.post(address, {"seen": browser.get(address).context["seen"]})
    client.post(reverse("admin:procedures_consenttext_changelist"), use)

    assert ConsentText.objects.get(pk=text.pk).is_current


def test_physician_reads_yes_and_no(client, manager, physician):
    drug = Drug.objects.create(slug="saline", name="Saline", kind="other")
    product = Preparation.objects.create(slug="saline", drug=drug, name="Saline 0.9 %")
    sent(client, product, is_active="")

    page = as_(physician).get(reverse("practice-approval", args=[ClinicalChange.objects.get().pk]))

    shelf = next(each for each in page.context["differences"] if each.is_change)
    assert (shelf.before, shelf.after) == ("yes", "no")
