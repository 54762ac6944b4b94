"""The referral that the tests of physiotherapy's pages are about, and its patient."""

import pytest

from tests.aftercare.physiotherapy import referral_pages
from tests.web import sign_in


@pytest.fixture
def referral():
    return referral_pages.referral()


@pytest.fixture
def account(client, referral):
    """Of the referral's patient, signed in."""
    return sign_in(client, referral.patient)
