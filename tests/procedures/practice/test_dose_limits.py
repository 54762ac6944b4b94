"""The page of dose limits: the current ones, and how a new one is signed."""

import pytest
from django.urls import reverse

from procedures.models import DoseLimit
from tests import factories
from tests.web import words

pytestmark = pytest.mark.django_db


# Limits


def test_limit_is_read_then_signed_in_ones_own_name(client, physician):
    limit = factories.dose_limit(signed=False)
    address = reverse("practice-dose-limit-sign", args=[limit.pk])

    listed = words(client.get(reverse("practice-dose-limits")))
    asked = words(client.get(address))
    unchanged = DoseLimit.objects.in_force().count()
    client.post(address)

    assert "No limit of this profile is signed." in listed
    assert "You, Dr Signing, put this limit in force in your own name." in asked
    assert unchanged == 0
    assert DoseLimit.objects.in_force().get().signed_by == physician.user


def test_new_version_keeps_the_old_one_in_sight(client, physician):
    first = factories.dose_limit()
    address = reverse("practice-dose-limits-propose")
    same = {"profile": "B_UK_IE", "drug": "lidocaine", "period": "procedure"}

    begun = client.get(f"{address}?limit={first.pk}").context["form"].initial
    answer = client.post(address, same | {"mg_per_kg": "3", "max_mg": "", "source": "NHS 2020"})
    client.post(answer.url)
    page = words(client.get(reverse("practice-dose-limits")))

    assert (str(begun["mg_per_kg"]), str(begun["max_mg"]), "source" in begun) == ("4.5", "200", False)
    assert list(DoseLimit.objects.in_force().values_list("version", "mg_per_kg")) == [(2, 3)]
    assert "3 mg/kg" in page
    assert "Older versions" in page


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"source": ""}, "source"),
        ({"source": "\u200b"}, "source"),
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
    whole = {"profile": "B_UK_IE", "drug": "lidocaine", "period": "procedure", "mg_per_kg": "3", "source": "S"}

    page = client.post(reverse("practice-dose-limits-propose"), whole | changes)

    assert list(page.context["form"].errors) == [field]
    assert DoseLimit.objects.count() == 1
