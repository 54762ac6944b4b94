"""Changes of clinical words and numbers: proposed in the catalogue, in force once a physician has approved them."""

from django.apps import apps
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ChangeVerb(models.TextChoices):
    ADD = "add", _("new")
    CHANGE = "change", _("changed")
    DELETE = "delete", _("removed")
    AS_IT_IS = "as-it-is", _("as it is")


class ClinicalChangeQuerySet(models.QuerySet):
    def open(self):
        """Those that nobody has decided on."""
        return self.filter(decided_at=None)

    def approved(self):
        return self.filter(was_approved=True)

    def about(self, row):
        """Those of one row of the catalogue."""
        return self.filter(model=row._meta.label_lower, row=str(row.pk))


class ClinicalChange(models.Model):
    """A row of the catalogue as it was and as it is to be, with the rows that belong to it, as Django serialises them.

    Decided once, by a physician, with name and time; never changed after that.
    """

    model = models.CharField(max_length=100)
    row = models.CharField(max_length=100, blank=True)  # its key; empty for a new one until it is approved
    title = models.CharField(max_length=200)
    verb = models.CharField(max_length=10, choices=ChangeVerb)
    before = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    after = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    # Which fields records relied on when it was proposed: once they rely on more, it cannot be approved.
    fixed = models.JSONField(default=list)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    was_approved = models.BooleanField(null=True, blank=True)
    note = models.CharField(_("why not"), max_length=300, blank=True)

    objects = ClinicalChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-proposed_at", "-pk"]
        default_permissions = []
        permissions = [("approve_clinical_change", "Can approve changes of clinical words and numbers")]
        indexes = [models.Index(fields=["model", "row"], name="clinical_change_of_a_row")]
        constraints = [
            models.CheckConstraint(condition=Q(verb__in=ChangeVerb.values), name="clinical_change_verb_is_known"),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, was_approved=None)
                | Q(decided_at__isnull=False, decided_by__isnull=False, was_approved__isnull=False),
                name="clinical_change_decided_says_by_whom",
            ),
            models.CheckConstraint(
                condition=~Q(was_approved=False) | ~Q(note=""), name="clinical_change_refused_says_why"
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def model_class(self):
        return apps.get_model(self.model)

    @property
    def kind(self):
        """What such a row is called in the catalogue."""
        return self.model_class._meta.verbose_name

    @property
    def is_open(self):
        return self.decided_at is None
