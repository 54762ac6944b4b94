"""The referral that the tests of physiotherapy's pages are about, and its patient."""

import pytest

from tests import factories
from tests.aftercare.physiotherapy import referral_pages


@pytest.fixture
def referral():
    return referral_pages.referral()


@pytest.fixture
def patient(client, referral):
    """The account of the referral's patient, signed in."""
    account = factories.account_of(referral.patient)
    client.force_login(account)
    return account
