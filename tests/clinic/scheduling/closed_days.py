"""A Wednesday on which the clinic closes, and what is due by then."""

from clinic.messaging import delivery
from clinic.models import Closure
from tests.factories import at

WEDNESDAY = {"starts_at": at("2026-03-04 00:00"), "ends_at": at("2026-03-05 00:00")}
REMINDED = at("2026-03-03 10:00")  # of a visit on Wednesday at ten
AWAKE = at("2026-03-02 10:00")  # not in the night


def close():
    return Closure.objects.create(**WEDNESDAY)


def open_again():
    Closure.objects.all().delete()


def deliver(moment):
    while delivery.deliver_due(at=moment):
        pass
