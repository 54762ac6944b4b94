"""What people write to the clinic by SMS: kept as it came, with what it was taken for and whom it is about."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.models.patients import Patient


class TakenFor(models.TextChoices):
    """What the clinic took the words for. Only "stop" and "start" act by themselves; a person reads all others."""

    NOTHING_YET = "", _("just come in")
    STOP = "stop", _("no more reminders")
    START = "start", _("reminders again")
    RED = "red", _("sounds of an emergency")
    SYMPTOM = "symptom", _("sounds of symptoms")
    WORDS = "words", _("for a person to read")


class Whose(models.TextChoices):
    KNOWN = "known", _("of a patient")
    SHARED = "shared", _("several patients have this number")
    UNKNOWN = "unknown", _("nobody has this number")
    NOBODY = "nobody", _("of no patient")


UNDECIDED = [Whose.SHARED, Whose.UNKNOWN]


class IncomingMessageQuerySet(models.QuerySet):
    def undecided(self):
        """A person has to say whom they are about."""
        return self.filter(whose__in=UNDECIDED)

    def about(self, patient):
        return self.filter(pk__in=IncomingPatient.objects.current().filter(patient=patient).values("incoming"))

    def left_over(self, *, before):
        """Stored, and not taken up: the process that received them was stopped in between."""
        return self.filter(taken_up_at=None, received_at__lt=before)


class IncomingMessage(models.Model):
    """One SMS that somebody wrote to the clinic (HL7 FHIR R4 Communication). Number and words never change.

    `provider_reference` is the provider's own name for it, so that the same SMS told twice is kept once.
    """

    provider_reference = models.CharField(max_length=64, unique=True)
    number = models.CharField(max_length=64)
    body = models.TextField(blank=True)
    pictures = models.PositiveSmallIntegerField(default=0)  # that came with it; we do not take them
    received_at = models.DateTimeField(default=timezone.now)
    taken_up_at = models.DateTimeField(null=True, blank=True)
    taken_for = models.CharField(max_length=10, choices=TakenFor, blank=True, default=TakenFor.NOTHING_YET)
    whose = models.CharField(max_length=10, choices=Whose, default=Whose.UNKNOWN)
    decided_at = models.DateTimeField(null=True, blank=True)  # by a person
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    patients = models.ManyToManyField(Patient, through="IncomingPatient", related_name="+")

    objects = IncomingMessageQuerySet.as_manager()
    is_incoming = True  # beside the messages that went out

    class Meta:
        ordering = ["-received_at", "-pk"]
        indexes = [
            models.Index(fields=["number", "received_at"]),
            models.Index(fields=["received_at"]),
            models.Index(
                fields=["received_at"], condition=Q(whose__in=["shared", "unknown"]), name="incoming_undecided"
            ),
            models.Index(fields=["received_at"], condition=Q(taken_up_at=None), name="incoming_left_over"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(taken_for__in=TakenFor.values), name="incoming_taken_for_is_known"),
            models.CheckConstraint(condition=Q(whose__in=Whose.values), name="incoming_whose_is_known"),
            models.CheckConstraint(condition=~Q(provider_reference=""), name="incoming_has_a_reference"),
        ]

    def __str__(self):
        return f"{self.received_at:%Y-%m-%d %H:%M} {self.number}"

    @property
    def is_red(self):
        return self.taken_for == TakenFor.RED

    @property
    def is_undecided(self):
        return self.whose in UNDECIDED

    @property
    def is_shared(self):
        return self.whose == Whose.SHARED


class IncomingPatientQuerySet(models.QuerySet):
    def current(self):
        return self.filter(until=None)


class IncomingPatient(models.Model):
    """Whom an SMS is about. A wrong decision is ended, never deleted. `by` is None where only one has the number."""

    incoming = models.ForeignKey(IncomingMessage, models.PROTECT, related_name="about_patients")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="incoming_messages")
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = IncomingPatientQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["incoming", "patient"], condition=Q(until=None), name="incoming_is_about_a_patient_once"
            )
        ]

    def __str__(self):
        return f"{self.incoming} {self.patient}"
