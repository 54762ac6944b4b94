"""Who would like an earlier or another time, and what was offered to them."""

from datetime import time

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.models.appointments import Appointment
from clinic.models.patients import Patient, PatientsRowsQuerySet
from clinic.models.schedules import VisitType, Weekday
from clinic.models.staff import Practitioner


class WaitlistStatus(models.TextChoices):
    WAITING = "waiting", _("waiting")
    OFFERED = "offered", _("a time is kept for you")
    BOOKED = "booked", _("booked")
    LEFT = "left", _("no longer waiting")
    EXPIRED = "expired", _("the last day has passed")


CURRENT = [WaitlistStatus.WAITING, WaitlistStatus.OFFERED]


class WaitlistQuerySet(PatientsRowsQuerySet):
    seen_with = "clinic.view_schedule"

    def current(self):
        return self.filter(status__in=CURRENT)

    def waiting(self):
        return self.filter(status=WaitlistStatus.WAITING)

    def not_offered_between(self, starts_at, ends_at):
        """Without those who were offered a time that overlaps this one and did not take it."""
        offers = WaitlistOffer.objects.filter(appointment__starts_at__lt=ends_at, appointment__ends_at__gt=starts_at)
        return self.exclude(pk__in=offers.values("entry"))


class WaitlistEntry(models.Model):
    """A patient's request for a time that is not free yet. Where a field is empty, anything suits them."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="waitlist_entries")
    visit_type = models.ForeignKey(VisitType, models.PROTECT, related_name="waitlist_entries")
    practitioners = models.ManyToManyField(Practitioner, blank=True, related_name="+")
    weekdays = models.JSONField(default=list, blank=True)  # numbers of `Weekday`
    not_before = models.TimeField(default=time(0))
    not_after = models.TimeField(default=time(23, 59))  # the visit must end by then
    earliest_on = models.DateField()
    latest_on = models.DateField()
    status = models.CharField(max_length=10, choices=WaitlistStatus, default=WaitlistStatus.WAITING)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = WaitlistQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        indexes = [models.Index(fields=["latest_on"], condition=Q(status="waiting"), name="waitlist_waiting")]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=WaitlistStatus.values), name="waitlist_status_is_known"),
            models.CheckConstraint(condition=Q(latest_on__gte=F("earliest_on")), name="waitlist_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(not_after__gt=F("not_before")), name="waitlist_hours_end_after_they_start"
            ),
            models.UniqueConstraint(
                fields=["patient", "visit_type"],
                condition=Q(status__in=["waiting", "offered"]),
                name="waitlist_one_wish_per_patient_and_visit_type",
            ),
        ]

    def __str__(self):
        return f"{self.visit_type} {self.earliest_on}-{self.latest_on}"

    @property
    def weekday_names(self):
        return [Weekday(number).label for number in sorted(self.weekdays)]

    @property
    def open_offer(self):
        """The time that is held for them now, or None."""
        return next((offer for offer in self.offers.all() if offer.is_open), None)

    def fits(self, open_time):
        """Is a `diary.OpenTime` within the days, hours and people that would suit?"""
        starts, ends = timezone.localtime(open_time.starts_at), timezone.localtime(open_time.ends_at)
        people = {practitioner.pk for practitioner in self.practitioners.all()}
        return (
            self.earliest_on <= starts.date() <= self.latest_on
            and (not self.weekdays or starts.weekday() in self.weekdays)
            and self.not_before <= starts.time()
            and ends.time() <= self.not_after
            and (not people or open_time.practitioner_id in people)
        )


class WaitlistOffer(models.Model):
    """A freed time that is held for somebody for a while: a hold, made for them."""

    entry = models.ForeignKey(WaitlistEntry, models.PROTECT, related_name="offers")
    appointment = models.OneToOneField(Appointment, models.PROTECT, related_name="waitlist_offer")
    offered_at = models.DateTimeField()
    is_open = models.BooleanField(default=True)  # neither taken nor expired nor given back

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["entry"], condition=Q(is_open=True), name="waitlist_one_open_offer")
        ]

    def __str__(self):
        return str(self.appointment)
