"""A consent is withdrawn while the desk cancels the visit."""

from datetime import timedelta
from functools import partial
from threading import Event
from time import sleep

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from clinic.models import WorkItem
from clinic.scheduling import cancellations
from procedures.consent import consents
from procedures.work_kinds import CONSENT_BACK
from tests import factories
from tests.procedures.consent import signatures
from tests.race.test_booking_race import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.repeated_queries_allowed]


def cancel_slowly(visit, has_begun):
    with transaction.atomic():
        cancellations.cancel(visit, at=timezone.now())
        has_begun.set()
        sleep(0.5)


def take_back(consent, by, has_begun):
    has_begun.wait(5)
    consents.withdraw(consent, by=by, at=timezone.now())


def test_consent_taken_back_while_the_visit_is_cancelled_leaves_nothing_to_do():
    call_command("loaddata", "regions", "muscles", "drugs", "risks", "consent_texts", verbosity=0)
    now, has_begun = timezone.now(), Event()
    visit = factories.appointment(
        starts_at=now + timedelta(days=1), practitioner=factories.practitioner(), visit_type=factories.visit_type()
    )
    consent = signatures.sign(signatures.planned(visit, at=now), at=now)

    acts = [partial(cancel_slowly, visit, has_begun), partial(take_back, consent, factories.user(), has_begun)]
    answers = at_once(acts, threads=2)

    assert answers == (None, None)
    assert not WorkItem.objects.filter(kind=CONSENT_BACK.code, status="requested").exists()
