"""The audit trail: who read or changed which patient's record, who signed in, and who was refused what."""

import hashlib
import ipaddress
import json
from datetime import UTC

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.models.audit_kinds import AUDIT_KINDS
from clinic.models.patients import Patient


class AuditAction(models.TextChoices):
    """HL7 FHIR R4 AuditEventAction."""

    CREATE = "C", _("wrote")
    READ = "R", _("read")
    UPDATE = "U", _("changed")
    EXECUTE = "E", _("did")


class DigestField(models.CharField):
    """The SHA-256 of what the event says, made by every kind of save."""

    def pre_save(self, model_instance, add):
        value = model_instance.digest_of_words()
        setattr(model_instance, self.attname, value)
        return value


class AuditEventQuerySet(models.QuerySet):
    def about_patients(self):
        """Without those that are about no patient, such as a sign-in."""
        return self.exclude(patient=None)

    def of_people(self, patients):
        """Of these patients, and of every entry that was merged into theirs, also over several merges."""
        entries = {patient.pk for patient in patients}
        while more := set(Patient.objects.filter(merged_into__in=entries).values_list("pk", flat=True)) - entries:
            entries |= more
        return self.filter(patient__in=entries)


class AuditEvent(models.Model):
    """Who did what, when and from where: to a patient's record or, with a `kind`, to an account or to the clinic.

    Written once, never changed: the database refuses it, and chains each event to the one before (`AuditLink`).
    """

    at = models.DateTimeField(default=timezone.now, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True)
    patient = models.ForeignKey(Patient, models.PROTECT, null=True, blank=True, related_name="audit_events")
    # Whom it was done to, if to an account: of whom a sign-in failed, whose role was changed.
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="audit_events"
    )
    action = models.CharField(max_length=1, choices=AuditAction)
    kind = models.CharField(max_length=30, blank=True, default="", db_default="")  # a code of AUDIT_KINDS
    what = models.CharField(max_length=100, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    digest = DigestField(max_length=64, editable=False, default="", db_default="")

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        permissions = [("search_audit_trail", "Can search the audit trail")]
        indexes = [
            models.Index(fields=["patient", "at"]),
            models.Index(fields=["by", "at"], name="audit_by_at"),
            models.Index(fields=["at"], name="audit_at"),
            models.Index(fields=["kind", "at"], condition=~Q(kind=""), name="audit_kind_at"),
        ]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.get_action_display()} {self.what}"

    @property
    def audit_kind(self):
        """None for what somebody did to a patient's record."""
        return AUDIT_KINDS.find(self.kind)

    @property
    def deed(self):
        """What was done, in words."""
        return self.audit_kind.label if self.audit_kind else self.kind or self.get_action_display()

    @property
    def nobody(self):
        """In place of a name: nothing but the app itself has no network address."""
        return _("not signed in") if self.address else _("the app")

    def digest_of_words(self):
        """What `digest` was when the row was written: the same on every database, in hexadecimal."""
        words = [
            self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            *(self.by_id, self.patient_id, self.account_id),
            *(self.action, self.kind, str(self.what)),
            self.address and ipaddress.ip_address(self.address).packed.hex(),
        ]
        return hashlib.sha256(json.dumps(words).encode()).hexdigest()


class AuditLink(models.Model):
    """The place of one event in the chain. Triggers of the database write it, when the event is committed.

    Numbers have no gaps. `hash` is the SHA-256, in hexadecimal, of the hash before, `number`, the event's key and its
    digest, with a space between: whoever changes, removes or inserts an event must change every hash after it.
    Number 0 is there if there were events before the chain began: its hash is of how many, and the last key.
    """

    number = models.PositiveBigIntegerField(primary_key=True)
    event = models.OneToOneField(AuditEvent, models.PROTECT, null=True, related_name="link")
    hash = models.CharField(max_length=64)

    def __str__(self):
        return f"{self.number} {self.hash[:8]}"
