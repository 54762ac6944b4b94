"""The page of dose limits: the current ones, and how a new one is signed."""

from decimal import Decimal

import pytest
from django.urls import reverse

from clinic.models import Role
from procedures.dosing import limits
from procedures.models import DoseLimit
from tests import factories
from tests.factories import NOW
from tests.procedures.dosing.dosed_records import proposed_limit
from tests.web import words

pytestmark = pytest.mark.django_db


# Limits


def test_limit_is_read_then_signed_in_ones_own_name(client, physician):
    limit = factories.dose_limit(signed=False)
    address = reverse("practice-dose-limit-sign", args=[limit.pk])

    listed = words(client.get(reverse("practice-dose-limits")))
    asked = words(client.get(address))
    client.post(address)
    unchanged = DoseLimit.objects.in_force().count()
    client.post(address, {"has_compared": "on"})

    assert "No limit of this profile is signed." in listed
    assert "You, Dr Signing, put this limit in force in your own name." in asked
    assert unchanged == 0
    assert DoseLimit.objects.in_force().get().signed_by == physician.user


def test_new_version_keeps_the_old_one_in_sight(client, physician):
    first = factories.dose_limit()
    address = reverse("practice-dose-limits-propose")
    same = {"profile": "B_UK_IE", "drug": "lidocaine", "period": "procedure"}

    begun = client.get(f"{address}?limit={first.pk}").context["form"].initial
    source = "NHS 2020, https://nhs.example/doses"
    answer = client.post(address, same | {"mg_per_kg": "3", "max_mg": "", "source": source})
    second = DoseLimit.objects.get(version=2)
    own = words(client.get(reverse("practice-dose-limit-sign", args=[second.pk])))
    limits.sign_limit(second, by=factories.user(Role.PHYSICIAN), at=NOW)
    page = words(client.get(reverse("practice-dose-limits")))

    assert (str(begun["mg_per_kg"]), str(begun["max_mg"]), "source" in begun) == ("4.5", "200", False)
    assert (answer.url, second.proposed_by) == (reverse("practice-dose-limits"), physician.user)
    assert "You proposed this limit. Another physician reads its source and signs it." in own
    assert "Sign this limit" not in own.replace("Sign a dose limit", "")
    assert list(DoseLimit.objects.in_force().values_list("version", "mg_per_kg")) == [(2, 3)]
    assert "3 mg/kg" in page
    assert "Older versions" in page


def test_change_by_more_than_a_tenth_shows_what_it_would_have_allowed(client, physician):
    first = factories.dose_limit()
    proposed = {name: proposed_limit(first, **numbers) for name, numbers in CHANGES.items()}

    pages = {name: client.get(reverse("practice-dose-limit-sign", args=[limit.pk])) for name, limit in proposed.items()}

    assert {name: "has_compared" in page.context["form"].fields for name, page in pages.items()} == {
        "a tenth": False,
        "more": True,
        "no cap": True,
    }
    page = words(pages["more"])
    assert "This changes the limit by more than 10 %." in page
    assert "70 kg 200 mg 300 mg" in page
    assert "No record of the last year has such a dose." in page


CHANGES = {
    "a tenth": {"mg_per_kg": Decimal("4.95"), "max_mg": Decimal(220)},
    "more": {"mg_per_kg": Decimal("4.5"), "max_mg": Decimal(300)},
    "no cap": {"mg_per_kg": Decimal("4.5")},
}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"source": ""}, "source"),
        ({"source": "\u200b"}, "source"),
        ({"source": "typed from memory"}, "source"),
        ({"source": "A book"}, "source"),
        ({"mg_per_kg": "45"}, "mg_per_kg"),
        ({"mg_per_kg": "3", "max_mg": "2000"}, "max_mg"),
        ({"period": "year"}, "period"),
        ({"mg_per_kg": "", "max_mg": ""}, "mg_per_kg"),
        ({"mg_per_kg": "-1"}, "mg_per_kg"),
        ({"mg_per_kg": "0"}, "mg_per_kg"),
        ({"max_mg": "many"}, "max_mg"),
        ({"drug": "saline"}, "drug"),
        ({"period": "week"}, "period"),
    ],
)
def test_wrong_proposal_is_said_at_its_field_and_nothing_is_lost(client, physician, changes, field):
    factories.dose_limit()
    whole = {"profile": "B_UK_IE", "drug": "lidocaine", "period": "procedure", "mg_per_kg": "3"}
    whole["source"] = "https://label.example/"

    page = client.post(reverse("practice-dose-limits-propose"), whole | changes)

    assert list(page.context["form"].errors) == [field]
    assert DoseLimit.objects.count() == 1
