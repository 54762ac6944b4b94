from datetime import timedelta

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from aftercare.models.protocols import AftercareProtocol
from clinic.lib import civil_time
from clinic.models import Patient, PatientsRowsQuerySet
from procedures.models import Procedure

# Reported lung collapses became apparent within minutes to two days (Ir Med J 2022;115:546 and others).
LUNG_WATCH = timedelta(hours=48)
RUNS_ON = timedelta(days=14)  # after the last day for physiotherapy


class CarePlanQuerySet(PatientsRowsQuerySet):
    seen_with = "aftercare.view_careplan"

    def newest_of_each_patient(self, *, on):
        """One that has ended only if no other one is running on that day."""
        runs = models.Q(ended_at=None, physiotherapy_due_on__gte=on - RUNS_ON)
        goes_first = models.Case(models.When(runs, then=models.Value(0)), default=models.Value(1))
        plans = CarePlan.objects.filter(patient=models.OuterRef("patient")).order_by(goes_first, "-starts_at", "-pk")
        return self.filter(pk=models.Subquery(plans.values("pk")[:1]))

    def with_record(self):
        """With what a page of the days after shows about the injection."""
        plans = self.select_related("patient", "procedure", "protocol", "referral__appointment__practitioner")
        return plans.prefetch_related("procedure__pain_scores", "procedure__sites__muscle")

    def standing(self):
        """Of injections that took place: also where the record is void, and its patient was injected."""
        return self.filter(ended_at=None)


class CarePlan(models.Model):
    """The days after one procedure (HL7 FHIR R4 CarePlan). A record that is written again takes its plan over."""

    procedure = models.OneToOneField(Procedure, models.PROTECT, related_name="care_plan")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="care_plans")
    protocol = models.ForeignKey(AftercareProtocol, models.PROTECT)
    starts_at = models.DateTimeField()
    lift_again_at = models.DateTimeField()
    physiotherapy_due_on = models.DateField()
    # What went wrong and what is said about it, in the words of the signature: dicts of `care_plans.complications`.
    complications = models.JSONField(default=list, blank=True, null=True)
    # The record was voided, and this patient was not injected.
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = CarePlanQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(lift_again_at__gt=models.F("starts_at")),
                name="care_plan_lifting_window_has_a_length",
            )
        ]

    def __str__(self):
        return str(_("Aftercare of %(day)s") % {"day": timezone.localdate(self.starts_at)})

    def get_absolute_url(self):
        return reverse("my-aftercare-plan", args=[self.pk])

    @property
    def is_standing(self):
        """The injection took place, so far as anybody knows: all that follows from it holds."""
        return self.ended_at is None

    @property
    def is_breath_watched(self):
        """A needle went near the lung, or there was trouble with breathing."""
        return self.procedure.has_lung_risk or any(each["asks_about_breath"] for each in self.complications or [])

    def leading(self, *, at):
        """The complications that come before everything else at `at`, the gravest first."""
        hours = (at - self.starts_at) / timedelta(hours=1)
        return [each for each in self.complications or [] if (each["leads_hours"] or 0) > hours]

    @cached_property
    def first_complication(self):
        """The gravest that has to be read first, whenever that was; None without one."""
        return next((each for each in self.complications or [] if each["leads_hours"]), None)

    def at(self, clock, *, days_after):
        """The instant of this time of day, by the clinic's clock, this many civil days after the procedure."""
        day = timezone.localdate(self.starts_at) + timedelta(days=days_after)
        return civil_time.at(day, clock)

    def is_running(self, *, at):
        """Until physiotherapy has been done, and two weeks after its deadline at the longest."""
        return timezone.localdate(at) <= self.physiotherapy_due_on + RUNS_ON

    def days(self, *, at):
        """The civil days from the procedure to the deadline, each with its number and whether it is today or past."""
        first, today = timezone.localdate(self.starts_at), timezone.localdate(at)
        lift_on = timezone.localdate(self.nothing_heavy_until)
        return [
            {
                "number": number,
                "day": day,
                "is_today": day == today,
                "is_past": day < today,
                "may_lift": day > lift_on,
                "is_lift_day": day == lift_on,
                "is_last": day == self.physiotherapy_due_on,
            }
            for number in range((self.physiotherapy_due_on - first).days + 1)
            for day in [first + timedelta(days=number)]
        ]

    def lung_watch_until(self, *, at):
        """Until when the lung is watched; None if it need not be, or when that time has passed at `at`."""
        until = self.starts_at + LUNG_WATCH
        return until if self.is_breath_watched and at < until else None

    @cached_property
    def nothing_heavy_until(self):
        """`lift_again_at`, or later where another of the patient's lifting windows meets this one and ends after it."""
        windows = CarePlan.objects.standing().filter(patient=self.patient_id, starts_at__lte=self.lift_again_at)
        last = windows.aggregate(last=models.Max("lift_again_at"))["last"]
        return max(self.lift_again_at, last or self.lift_again_at)

    def may_lift(self, *, at):
        return at >= self.nothing_heavy_until

    def lifting_share(self, *, at):
        """How much of the time without heavy lifting has passed, from 0.0 to 1.0."""
        passed = (at - self.starts_at) / (self.nothing_heavy_until - self.starts_at)
        return min(max(passed, 0.0), 1.0)

    def lifting_hours_left(self, *, at):
        """Whole hours until heavy lifting is allowed again, rounded up; 0 when it is."""
        left = max(self.nothing_heavy_until - at, timedelta())
        return -(-left // timedelta(hours=1))

    def lifting_minutes_left(self, *, at):
        """As `lifting_hours_left`, in minutes: for the last hour."""
        left = max(self.nothing_heavy_until - at, timedelta())
        return -(-left // timedelta(minutes=1))
