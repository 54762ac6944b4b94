"""A treatment on Monday at noon, and the days after it."""

from datetime import UTC, timedelta

import pytest
from django.utils import timezone

from tests import factories

NOON = factories.at("2026-03-02 12:00").astimezone(UTC)


@pytest.fixture
def later(client, plan, time_machine):
    """`later(days=3)`: that long after the treatment, signed in again."""

    def move(**ago):
        time_machine.move_to(NOON + timedelta(**ago), tick=False)
        client.force_login(plan.patient.access.get().user)
        return timezone.now()

    return move


@pytest.fixture
def physiotherapist():
    """A physiotherapist who can be booked."""
    factories.physiotherapy(slug="physiotherapy")
    return factories.physiotherapist()
