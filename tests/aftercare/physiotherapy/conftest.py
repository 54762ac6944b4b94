"""One signed injection, its patient and its referral."""

import pytest

from procedures.models import Procedure
from tests import factories
from tests.aftercare.physiotherapy.reminded_referrals import SIGNED
from tests.factories import at


@pytest.fixture(scope="module")
def signed(rows_of_the_module):
    factories.protocol()
    factories.room()
    return factories.signed(signed_at=at(SIGNED)).pk


@pytest.fixture
def procedure(db, signed):
    return Procedure.objects.get(pk=signed)


@pytest.fixture
def patient(procedure):
    return procedure.patient


@pytest.fixture
def referral(procedure):
    return procedure.care_plan.referral
