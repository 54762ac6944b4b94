"""Twelve weeks of visits: each patient's path from consultation to block to physiotherapy, day by day."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from aftercare.demo.appointment_book import Visit
from clinic.models import AppointmentStatus, Patient, PractitionerRole

FIRST_DAY, LAST_DAY = -57, 32
CONSULTATION, BLOCK, GUIDED, PHYSIOTHERAPY = (
    "consultation",
    "trigger-point-block",
    "ultrasound-guided-block",
    "physiotherapy",
)
S = AppointmentStatus
# (up to this many days ahead, this share of the free half hours is taken)
SHARES = [(-1, 0.2), (0, 0.6), (5, 0.4), (9, 0.28), (16, 0.17), (99, 0.11)]
PAUSE = timedelta(minutes=30)


@dataclass(eq=False)
class Wish:
    """Somebody waits for their next visit: which kind, and from which day on. `patient` is None for a new one."""

    patient: Patient | None
    kind: str
    from_day: date
    since: datetime | None = None
    follows: Visit | None = None


@dataclass
class Receptionist:
    """Fills the appointment book in order of time."""

    book: object
    people: object
    moment: object
    chance: object
    wishes: list[Wish] = field(default_factory=list)

    def fill(self, team):
        for day in self.moment.days(FIRST_DAY, LAST_DAY):
            for practitioner in team.everybody:
                for start, end in self.book.hours.stretches(practitioner, day):
                    self.fill_stretch(practitioner, day, start, end)

    def fill_stretch(self, practitioner, day, start, end):
        cursor = start
        while cursor < end:
            visit = None
            if self.chance.random() < self.share(practitioner, day):
                visit = self.try_at(practitioner, day, cursor, start, end)
            cursor = visit.appointment.ends_at if visit else cursor + PAUSE

    def share(self, practitioner, day):
        """How likely a free half hour is taken: the days near today fill up first, and physiotherapists more."""
        days_ahead = (day - self.moment.today).days
        share = next(share for until, share in SHARES if days_ahead <= until)
        return share if practitioner.role == PractitionerRole.PHYSICIAN else share * 1.6

    def try_at(self, practitioner, day, cursor, origin, end):
        wish = self.choose(practitioner, day)
        visit_type = wish and self.book.types[self.kind_for(wish, practitioner, cursor)]
        if not wish:
            return None
        step = timedelta(minutes=visit_type.start_every_minutes)
        start = origin + -(-(cursor - origin) // step) * step
        if start + timedelta(minutes=visit_type.minutes) > end:
            return None
        visit = self.book.write(visit_type, practitioner, start, wish.patient, S.BOOKED)
        if visit:
            self.settle(visit, wish, day)
        return visit

    def choose(self, practitioner, day):
        """Whose turn it is: a waiting patient, else a new one if it is a physician's time."""
        is_physician = practitioner.role == PractitionerRole.PHYSICIAN
        kind = BLOCK if is_physician else PHYSIOTHERAPY
        wish = self.first_wish(kind, day)
        if is_physician and (wish is None or self.chance.random() < 0.4):
            return self.first_wish(CONSULTATION, day) or Wish(None, CONSULTATION, day)
        return wish

    def first_wish(self, kind, day):
        """The patient who has waited longest; referrals before return visits."""
        ready = [wish for wish in self.wishes if wish.kind == kind and wish.from_day <= day]
        return min(ready, key=lambda wish: (wish.follows is None, wish.from_day), default=None)

    def kind_for(self, wish, practitioner, start):
        """With ultrasound in two of three cases, if a machine and somebody who may use it are free."""
        if wish.kind != BLOCK or self.chance.random() > 0.67:
            return wish.kind
        guided = self.book.types[GUIDED]
        end = start + timedelta(minutes=guided.minutes)
        return GUIDED if self.book.place(guided, practitioner, start, end) else BLOCK

    def settle(self, visit, wish, day):
        """The outcome of the visit, and what the patient waits for next."""
        if wish.patient is None:
            visit.patient = self.people.meet()
        else:
            self.wishes.remove(wish)
        visit.follows = wish.follows
        visit.booked_at = self.booked_at(visit.appointment.starts_at, wish.since)
        visit.appointment.status = self.outcome(visit.appointment)
        if visit.status in (S.CANCELLED, S.NOSHOW):
            self.wish(visit, wish.kind, in_days=(3, 6), follows=visit.follows)
            visit.follows = None
        else:
            self.wish_next(visit, wish.kind)

    def booked_at(self, starts_at, since):
        """Soon after the last visit, or some days ahead; never later than now."""
        hours = self.chance.randint(1, 30) / 10 if since else -24 * self.chance.randint(2, 9)
        last = min(starts_at - timedelta(hours=1), self.moment.now - timedelta(minutes=self.chance.randint(3, 900)))
        return min((since or starts_at) + timedelta(hours=hours), last)

    def outcome(self, appointment):
        now = self.moment.now
        if appointment.starts_at >= now:
            return S.BOOKED
        if appointment.ends_at > now:
            half = appointment.starts_at + (appointment.ends_at - appointment.starts_at) / 2
            return S.FULFILLED if half < now else S.ARRIVED
        return self.chance.choices([S.FULFILLED, S.CANCELLED, S.NOSHOW], [88, 7, 5])[0]

    def wish_next(self, visit, kind):
        """Blocks and referrals follow what has been done; further physiotherapy is booked ahead."""
        chance = self.chance.random()
        is_done = visit.status == S.FULFILLED
        if kind == CONSULTATION and is_done and chance < 0.75:
            self.wish(visit, BLOCK, in_days=(2, 12))
        elif kind == BLOCK and is_done and chance < 0.92:
            self.wish(visit, PHYSIOTHERAPY, in_days=(1, 4), follows=visit)
        elif kind == PHYSIOTHERAPY and chance < 0.5:
            self.wish(visit, PHYSIOTHERAPY, in_days=(7, 7))
        elif kind == PHYSIOTHERAPY and is_done and chance < 0.7:
            self.wish(visit, BLOCK, in_days=(10, 20))

    def wish(self, visit, kind, *, in_days, follows=None):
        from_day = visit.day + timedelta(days=self.chance.randint(*in_days))
        self.wishes.append(Wish(visit.patient, kind, from_day, visit.appointment.ends_at, follows))
