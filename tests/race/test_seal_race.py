"""A part of a record is added by another program at the very moment at which the record is signed."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import IntegrityError, connection, transaction

from tests import factories
from tests.procedures.records.sealed_records import close, written

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]


def test_signing_waits_for_a_part_that_is_being_added_and_sees_it():
    draft, by = written(), factories.user()
    added, go_on = Event(), Event()

    def add_a_site_that_nobody_confirmed():
        with transaction.atomic():
            factories.site(procedure=draft, muscle=draft.sites.first().muscle, is_confirmed=False).save()
            added.set()
            go_on.wait(timeout=5)
        connection.close()

    def sign():
        added.wait(timeout=5)
        try:
            close(draft, by=by)
        except IntegrityError as refusal:
            return str(refusal)
        finally:
            connection.close()
        return "signed"

    with ThreadPoolExecutor() as threads:
        adding, signing = threads.submit(add_a_site_that_nobody_confirmed), threads.submit(sign)
        added.wait(timeout=5)
        with pytest.raises(TimeoutError):
            signing.result(timeout=0.5)  # it queues behind the part
        go_on.set()
        adding.result(timeout=5)

        assert "sealed: the record does not say a confirmed site" in signing.result(timeout=5)
