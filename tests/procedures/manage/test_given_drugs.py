"""What was given keeps its strength and kind: the mg of signed records are calculated from them."""

from decimal import Decimal

import pytest
from django.urls import reverse

from procedures.models import Drug, Preparation
from tests import factories
from tests.approvals import approve_all

pytestmark = pytest.mark.django_db


def change(client, row, **changes):
    meta = row._meta
    url = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
    form = client.get(url).context["adminform"].form
    sent = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    answer = client.post(url, sent | changes)
    assert answer.status_code == 302
    approve_all()
    row.refresh_from_db()


@pytest.mark.parametrize(("is_given", "strength", "kind"), [(True, "10", "local-anaesthetic"), (False, "20", "other")])
def test_only_what_nobody_was_given_gets_another_strength_or_kind(client, manager, is_given, strength, kind):
    factories.drug()
    if is_given:
        factories.draft()
    product, lidocaine = Preparation.objects.get(), Drug.objects.get()

    change(client, product, mg_per_ml="20", name="Renamed")
    change(client, lidocaine, kind="other")

    assert (product.mg_per_ml, product.name, lidocaine.kind) == (Decimal(strength), "Renamed", kind)
