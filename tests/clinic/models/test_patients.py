"""Patients are locked before acts of which only one may happen at a time."""

import pytest
from django.db import transaction

from clinic.errors import PatientMerged
from clinic.models import Patient
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def merged():
    """A duplicate of a patient, and the surviving entry."""
    counts, duplicate = factories.patient(), factories.patient()
    duplicate.merged_into = counts
    duplicate.save()
    return duplicate, counts


def test_lock_tells_into_whom_each_was_merged_by_their_keys(merged):
    duplicate, counts = merged

    with transaction.atomic():
        assert Patient.objects.lock(duplicate.pk, counts.pk) == [None, counts.pk]


def test_lock_unmerged_refuses_an_entry_that_was_merged(merged):
    duplicate, counts = merged

    with transaction.atomic():
        Patient.objects.lock_unmerged(counts.pk)
        with pytest.raises(PatientMerged):
            Patient.objects.lock_unmerged(duplicate.pk)
