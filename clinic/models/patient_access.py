"""Which account may act for which patient, as what, how that was proved, and why it ended."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from clinic.models.patients import Patient


class AccessRelation(models.TextChoices):
    """What somebody who may act for a patient is to them."""

    SELF = "self", _("the patient")
    FAMILY = "family", _("a family member")
    GUARDIAN = "guardian", _("a parent or guardian")
    LEGAL = "legal", _("a legal representative")
    HELPER = "helper", _("somebody the patient trusts")


class AccessProof(models.TextChoices):
    """How it was proved that this account may act for the patient."""

    CODE = "code", _("a code to an address that was booked with")
    BOOKED = "booked", _("booked for somebody new while signed in")
    DOCUMENT = "document", _("I saw an identity document")
    PAPERS = "papers", _("I saw an identity document, and papers that give this right")
    KNOWN = "known", _("I know the person, and saw them here")


class AccessEnd(models.TextChoices):
    """Why nobody acts by it any more."""

    DESK = "desk", _("taken back at the desk")
    PATIENT = "patient", _("taken back by the patient or who acts for them")
    OBJECTION = "objection", _("somebody who was told of it objected")
    ADDRESS = "address", _("the address is not the patient's any more")
    MERGE = "merge", _("two entries were joined, and this account could open one of them only")
    MERGED = "merged", _("the entry was joined with another")
    ANEW = "anew", _("given anew")
    AGE = "age", _("the child is of age")
    EXPIRED = "expired", _("the day until which it was given has passed")
    REMOVED = "removed", _("the patient's data were removed")


class PatientAccessQuerySet(models.QuerySet):
    def current(self, *, at=None):
        """Neither ended nor, at that instant (now if None), past the day until which it was given."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=at or timezone.now()), until=None)


class PatientAccess(models.Model):
    """Which account may act for which patient. Ended, never deleted, so an ended one is not given again by a code.

    Only `clinic.people.access` adds rows. `expires_at`: until when it was given, None for no such day; `until`: when it
    was ended. `granted_by` is the colleague who gave it after seeing the person, None if a code or a booking did;
    `holder` the name of whose account it is, as that colleague knows it; `note` what the desk wrote when it ended.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="patient_access")
    patient = models.ForeignKey(Patient, models.CASCADE, related_name="access")
    relation = models.CharField(max_length=10, choices=AccessRelation, default=AccessRelation.SELF)
    since = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    holder = models.CharField(max_length=100, blank=True, db_default="")
    proof = models.CharField(max_length=10, choices=AccessProof, blank=True, db_default="")
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    ended_why = models.CharField(max_length=10, choices=AccessEnd, blank=True, db_default="")
    note = models.CharField(max_length=200, blank=True, db_default="")

    objects = PatientAccessQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "patient"], condition=Q(until=None), name="one_open_access_per_user_and_patient"
            ),
            models.CheckConstraint(condition=Q(relation__in=AccessRelation.values), name="access_relation_is_known"),
            models.CheckConstraint(
                condition=Q(granted_by=None) | ~Q(proof=""), name="access_given_by_a_person_says_the_proof"
            ),
        ]

    def __str__(self):
        return f"{self.user} for {self.patient}"

    @property
    def is_current(self):
        return self.until is None and (self.expires_at is None or self.expires_at > timezone.now())

    @cached_property
    def address(self):
        """By which its account signs in."""
        if self.user.email:
            return self.user.email
        return next((contact.value for contact in self.user.contacts.all() if contact.until is None), "")

    @property
    def masked_address(self):
        """The same for others who know it: "r…@mail.example", "…567"."""
        name, at, domain = self.address.partition("@")
        return f"{name[:1]}…@{domain}" if at else f"…{name[-3:]}"
