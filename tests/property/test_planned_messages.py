"""Whatever happens to a patient in the days after: each message that was promised is there, no other, and it was sent
when it had to be and only then. What was promised is calculated by `aftercare_model`, independently of the code.
"""

import os
from contextlib import suppress
from datetime import time, timedelta

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import Min
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from aftercare import message_purposes
from aftercare.care_plans import missing_messages
from aftercare.models import AftercareProtocol
from clinic.errors import DomainError
from clinic.messaging import contacts, delivery, preferences
from clinic.models import Message, PreferenceSource, WorkItem
from clinic.models.messages import UNSENT
from clinic.scheduling import booking, cancellations
from clinic.scheduling.wishes import Wish
from procedures.models import Muscle, Procedure
from procedures.records import voiding
from procedures.records.voiding import Said
from tests import factories
from tests.deliveries import forget_deliveries
from tests.factories import at
from tests.property.aftercare_model import Aftercare, civil, day_of, promised

pytestmark = [pytest.mark.django_db, pytest.mark.repeated_queries_allowed]

FIRST = at("2026-03-26 18:00")  # the clock changes in the night to Sunday 29 March
IS_FULL = os.environ.get("CHAOS") == "full"
# A failure is shrunk only in the full form: a step takes long.
PHASES = [Phase.explicit, Phase.reuse, Phase.generate, *([Phase.shrink] if IS_FULL else [])]
EXAMPLES, STEPS = (100, 20) if IS_FULL else (12, 8)

moments = st.tuples(
    st.sampled_from(["breathing", "how-are-you"]),
    st.one_of(
        st.tuples(st.sampled_from([4, 24, 48, 90]), st.none()), st.tuples(st.none(), st.sampled_from([3, 7, 14, 42]))
    ),
).map(lambda check: (check[0], *check[1]))
protocols = st.fixed_dictionaries(
    {
        "lifting_hours": st.sampled_from([24, 36, 48]),
        "physiotherapy_days": st.integers(1, 8),
        "check_times": st.lists(moments, max_size=5, unique=True),
    }
)
some = st.integers(0, 5)  # which of those that there are
slots = st.tuples(st.integers(1, 9), st.integers(0, 15))  # days from now, half hours from nine
USUAL = {
    "lifting_hours": 48,
    "physiotherapy_days": 7,
    "check_times": [("breathing", 4, None), ("breathing", 24, None), ("how-are-you", None, 3)],
}
# Asked again after a cancelled visit; linked to another; stopped, started; elsewhere; voided.
ALL_IN_TURN = [
    *[("book", (4, 0)), ("wait", (1, time(19))), ("cancel", 0), ("wait", (2, time(8))), ("book", (3, 2))],
    *[("sign", False), ("book", (3, 4)), ("cancel", 0), ("new address", None), ("wait", (1, time(19)))],
    *[("stop", None), ("wait", (2, time(8))), ("start", None), ("move", (0, (5, 6))), ("reconcile", None)],
    *[("wait", (1, time(8))), ("void", 1), ("void", 0), ("wait", (5, time(19)))],
]
acts = st.one_of(
    st.tuples(st.just("sign"), st.booleans()),
    st.tuples(st.just("book"), slots),
    st.tuples(st.just("move"), st.tuples(some, slots)),
    st.tuples(st.sampled_from(["void", "cancel"]), some),
    st.tuples(st.sampled_from(["stop", "start", "new address", "reconcile"]), st.none()),
    st.tuples(st.just("protocol"), protocols),
    # Before or after the hours of physiotherapy, so that nobody is in two places.
    st.tuples(st.just("wait"), st.tuples(st.integers(0, 6), st.sampled_from([time(8), time(17, 30), time(19)]))),
)


class Days:
    """One patient, two physiotherapists, and the clock; each act is done in the clinic and reported to the model."""

    def __init__(self, protocol):
        self.now, self.number = FIRST, 0
        factories.room(), factories.room()
        hours = {"days": range(7), "hours": ("09:00", "17:00")}
        self.therapists = [factories.physiotherapist(**hours) for _ in range(2)]
        self.physiotherapy = factories.physiotherapy()
        self.doctor, self.visit_type = factories.practitioner(hours=None), factories.visit_type()
        self.muscles = {False: factories.muscle(), True: factories.muscle(lung_risk="upper")}
        self.patient = factories.patient(email="first@mail.example")
        self.expected = Aftercare("first@mail.example")
        self.protocol(protocol)

    def do(self, act, argument):
        self.now += timedelta(minutes=1)
        with suppress(DomainError):
            getattr(self, act.replace(" ", "_"))(*([] if argument is None else [argument]))
        self.deliver(until=self.now)

    def protocol(self, rules):
        AftercareProtocol.objects.update(is_current=False)
        self.rules = rules
        made = factories.protocol(**{name: rules[name] for name in ("lifting_hours", "physiotherapy_days")})
        for asks, hours, days in rules["check_times"]:
            made.check_times.create(asks=asks, hours_after=hours, days_after=days)

    def sign(self, near_lung):
        reason = "Held away from the ribs" if near_lung else ""
        where = {"practitioner": self.doctor, "visit_type": self.visit_type, "patient": self.patient}
        site = factories.site(muscle=self.muscles[near_lung], no_ultrasound_reason=reason)
        record = factories.signed(signed_at=self.now, starts_at=self.now, minutes=1, sites=[site], **where)
        due_on = day_of(self.now) + timedelta(days=self.rules["physiotherapy_days"])
        self.expected.sign(
            record.pk, self.now, due_on=due_on, promises=promised(self.now, near_lung=near_lung, **self.rules)
        )

    def void(self, which):
        if record := self.one(Procedure.objects.filter(status="completed"), which):
            request = voiding.ask(record, Said("It was somebody else", "nobody"), by=factories.user(), at=self.now)
            voiding.agree(request, by=factories.user(), at=self.now)
            self.expected.void(record.pk, at=self.now)

    def book(self, slot):
        wish = Wish(self.physiotherapy, self.therapists[0], self.slot(slot), by_desk=True)
        visit = booking.book(wish, patient=self.patient, at=self.now)
        self.expected.book(visit.pk, visit.starts_at)

    def move(self, choice):
        which, slot = choice
        if visit := self.one(self.booked(), which):
            starts_at = self.slot(slot)
            factories.move(visit, starts_at, practitioner=self.therapists[1], at=self.now, by_desk=True)
            self.expected.move(visit.pk, starts_at, at=self.now)

    def cancel(self, which):
        if visit := self.one(self.booked(), which):
            cancellations.cancel(visit, at=self.now)
            self.expected.cancel(visit.pk, at=self.now)

    def stop(self):
        self.choose(wants_reminders=False)

    def start(self):
        self.choose(wants_reminders=True)

    def choose(self, *, wants_reminders):
        preferences.choose(
            self.patient, by=None, source=PreferenceSource.DESK, at=self.now, wants_reminders=wants_reminders
        )
        self.expected.wants_reminders = wants_reminders

    def new_address(self):
        self.number += 1
        value = f"address{self.number}@mail.example"
        contacts.fix_contact(self.patient.contacts.get(until=None), value=value, by=None, at=self.now)
        self.expected.address = value

    def reconcile(self):
        missing_messages.tell_the_desk(at=self.now, days=60)

    def wait(self, until):
        days, clock = until
        until = civil(day_of(self.now) + timedelta(days=days), clock)
        if until > self.now:
            self.deliver(until=until)
            self.now = until

    # Helpers

    def deliver(self, *, until):
        """Runs the tasks as the beat would, at each moment at which something is due."""
        due = Message.objects.filter(status__in=UNSENT, next_try_at__lte=until)
        while moment := due.aggregate(first=Min("next_try_at"))["first"]:
            delivery.deliver_due(at=moment)
        self.expected.pass_time(until)

    def booked(self):
        return self.patient.appointments.filter(status="booked", starts_at__gt=self.now)

    def slot(self, slot):
        return civil(day_of(self.now) + timedelta(days=slot[0]), time(9 + slot[1] // 2, slot[1] % 2 * 30))

    def one(self, rows, which):
        rows = list(rows.order_by("pk"))
        return rows[which % len(rows)] if rows else None

    def agree(self):
        messages = Message.objects.filter(purpose__in=message_purposes.CODES)
        there = sorted(
            (
                m.cause,
                (m.purpose, m.occasion),
                m.channel,
                m.due_at,
                m.status,
                m.address if m.status == "accepted" else None,
            )
            for m in messages
        )
        records = self.expected.records.items()
        assert there == [
            (pk, letter, "email", each.due_at, each.status, each.address)
            for pk, record in sorted(records)
            for letter, each in sorted(record.promises.items())
        ]
        report = missing_messages.compare(at=self.now, days=60)
        assert (report.missing, report.extra) == ([], [])
        items = WorkItem.objects.filter(kind__startswith="physiotherapy", status="requested")
        not_booked = [("physiotherapy", pk) for pk, record in records if record.wants_a_visit]
        too_late = [("physiotherapy_moved", pk) for pk, record in records if record.is_moved_late]
        assert sorted(items.values_list("kind", "cause")) == sorted(not_booked + too_late)
        assert not WorkItem.objects.filter(kind__startswith="message").exists()


@settings(max_examples=EXAMPLES, phases=PHASES, suppress_health_check=list(HealthCheck))
@example(protocol=USUAL, near_lung=True, steps=ALL_IN_TURN)
@given(protocol=protocols, near_lung=st.booleans(), steps=st.lists(acts, min_size=3, max_size=STEPS))
def test_what_was_promised_is_there_and_goes_out_in_time(protocol, near_lung, steps):
    forget_deliveries()  # those of the example before were rolled back
    with transaction.atomic():
        days = Days(protocol)
        days.do("sign", near_lung)
        for act, argument in steps:
            days.do(act, argument)
            days.agree()
        transaction.set_rollback(True)


@pytest.mark.once
def test_each_muscle_near_the_lung_brings_the_line_about_breathing():
    """By e-mail and by SMS, at each of the times; muscles elsewhere bring none."""
    call_command("loaddata", "visit_types", "regions", "body_areas", "muscles", "procedures", "protocols", verbosity=0)
    where = {"practitioner": factories.practitioner(hours=None), "visit_type": factories.visit_type()}
    near_lung = {}
    for number, muscle in enumerate(Muscle.objects.order_by("pk")):
        site = factories.site(muscle=muscle, no_ultrasound_reason="Held away from the ribs")
        moment = FIRST + timedelta(minutes=number)
        record = factories.signed(signed_at=moment, starts_at=moment, minutes=1, sites=[site], **where)
        texts = Message.objects.filter(purpose="check-breathing", cause=record.pk)
        near_lung[muscle.slug] = [text for row in texts.order_by("due_at") for text in (row.body, row.other_words)]

    expected = set(Muscle.objects.exclude(lung_risk="no").values_list("slug", flat=True))
    assert len(expected) > 5
    assert {slug for slug, texts in near_lung.items() if texts} == expected
    for slug in expected:
        assert len(near_lung[slug]) == 6
        for text in near_lung[slug]:
            assert "take one deep breath" in text, slug
            assert "112 at once" in text, slug
