"""The handful of patients with whom the demo shows each stage of a patient's care."""

from dataclasses import dataclass
from datetime import date, time, timedelta

from django.utils import timezone

from aftercare.demo.appointment_book import Visit
from aftercare.demo.moments import weekday_from
from aftercare.demo.people import ANA
from clinic.models import AppointmentStatus

MORNING = (time(9), time(11))


@dataclass
class Stages:
    """What the rest of the demo must not change."""

    yesterday: Visit  # Ana's: no lifting yet, physiotherapy is not booked
    late: Visit  # more than a week ago, and physiotherapy is still not booked
    just_signed: Visit  # an hour ago: the first message is due now
    here: Visit  # has come; the record is not written yet


def late_day(moment):
    """Eight days ago, or nine if that was a Sunday."""
    day = moment.today - timedelta(days=8)
    return day if day.weekday() < 6 else day - timedelta(days=1)


def prepare_hours(hours, team, moment):
    """The demo physician works when the stages need her."""
    for day in (moment.today - timedelta(days=1), late_day(moment)):
        hours.ensure(team.physicians[0], day, *MORNING)


def write_stages(book, team, people, moment):
    physician, physiotherapist = team.physicians[0], team.physiotherapists[0]
    writer = Writer(book, physician, moment)
    block, guided = book.types["trigger-point-block"], book.types["ultrasound-guided-block"]
    ana = people.add(*ANA[:2], date(ANA[2], 5, 14))
    late, signed, here, treated, *coming = (people.meet() for _n in range(7))
    for patient in (ana, late, signed, here, treated):
        writer.consult(patient)
    stages = Stages(
        yesterday=writer.first(guided, ana, moment.today - timedelta(days=1), earliest=MORNING[0]),
        late=writer.first(block, late, late_day(moment)),
        here=writer.last(guided, here, until=moment.middle - timedelta(minutes=5), status=AppointmentStatus.ARRIVED),
        just_signed=writer.last(block, signed, until=moment.middle - timedelta(minutes=55 + block.minutes)),
    )
    for patient, visit_type in zip(coming, (book.types["consultation"], block, guided), strict=True):
        writer.next(visit_type, patient, after=stages.here.appointment.starts_at)
    treatment = writer.first(block, treated, weekday_from(moment.today - timedelta(days=3), step=-1))
    Writer(book, physiotherapist, moment).come_after(treatment)
    return stages


@dataclass
class Writer:
    """Finds times with one practitioner for the stages' visits."""

    book: object
    practitioner: object
    moment: object

    def write(self, visit_type, patient, start, status=AppointmentStatus.FULFILLED):
        return self.book.write(visit_type, self.practitioner, start, patient, status)

    def consult(self, patient):
        """Everybody's first visit: a consultation, two weeks or more ago."""
        day = weekday_from(self.moment.today - timedelta(days=15), step=-1)
        return self.first(self.book.types["consultation"], patient, day)

    def first(self, visit_type, patient, day, earliest=time(0)):
        starts = self.book.starts(visit_type, self.practitioner, day)
        return self.write(visit_type, patient, next(s for s in starts if timezone.localtime(s).time() >= earliest))

    def last(self, visit_type, patient, until, status=AppointmentStatus.FULFILLED):
        """At the last free start until then, today or late yesterday."""
        days = self.moment.days(-1, 0)
        starts = [s for day in days for s in self.book.starts(visit_type, self.practitioner, day) if s <= until]
        return self.write(visit_type, patient, max(starts), status)

    def come_after(self, treatment):
        """To physiotherapy, as the referral asks, and just now."""
        until = self.moment.middle - timedelta(minutes=5)
        visit_type = self.book.types["physiotherapy"]
        visit = self.last(visit_type, treatment.patient, until, AppointmentStatus.ARRIVED)
        visit.follows, visit.booked_at = treatment, treatment.appointment.ends_at

    def next(self, visit_type, patient, after):
        starts = self.book.starts(visit_type, self.practitioner, self.moment.today)
        return self.write(visit_type, patient, next(s for s in starts if s > after), AppointmentStatus.BOOKED)
