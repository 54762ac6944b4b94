"""What one person alone may not do: go over a dose limit, for one, or void a signed record."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.models import Appointment
from procedures.models.records import Procedure


class SecondApproval(models.Model):
    """Why a second physician allows what one alone may not do, for exactly what they were shown. Never changed.

    `kind` is the code of the owner who asks for it: a dose above the limits, for one.
    """

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="second_approvals")
    kind = models.CharField(max_length=20, default="dose", db_default="dose")
    # As it was shown; "" in the oldest, which are about the share of a limit.
    sentence = models.CharField(_("what was allowed"), max_length=500, default="", db_default="", blank=True)
    reason = models.CharField(_("reason"), max_length=500)
    # Fingerprint of what was allowed, as `second_person.version_of` computes it: anything else needs another reason.
    version = models.CharField(max_length=64)
    share = models.DecimalField(_("share of the limit"), max_digits=6, decimal_places=3, null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="second_approval_has_a_reason"),
            models.UniqueConstraint(fields=["procedure", "kind", "version", "by"], name="second_approval_once"),
        ]

    def __str__(self):
        return f"{self.sentence or self.share}: {self.reason}"


class Injected(models.TextChoices):
    """Was it injected? On this hang the dose, the recall, the repeat guard and the days after."""

    AS_WRITTEN = "as-written", _("Yes, as it is written")
    OTHERWISE = "otherwise", _("Yes, but otherwise than it is written")
    NOBODY = "nobody", _("No, nobody was injected")
    ANOTHER = "another", _("No, another patient was")


class VoidRequest(models.Model):
    """One physician says that a signed record is wrong as a whole; once another agrees, it is void."""

    procedure = models.OneToOneField(Procedure, models.PROTECT, related_name="void_request")
    reason = models.CharField(_("why it is wrong"), max_length=500)
    # "" only for what was voided before anybody was asked: it counts as if it had been injected.
    injected = models.CharField(
        _("was it injected"), max_length=10, choices=Injected, blank=True, default="", db_default=""
    )
    # The visit of the other patient, if anybody knows who was injected. No way back from there: the request is of the
    # record's patient, and goes neither with the other one's data nor with their removal.
    injected_visit = models.ForeignKey(Appointment, models.PROTECT, null=True, blank=True, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    agreed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="void_request_has_a_reason"),
            models.CheckConstraint(
                condition=Q(injected__in=["", *Injected.values], injected_visit=None)
                | Q(injected=Injected.ANOTHER, injected_visit__isnull=False),
                name="void_request_says_whether_it_was_injected",
            ),
            models.CheckConstraint(
                condition=Q(agreed_at=None, agreed_by=None)
                | (Q(agreed_at__isnull=False, agreed_by__isnull=False) & ~Q(agreed_by=F("asked_by"))),
                name="void_needs_two_people",
            ),
        ]

    def __str__(self):
        return self.reason

    @property
    def is_as_written(self):
        return self.injected == Injected.AS_WRITTEN

    @property
    def is_into_its_patient(self):
        """This patient was injected, whether as written or otherwise."""
        return self.injected in (Injected.AS_WRITTEN, Injected.OTHERWISE)
