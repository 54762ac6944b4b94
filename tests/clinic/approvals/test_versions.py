"""Versions of the catalogue: what a row said is kept, whoever edits it and however."""

import json

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from clinic.approvals import changes, rows, versions
from clinic.approvals.changes import Proposal
from clinic.models import CatalogueVersion, ChangeVerb
from procedures.models import Preparation
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def product():
    return Preparation.objects.get(pk=factories.drug().preparation_id)


def said(product):
    kept = CatalogueVersion.objects.filter(row=product.pk, model="procedures.preparation")
    return [(each.number, json.loads(each.content)[0]["fields"]["name"]) for each in kept]


def approve(product, name):
    before = rows.snapshot(product)
    product.name = name
    proposal = Proposal(product, ChangeVerb.CHANGE, before, rows.snapshot(product))
    product.name = before[0]["fields"]["name"]
    change = changes.propose(proposal, by=factories.user(), at=NOW)
    return changes.approve(change, by=factories.user(), at=NOW)


def test_approving_a_change_makes_a_new_version_and_keeps_the_old_one(product):
    versions.of_rows([product], at=NOW)

    change = approve(product, "Lidocaine ten")

    assert said(product) == [(1, "Lidocaine 1 %"), (2, "Lidocaine ten")]
    assert change.versions.get().number == 2


def test_a_row_that_says_the_same_has_no_new_version(product):
    first = versions.of_rows([product], at=NOW)

    assert versions.of_rows([product], at=NOW) == first


def test_signature_finds_what_was_edited_by_hand_and_seals_the_version(product):
    factories.protocol()
    factories.signed(signed_at=timezone.now())
    Preparation.objects.filter(pk=product.pk).update(name="Edited by hand")

    record = factories.signed(
        signed_at=timezone.now(), patient=factories.patient(given_name="Jonas", family_name="Sample")
    )

    assert said(product) == [(1, "Lidocaine 1 %"), (2, "Edited by hand")]
    around = json.loads(record.seals.get().content)["around"]["catalogue"]
    (used,) = [each for each in around if each["model"] == "procedures.preparation"]
    assert [used["row"], used["version"]] == [product.pk, 2]
    assert used["sha256"] == CatalogueVersion.objects.get(row=product.pk, number=2).sha256


@pytest.mark.parametrize("act", ["update", "delete"])
def test_versions_are_only_added(product, act):
    versions.of_rows([product], at=NOW)
    kept = CatalogueVersion.objects.all()

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        kept.update(content="[]") if act == "update" else kept.delete()
