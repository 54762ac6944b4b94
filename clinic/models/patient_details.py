"""The rest of a patient's file: what a clinic needs besides name and birth date, and what it was before."""

from django.conf import settings
from django.conf.global_settings import LANGUAGES
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clinic.models.patients import Patient, PatientsRowsQuerySet

# What is changed besides the columns of the file
OTHER_CHANGES = {"identifier": _("document"), "email": _("e-mail"), "phone": _("phone")}
SAID = 300  # characters of a value in the trail


def spoken():
    """Code and name of each language. A function, so that a new one needs no migration."""
    return sorted(((code, gettext(name)) for code, name in LANGUAGES if "-" not in code), key=lambda each: each[1])


class IdentifierKind(models.TextChoices):
    """What a number that a country gives to a person stands on (HL7 FHIR R4 identifier types, those used here)."""

    NATIONAL = "national", _("national or tax number")
    HEALTH = "health", _("national health number")
    PASSPORT = "passport", _("passport")
    ID_CARD = "id-card", _("identity card")
    OTHER = "other", _("another document")


class PatientDetailsQuerySet(PatientsRowsQuerySet):
    seen_with = "clinic.view_any_patient"


class PatientDetails(models.Model):
    """What the desk has written about one patient; no row while it has written nothing."""

    patient = models.OneToOneField(Patient, models.PROTECT, related_name="details")
    identifier_kind = models.CharField(_("document"), max_length=10, choices=IdentifierKind, blank=True)
    # Encrypted: the database alone tells nobody's number. By its keyed hash the desk still finds it.
    identifier_sealed = models.BinaryField(null=True, blank=True)
    identifier_mark = models.CharField(max_length=64, blank=True, editable=False)
    language = models.CharField(_("language"), max_length=10, choices=spoken, blank=True)
    needs_interpreter = models.BooleanField(_("needs an interpreter"), default=False)
    address = models.TextField(_("address"), max_length=300, blank=True)
    insurer = models.CharField(_("insurer"), max_length=100, blank=True)
    insurance_number = models.CharField(_("insurance number"), max_length=50, blank=True)
    gp = models.CharField(_("general practitioner"), max_length=150, blank=True)
    gp_phone = models.CharField(_("phone of the general practitioner"), max_length=30, blank=True)
    kin = models.CharField(_("next of kin"), max_length=150, blank=True)
    kin_phone = models.CharField(_("phone of the next of kin"), max_length=30, blank=True)
    desk_notes = models.TextField(_("notes for the desk"), max_length=1000, blank=True)

    objects = PatientDetailsQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "patient details"
        indexes = [
            models.Index(fields=["identifier_mark"], condition=~Q(identifier_mark=""), name="patient_identifier_mark")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(identifier_kind="", identifier_mark="", identifier_sealed=None)
                | (Q(identifier_sealed__isnull=False) & ~Q(identifier_kind="") & ~Q(identifier_mark="")),
                name="patient_identifier_is_whole",
            )
        ]

    def __str__(self):
        return str(self.patient)


class PatientChange(models.Model):
    """One value that was corrected: what it was, who corrected it, when and why. Written once, never changed."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="changes")
    field = models.CharField(max_length=30)
    before = models.CharField(max_length=SAID, blank=True)
    after = models.CharField(max_length=SAID, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    at = models.DateTimeField(default=timezone.now, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["field", "before"], name="patient_change_was")]

    def __str__(self):
        return f"{self.field}: {self.before} → {self.after}"

    @property
    def label(self):
        """What was changed, in words."""
        names = {field.name: field.verbose_name for row in (Patient, PatientDetails) for field in row._meta.fields}
        return str({**names, **OTHER_CHANGES}.get(self.field, self.field)).capitalize()
