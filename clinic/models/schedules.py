"""When and where visits can take place: kinds of visit, rooms, machines, hours, absences."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clinic.models.staff import Practitioner, PractitionerRole


class Facility(models.Model):
    """What one visit at a time occupies besides people."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        abstract = True
        ordering = ["pk"]

    def __str__(self):
        return self.name


class Room(Facility):
    pass


class UltrasoundMachine(Facility):
    pass


class BookableBy(models.TextChoices):
    PATIENTS = "patients", _("Patients and desk")
    DESK = "desk", _("Desk only")


class VisitTypeQuerySet(models.QuerySet):
    def active(self):
        return self.filter(is_active=True)

    def for_patients(self):
        return self.active().filter(bookable_by=BookableBy.PATIENTS)


class VisitType(models.Model):
    """A kind of visit that can be booked (HL7 FHIR R4 HealthcareService)."""

    slug = models.SlugField(_("address"), unique=True)
    name = models.CharField(_("name"), max_length=100)
    description = models.TextField(_("what happens, for patients"), blank=True)
    what_to_bring = models.CharField(
        _("what to bring"),
        max_length=300,
        blank=True,
        help_text=_("A plain sentence for the reminder. Nothing about treatment: it is sent by e-mail."),
    )
    role = models.CharField(_("who does it"), max_length=20, choices=PractitionerRole)
    base_minutes = models.PositiveSmallIntegerField(_("minutes always needed"))
    minutes_per_site = models.PositiveSmallIntegerField(_("minutes for each injection site"), default=0)
    usual_sites = models.PositiveSmallIntegerField(_("usual number of sites"), default=0)
    ultrasound_setup_minutes = models.PositiveSmallIntegerField(_("minutes to set up ultrasound"), default=0)
    observation_minutes = models.PositiveSmallIntegerField(_("minutes of quiet time after"), default=0)
    needs_room = models.BooleanField(_("needs a room"), default=True)
    needs_ultrasound = models.BooleanField(_("needs an ultrasound machine"), default=False)
    bookable_by = models.CharField(_("who may book"), max_length=10, choices=BookableBy, default=BookableBy.PATIENTS)
    is_consultation = models.BooleanField(_("is a consultation"), default=False)
    needs_consultation_first = models.BooleanField(_("new patients need a consultation first"), default=False)
    notice_hours = models.PositiveSmallIntegerField(_("hours of notice before a visit"), default=2)
    horizon_days = models.PositiveSmallIntegerField(
        _("days ahead that can be booked"), default=84, validators=[MaxValueValidator(366)]
    )
    start_every_minutes = models.PositiveSmallIntegerField(
        _("minutes between possible starts"), default=15, validators=[MinValueValidator(5)]
    )
    position = models.PositiveSmallIntegerField(_("place in lists"), default=0)
    is_active = models.BooleanField(_("on offer"), default=True)

    objects = VisitTypeQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name"]
        constraints = [
            models.CheckConstraint(condition=Q(base_minutes__gt=0), name="visit_type_takes_time"),
            models.CheckConstraint(condition=Q(start_every_minutes__gte=5), name="visit_type_starts_5_minutes_apart"),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("book-times", args=[self.slug])

    def minutes_for(self, *, sites):
        """Whole minutes from start to the end of the quiet time, for this number of injection sites."""
        ultrasound = self.ultrasound_setup_minutes if self.needs_ultrasound else 0
        return self.base_minutes + self.minutes_per_site * sites + ultrasound + self.observation_minutes

    @property
    def minutes(self):
        return self.minutes_for(sites=self.usual_sites)

    @property
    def is_physiotherapy(self):
        return self.role == PractitionerRole.PHYSIOTHERAPIST

    @property
    def is_for_patients(self):
        """Patients may book it themselves."""
        return self.is_active and self.bookable_by == BookableBy.PATIENTS


class Weekday(models.IntegerChoices):
    """Numbers as in `datetime.date.weekday`."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class WorkingHoursQuerySet(models.QuerySet):
    def on(self, day):
        """Those in which somebody works on this civil day."""
        return self.valid_between(day, day).filter(weekday=day.weekday())

    def valid_between(self, first_day, last_day):
        """Valid on at least one of these days."""
        return self.not_over(on=first_day).filter(Q(valid_from=None) | Q(valid_from__lte=last_day))

    def not_over(self, *, on):
        """Valid on this day or a later one."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=on))


class WorkingHours(models.Model):
    """A period of one weekday, in the clinic's civil time, in which a practitioner sees patients."""

    practitioner = models.ForeignKey(Practitioner, models.CASCADE, related_name="working_hours")
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("until"))
    valid_from = models.DateField(_("from this day on"), null=True, blank=True)
    valid_until = models.DateField(_("last day"), null=True, blank=True)

    objects = WorkingHoursQuerySet.as_manager()

    class Meta:
        ordering = ["weekday", "starts"]
        verbose_name_plural = _("working hours")
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="working_hours_end_after_they_start"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="working_hours_weekday_is_known"),
        ]

    def __str__(self):
        return f"{self.get_weekday_display()} {self.starts:%H:%M}-{self.ends:%H:%M}"

    def are_valid_on(self, day):
        """Do they apply on this civil day?"""
        has_begun = self.valid_from is None or self.valid_from <= day
        has_ended = self.valid_until is not None and self.valid_until < day
        return self.weekday == day.weekday() and has_begun and not has_ended


class Absence(models.Model):
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    reason = models.CharField(_("reason"), max_length=150, blank=True)

    class Meta:
        abstract = True
        ordering = ["starts_at"]
        indexes = [models.Index(fields=["ends_at"])]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="%(class)s_ends_after_it_starts")
        ]

    def __str__(self):
        return self.reason or str(self._meta.verbose_name)


class TimeOff(Absence):
    """One practitioner is away."""

    practitioner = models.ForeignKey(Practitioner, models.CASCADE, related_name="time_off")

    class Meta(Absence.Meta):
        verbose_name_plural = _("time off")


class Closure(Absence):
    """The whole clinic is closed."""
