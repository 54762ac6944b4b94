"""What a patient agrees to before the needle."""

import hashlib

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.models import Patient, PatientsRowsQuerySet
from procedures.models.plans import ProcedurePlan


def sha256_of_consent(words, drawn):
    """Of all that is read; without drawings the hash of the words alone."""
    return hashlib.sha256("\n\n".join(filter(None, [words, drawn])).encode()).hexdigest()


class ConsentText(models.Model):
    """The pieces that a consent is composed of. New wording is a new version; old consents keep theirs."""

    version = models.PositiveSmallIntegerField(_("version"), unique=True)
    is_current = models.BooleanField(_("in use"), default=False)
    what_happens = models.TextField(_("what happens"))
    what_happens_dry = models.TextField(_("what happens in dry needling"), blank=True, db_default="")
    benefit = models.TextField(_("what it may bring"))
    alternatives = models.TextField(_("what else there is, nothing included"))
    alternatives_dry = models.TextField(_("what else there is, to dry needling"), blank=True, db_default="")
    with_ultrasound = models.TextField(_("with ultrasound"))
    by_touch = models.TextField(_("by touch"))
    near_lung = models.TextField(_("near the lung"))
    off_label_steroid = models.TextField(_("steroid outside its label"))
    on_thinner = models.TextField(_("for who takes a blood thinner"), blank=True, db_default="")
    images = models.TextField(_("pictures that are kept"))
    your_right = models.TextField(_("you may ask, and say no at any time"))
    source = models.CharField(_("source"), max_length=400, blank=True)

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_current"], condition=Q(is_current=True), name="one_current_consent_text"
            )
        ]

    def __str__(self):
        return f"v{self.version}"


class SignedAs(models.TextChoices):
    """What the person who signed is to the patient. Empty on consents from before this was asked."""

    PATIENT = "patient", _("the patient")
    GUARDIAN = "guardian", _("a parent or guardian")
    LEGAL = "legal", _("a legal representative")


class BodyDrawing(models.Model):
    """The body as consents draw it, one row for each drawing that was ever signed under: kept, never changed."""

    sha256 = models.CharField(max_length=64, unique=True)
    outline = models.TextField()

    def __str__(self):
        return self.sha256[:12]


class ConsentQuerySet(PatientsRowsQuerySet):
    seen_with = "procedures.view_consent"

    def standing(self):
        return self.filter(withdrawn_at=None)


class Consent(models.Model):
    """The text a patient read and signed for one plan (HL7 FHIR R4 Consent), with what was drawn beside it (JSON, as
    `consent.drawings` writes it; "" before there were pictures), and the SHA-256 of both.

    Text and signature never change. It may be confirmed on the day, and withdrawn at any time. Where another name than
    the patient's was signed, and nobody here knows that person, a colleague sees who it is (`signer_seen_by`).
    """

    plan = models.ForeignKey(ProcedurePlan, models.PROTECT, related_name="consents")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="consents")
    text = models.ForeignKey(ConsentText, models.PROTECT)
    language = models.CharField(_("language"), max_length=10, default="en")
    interpreter = models.CharField(_("interpreter"), max_length=150, blank=True)
    words = models.TextField(_("what was read"))
    drawn = models.TextField(_("what was drawn"), blank=True, db_default="")
    words_sha256 = models.CharField(max_length=64)
    signed_name = models.CharField(_("name of the person who signed"), max_length=200)
    signed_as = models.CharField(_("who signed"), max_length=10, choices=SignedAs, blank=True, db_default="")
    is_signer_known = models.BooleanField(default=False, db_default=False)
    signed_at = models.DateTimeField(default=timezone.now)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # True when it was signed on a device of the clinic, with a colleague's account.
    signed_here = models.BooleanField(default=False)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    signer_seen_at = models.DateTimeField(null=True, blank=True)
    signer_seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["-signed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan"], condition=Q(withdrawn_at=None), name="one_standing_consent"),
            models.CheckConstraint(condition=~Q(signed_name="") & ~Q(words=""), name="consent_has_words_and_name"),
            models.CheckConstraint(
                condition=Q(confirmed_at=None, confirmed_by=None)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="consent_confirmed_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(signer_seen_at=None, signer_seen_by=None)
                | Q(signer_seen_at__isnull=False, signer_seen_by__isnull=False),
                name="consent_signer_seen_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(signed_as__in=["", *SignedAs.values]), name="consent_signed_as_is_known"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="consent_withdrawn_says_by_whom",
            ),
        ]

    def __str__(self):
        return f"{self.signed_name} {self.signed_at:%Y-%m-%d}"


class ReplyKind(models.TextChoices):
    NO = "no", _("no")
    QUESTION = "question", _("a question")


class ConsentReply(models.Model):
    """What a patient said about a plan instead of signing: no, or a question in their words. Written once."""

    plan = models.ForeignKey(ProcedurePlan, models.PROTECT, related_name="replies")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="consent_replies")
    kind = models.CharField(_("what was said"), max_length=10, choices=ReplyKind)
    words = models.CharField(_("your question"), max_length=500, blank=True)
    said_at = models.DateTimeField(default=timezone.now)
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["-said_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ReplyKind.values), name="consent_reply_kind_is_known"),
            models.CheckConstraint(
                condition=~Q(kind=ReplyKind.QUESTION) | ~Q(words=""), name="consent_question_has_words"
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.said_at:%Y-%m-%d}"
