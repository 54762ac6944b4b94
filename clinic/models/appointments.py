from datetime import timedelta
from functools import reduce
from operator import or_

from django.conf import settings
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.contrib.postgres.fields.ranges import DateTimeRangeField
from django.db import IntegrityError, models, transaction
from django.db.models import F, Func, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.constraints import PostgresExclusionConstraint
from clinic.errors import MoveNotAllowed
from clinic.lib import civil_time
from clinic.models.appointment_states import HOLDS_TIME, AppointmentState, AppointmentStatus, PatientAnswer
from clinic.models.care import WAYS_INTO_CARE, WayIntoCare
from clinic.models.patients import Patient, PatientsRowsQuerySet
from clinic.models.schedules import Room, UltrasoundMachine, VisitType
from clinic.models.staff import Practitioner

S = AppointmentStatus
LONGEST_VISIT = timedelta(hours=12)
TREATED = [S.BOOKED, S.ARRIVED, S.FULFILLED]  # a visit that makes somebody one's patient


def no_overlap(resource):
    """No two appointments that use up time overlap for one practitioner, room, machine or patient.

    One that the desk let overlap, with a written reason, is exempt; it still uses up time for others.
    """
    return PostgresExclusionConstraint(
        name=f"appointment_{resource}_never_twice",
        expressions=[
            (
                Func("starts_at", "ends_at", RangeBoundary(), function="TSTZRANGE", output_field=DateTimeRangeField()),
                RangeOperators.OVERLAPS,
            ),
            (resource, RangeOperators.EQUAL),
        ],
        condition=Q(status__in=HOLDS_TIME, overlap_reason=""),
    )


class AppointmentQuerySet(PatientsRowsQuerySet):
    seen_with = "clinic.view_schedule"

    def visible_to(self, user):
        """Whoever sees only those in their care sees the visits with them, and what they opened in an emergency."""
        rows = super().visible_to(user)
        if not user.has_perm(self.seen_with) or user.has_perm("clinic.view_any_patient"):
            return rows
        own = user.treats_as
        opened = Q(visit_type__role=own and own.role, patient__in=WAYS_INTO_CARE.get("emergency").patients(user))
        return rows.filter(Q(practitioner=own) | opened)

    def holding_time(self, *, at):
        """Those that use up time: every status that does, but a hold only until it expires."""
        return self.filter(status__in=HOLDS_TIME).exclude(status=S.PENDING, held_until__lte=at)

    def expired_holds(self, *, at):
        """Expired holds that nobody has ended yet."""
        return self.filter(status=S.PENDING, held_until__lte=at)

    def live_holds(self, *, at):
        return self.filter(status=S.PENDING, held_until__gt=at)

    def sharing_with(self, appointment):
        """Those of the same practitioner, room, machine or patient."""
        resources = ["practitioner", "room", "ultrasound_machine", "patient"]
        keys = {name: getattr(appointment, f"{name}_id") for name in resources}
        same = [Q(**{name: key}) for name, key in keys.items() if key is not None]
        return self.filter(reduce(or_, same)).exclude(pk=appointment.pk)

    def overlapping(self, *, starts_at, ends_at):
        """The lower bound is for the index: nothing is longer than `LONGEST_VISIT`."""
        return self.filter(starts_at__lt=ends_at, starts_at__gt=starts_at - LONGEST_VISIT, ends_at__gt=starts_at)

    def on_day(self, day):
        """Those that start on this civil day of the clinic."""
        start, end = civil_time.whole_day(day)
        return self.filter(starts_at__gte=start, starts_at__lt=end)

    def for_people(self):
        """Without the holds that never became a booking."""
        return self.exclude(status__in=[S.PENDING, S.EXPIRED])

    def upcoming(self, *, at):
        return self.filter(status__in=[S.BOOKED, S.ARRIVED], ends_at__gt=at)

    def with_people_and_places(self):
        return self.select_related("patient", "visit_type", "practitioner", "room", "ultrasound_machine")


def _visiting(user):
    return Appointment.objects.filter(practitioner=user.treats_as, status__in=TREATED).values("patient")


WAYS_INTO_CARE.register(WayIntoCare("visit", _visiting))


class Appointment(AppointmentState, models.Model):
    """A patient's claim on a practitioner's time, from hold until seen, cancelled or missed.

    Status codes: HL7 FHIR R4 AppointmentStatus, those that this clinic uses.
    """

    patient = models.ForeignKey(Patient, models.PROTECT, null=True, blank=True, related_name="appointments")
    visit_type = models.ForeignKey(VisitType, models.PROTECT, related_name="appointments")
    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="appointments")
    room = models.ForeignKey(Room, models.PROTECT, null=True, blank=True, related_name="appointments")
    ultrasound_machine = models.ForeignKey(
        UltrasoundMachine, models.PROTECT, null=True, blank=True, related_name="appointments"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=AppointmentStatus, default=AppointmentStatus.BOOKED)
    held_until = models.DateTimeField(null=True, blank=True)
    # Which browser holds it, and from which network address (a keyed hash): limits for holds only.
    held_by = models.CharField(max_length=64, blank=True)
    held_from = models.CharField(max_length=64, blank=True)
    request_token = models.CharField(max_length=64, unique=True, null=True, blank=True)
    reason = models.CharField(_("what brings you"), max_length=500, blank=True)
    # Why the desk lets it overlap another visit; empty for one that does not.
    overlap_reason = models.CharField(_("why it may overlap"), max_length=300, blank=True)
    # RFC 5545 SEQUENCE: grows whenever time or place changes, so that calendars use the newer one.
    calendar_sequence = models.PositiveIntegerField(default=0)
    # Since when we have noticed that it cannot take place as planned (`clinic.scheduling.affected_visits`).
    obstacle_since = models.DateTimeField(null=True, blank=True)
    patient_answer = models.CharField(_("the patient's answer"), max_length=10, choices=PatientAnswer, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AppointmentQuerySet.as_manager()
    # What keeps it from taking place as planned; pages that show it ask `clinic.scheduling.obstacles.mark`.
    obstacles = ()

    class Meta:
        ordering = ["starts_at", "pk"]
        permissions = [
            ("view_schedule", "Can see everybody's visits"),
            ("check_in_appointment", "Can check patients in and say that they did not come"),
            ("book_for_patients", "Can book and cancel for patients"),
        ]
        indexes = [
            models.Index(fields=["starts_at", "practitioner"]),
            models.Index(fields=["practitioner", "starts_at"]),
            models.Index(fields=["patient", "starts_at"]),
            models.Index(fields=["held_until"], condition=Q(status="pending"), name="appointment_live_holds"),
            models.Index(
                fields=["obstacle_since"], condition=Q(obstacle_since__isnull=False), name="appointment_affected"
            ),
            models.Index(fields=["held_until"], condition=Q(status="expired"), name="appointment_ended_holds"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=AppointmentStatus.values), name="appointment_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at"), ends_at__lte=F("starts_at") + LONGEST_VISIT),
                name="appointment_ends_within_12_hours",
            ),
            models.CheckConstraint(
                condition=Q(patient__isnull=False) | Q(status__in=["pending", "expired"]),
                name="appointment_has_a_patient_once_booked",
            ),
            models.CheckConstraint(
                condition=Q(held_until__isnull=False) | ~Q(status="pending"), name="appointment_hold_has_an_end"
            ),
            models.CheckConstraint(
                condition=Q(patient_answer__in=["", *PatientAnswer.values]), name="appointment_answer_is_known"
            ),
            no_overlap("practitioner"),
            no_overlap("room"),
            no_overlap("ultrasound_machine"),
            no_overlap("patient"),
        ]

    def __str__(self):
        return f"{self.visit_type} {timezone.localtime(self.starts_at):%Y-%m-%d %H:%M}"

    def get_absolute_url(self):
        return reverse("desk-appointment", args=[self.pk])

    @property
    def minutes(self):
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    @property
    def on(self):
        """The civil day of the clinic on which it starts."""
        return timezone.localdate(self.starts_at)

    @property
    def calendar_uid(self):
        return f"visit-{self.pk}@{settings.SITE_URL.split('//')[-1]}"

    @property
    def has_override(self):
        """The desk let it overlap another visit: `overlap_reason` says why."""
        return self.overlap_reason != ""

    def check_in(self, *, by, at=None, note=""):
        """Not before the day of the visit, and not if somebody else got the time after the patient was missed."""
        if self.on > timezone.localdate(at):
            raise MoveNotAllowed(_("This visit is on a later day. Check the patient in on that day."))
        if self.status == S.NOSHOW and not self.has_override:
            self._refuse_if_given_away(at=at or timezone.now())
        self._move_to(S.ARRIVED, by=by, note=note)

    def _refuse_if_given_away(self, *, at):
        rivals = Appointment.objects.sharing_with(self).overlapping(starts_at=self.starts_at, ends_at=self.ends_at)
        if rivals.holding_time(at=at).exists():
            raise MoveNotAllowed(_("This time was given to somebody else after the patient was missed."))
        for hold in rivals.expired_holds(at=at):
            hold.expire()

    def undo_check_in(self, *, by):
        self._move_to(S.BOOKED, by=by)

    def fulfil(self, *, by, note=""):
        self._move_to(S.FULFILLED, by=by, note=note)

    def mark_missed(self, *, by, at=None):
        """Not before it should have begun."""
        if self.starts_at > (at or timezone.now()):
            raise MoveNotAllowed(
                _("This visit has not begun yet, so nobody has missed it. Please wait until its hour.")
            )
        self._move_to(S.NOSHOW, by=by)

    def expire(self):
        """Nothing happens when somebody else has ended it meanwhile, or removed it after that."""
        try:
            self._move_to(S.EXPIRED, by=None)
        except MoveNotAllowed:
            if Appointment.objects.filter(pk=self.pk).exclude(status=S.EXPIRED).exists():
                raise
            self.status = S.EXPIRED

    def move_to_booked(self, *, by, at=None):
        """Only for `booking.confirm`, which notifies everybody."""
        self._move_to(S.BOOKED, by=by, at=at)

    def move_to_cancelled(self, *, by, note, at):
        """Only for `cancellations.cancel`, which notifies everybody."""
        self._move_to(S.CANCELLED, by=by, note=note, at=at)

    def change_times(self, *, by, note, at, **changes):
        """Only for `moved_visits.reschedule` and `cancellations.undo_cancel`, which lock, check and notify everybody.

        `changes`: practitioner, starts_at, ends_at, room_id, ultrasound_machine_id, overlap_reason. It ends up booked.
        """
        before = self.status
        for name, value in changes.items():
            setattr(self, name, value)
        self.status = S.BOOKED
        self.calendar_sequence += 1
        self.patient_answer, self.answered_at, self.obstacle_since = "", None, None
        names = [name.removesuffix("_id") for name in changes]
        names += ["status", "calendar_sequence", "patient_answer", "answered_at", "obstacle_since"]
        self.save(update_fields=names)
        self.log_change(from_status=before, to_status=self.status, by=by, note=note, at=at)

    def _move_to(self, status, *, by, note="", at=None):
        """Repeating a move does nothing; one that is not in the table, or lost to a rival, raises MoveNotAllowed."""
        if self.status == status:
            return
        if not self.may_move_to(status):
            raise MoveNotAllowed
        try:
            with transaction.atomic():
                if not Appointment.objects.filter(pk=self.pk, status=self.status).update(status=status):
                    raise MoveNotAllowed
                self.log_change(from_status=self.status, to_status=status, by=by, note=note, at=at)
        except IntegrityError as error:  # PostgreSQL: somebody else has taken this time
            raise MoveNotAllowed from error
        self.status = status

    def log_change(self, *, from_status, to_status, by, note="", at=None):
        self.status_changes.create(
            from_status=from_status, to_status=to_status, by=by, note=note, at=at or timezone.now()
        )
