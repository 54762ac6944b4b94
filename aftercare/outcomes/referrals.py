"""How many patients referred to physiotherapy were seen in time, and how the others ended. Counts only, no names."""

from dataclasses import dataclass, field
from datetime import date

from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, When
from django.db.models.functions import TruncDate, TruncMonth
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from aftercare.models import PhysiotherapyAssessment, ReferralAnswer, ServiceRequest, ServiceRequestStatus
from clinic.models import Appointment, AppointmentStatus, PractitionerRole

MONTHS = 12


class Ending(models.TextChoices):
    """In their order in a bar. The first two count as seen in time."""

    HERE = "here", _("kept here")
    ELSEWHERE = "elsewhere", _("kept elsewhere")
    LATE = "late", _("later than the last day")
    ELSEWHERE_LATE = "elsewhere-late", _("elsewhere, later")
    DECLINED = "declined", _("declined")
    NOT_ATTENDED = "not-attended", _("booked, did not come")
    NOT_BOOKED = "not-booked", _("not booked")


IN_TIME = [Ending.HERE, Ending.ELSEWHERE]


@dataclass
class Month:
    """The referrals whose last day lay in one month."""

    first: date
    counts: dict = field(default_factory=lambda: dict.fromkeys(Ending, 0))

    @property
    def total(self):
        return sum(self.counts.values())

    @property
    def kept(self):
        return sum(self.counts[ending] for ending in IN_TIME)

    @property
    def percent(self):
        """Whole percent, or None if there were no referrals."""
        return round(100 * self.kept / self.total) if self.total else None

    @property
    def rows(self):
        return [(ending, self.counts[ending]) for ending in Ending]


def by_month(*, on):
    """The last twelve months up to the day `on`, the newest first. A referral counts once its last day has passed."""
    months = {first: Month(first) for first in _months(on)}
    due = ServiceRequest.objects.exclude(status=ServiceRequestStatus.REVOKED)
    due = due.filter(due_on__gte=min(months), due_on__lt=on)
    counted = due.annotate(month=TruncMonth("due_on"), ending=_ending()).order_by().values("month", "ending")
    for row in counted.annotate(many=Count("pk")):
        months[row["month"]].counts[Ending(row["ending"])] += row["many"]
    return list(months.values())


def since_first_referral(months):
    """In a new clinic only the months since its first referral; always the newest one."""
    first = max((number for number, month in enumerate(months) if month.total), default=0)
    return months[: first + 1]


def total_of(months):
    counts = {ending: sum(month.counts[ending] for month in months) for ending in Ending}
    return Month(months[-1].first, counts)


def _months(on):
    number = on.year * 12 + on.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(number, number - MONTHS, -1)]


def _ending():
    """An assessment means the patient was here, even without a visit; an answer applies if nobody was seen here."""
    zone = timezone.get_default_timezone()
    seen_on = TruncDate("appointment__starts_at", tzinfo=zone)
    seen = Q(appointment__status__in=[AppointmentStatus.ARRIVED, AppointmentStatus.FULFILLED])
    assessed = PhysiotherapyAssessment.objects.annotate(day=TruncDate("assessed_at", tzinfo=zone))
    in_time = Exists(assessed.filter(referral=OuterRef("pk"), day__lte=OuterRef("due_on")))
    missed = Appointment.objects.filter(
        patient=OuterRef("patient"),
        status=AppointmentStatus.NOSHOW,
        visit_type__role=PractitionerRole.PHYSIOTHERAPIST,
        starts_at__gte=OuterRef("care_plan__starts_at"),
    )
    still_to_come = Q(appointment__status=AppointmentStatus.BOOKED, appointment__starts_at__gt=timezone.now())
    elsewhere = Q(answer=ReferralAnswer.ELSEWHERE)
    return Case(
        When(seen & Q(due_on__gte=seen_on), then=models.Value(Ending.HERE)),
        When(in_time, then=models.Value(Ending.HERE)),
        When(elsewhere & Q(elsewhere_on__lte=F("due_on")), then=models.Value(Ending.ELSEWHERE)),
        When(seen | Q(status=ServiceRequestStatus.COMPLETED) | still_to_come, then=models.Value(Ending.LATE)),
        When(elsewhere, then=models.Value(Ending.ELSEWHERE_LATE)),
        When(answer=ReferralAnswer.DECLINED, then=models.Value(Ending.DECLINED)),
        When(Q(appointment__isnull=False) | Exists(missed), then=models.Value(Ending.NOT_ATTENDED)),
        default=models.Value(Ending.NOT_BOOKED),
        output_field=models.CharField(),
    )
