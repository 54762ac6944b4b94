"""A patient who has arrived for the signed-in physician; the public pages; stored pictures; signed dose limits."""

from datetime import timedelta

import pytest

from tests import factories
from tests.procedures.public.catalogue_pages import load_catalogue


@pytest.fixture
def visit(physician):
    """A patient of this physician has arrived, and aftercare can begin."""
    factories.protocol()
    arrived = factories.arrived(practitioner=physician)
    factories.screened(arrived.patient, at=arrived.starts_at - timedelta(hours=1))
    factories.definition(visit_type=arrived.visit_type)
    factories.drug()
    factories.dose_limit()
    return arrived


@pytest.fixture
def signed_limits():
    """B for lidocaine: 4.5 mg/kg, at most 200 mg, and 200 mg in 24 hours."""
    factories.dose_limit()
    factories.dose_limit(period="24h", mg_per_kg=None)


@pytest.fixture(scope="module")
def catalogue(rows_of_the_module):
    """The public pages' rows, made once for a module."""
    load_catalogue()


@pytest.fixture
def folder(settings, tmp_path):
    """Where the pictures of records are stored."""
    settings.IMAGES_DIR = tmp_path / "images"
    return settings.IMAGES_DIR
