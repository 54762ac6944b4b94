"""Who was asked to work here, and has not chosen a password yet."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from clinic.models.employment import TREATING_ROLES, Role
from clinic.models.staff import Practitioner


class InvitationQuerySet(models.QuerySet):
    def open(self):
        """Neither accepted nor withdrawn, whether or not its link is still good."""
        return self.filter(accepted_at=None, withdrawn_at=None)


class Invitation(models.Model):
    """A manager asks somebody to work here in one role. The link that is mailed works once, until `good_until`."""

    email = models.EmailField(_("e-mail address"))
    name = models.CharField(_("name"), max_length=150)
    role = models.CharField(_("works as"), max_length=20, choices=Role)
    # Whom patients know already, without an account; for those who treat patients only.
    practitioner = models.ForeignKey(Practitioner, models.PROTECT, null=True, blank=True, related_name="+")
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    # 1 for the first link; each that is sent again makes those before it useless.
    sending = models.PositiveSmallIntegerField(default=1)
    good_until = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        default_permissions = []
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="invitation_role_is_known"),
            models.CheckConstraint(
                condition=Q(practitioner=None) | Q(role__in=TREATING_ROLES), name="invitation_of_who_treats_patients"
            ),
            models.CheckConstraint(condition=Q(good_until__gt=F("invited_at")), name="invitation_is_good_for_a_time"),
            models.UniqueConstraint(
                Lower("email"),
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="one_open_invitation_per_address",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def treats_patients(self):
        return self.role in TREATING_ROLES

    def is_good(self, *, at):
        """Its newest link can be used."""
        return self.accepted_at is None and self.withdrawn_at is None and at < self.good_until
