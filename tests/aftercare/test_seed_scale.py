"""The long past that `--scale` adds."""

from datetime import timedelta

import pytest
from django.core.management import CommandError
from django.utils import timezone

from clinic.models import Appointment, Patient, Practitioner, Room
from tests.aftercare.seeded import RESOURCES, holding_time, overlaps, seed

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("seeded clinic")]


def test_it_adds_patients_and_visits_that_overlap_nowhere():
    printed = seed(scale=3)

    archived = Appointment.objects.filter(practitioner__is_active=False)
    newest = archived.latest("starts_at").starts_at
    visits = holding_time()

    assert printed.splitlines()[0].startswith("800 of 800 patients, 1,200 visits")
    assert archived.count() == 1200
    assert archived.values("patient").distinct().count() == 800
    assert newest < timezone.now() - timedelta(days=90)
    assert [overlaps(visits, resource) for resource in RESOURCES] == [[], [], [], []]
    assert not Patient.objects.filter(contacts=None).exists()
    assert (Practitioner.objects.active().count(), Room.objects.filter(is_active=True).count()) == (6, 5)


def test_a_scale_below_one_is_refused():
    with pytest.raises(CommandError, match="whole number from 1 on"):
        seed(scale=0)

    assert not Patient.objects.exists()
