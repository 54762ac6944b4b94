"""Who works here, as what, from when until when. Every right of a colleague hangs on it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """Groups of the same name carry the permissions; a patient needs no group, only a `PatientAccess`."""

    DESK = "desk", _("Front desk")
    PHYSICIAN = "physician", _("Physician")
    PHYSIOTHERAPIST = "physiotherapist", _("Physiotherapist")
    MANAGER = "manager", _("Manager")


TREATING_ROLES = [Role.PHYSICIAN, Role.PHYSIOTHERAPIST]


class EmploymentQuerySet(models.QuerySet):
    def covering(self, instant):
        """Those that had begun and not ended at this instant (a time, or an expression of the database)."""
        return self.filter(since__lte=instant).filter(Q(until=None) | Q(until__gt=instant))

    def current(self, *, at):
        """Those that give rights at `at`. Whoever treats patients needs the mark "works here" on their person, too."""
        left = Q(role__in=TREATING_ROLES, user__practitioner__is_active=False)
        return self.covering(at).exclude(left)

    def to_end(self, *, at):
        """Those that an end may still be given or that end later, whatever rights they give meanwhile."""
        return self.filter(Q(until=None) | Q(until__gt=at))


class Employment(models.Model):
    """From when until when somebody works here in one role.

    Never deleted: who comes back, or changes the role, gets a new one. One that ends in the future gives its
    rights until then.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="employments")
    role = models.CharField(_("works as"), max_length=20, choices=Role)
    since = models.DateTimeField(default=timezone.now)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    until = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    why_ended = models.CharField(_("why it ends"), max_length=300, blank=True)

    objects = EmploymentQuerySet.as_manager()

    class Meta:
        ordering = ["since", "pk"]
        default_permissions = ["view", "change"]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="employment_role_is_known"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="employment_ends_after_it_begins"
            ),
            models.UniqueConstraint(
                fields=["user", "role"], condition=Q(until=None), name="one_open_employment_per_person_and_role"
            ),
        ]

    def __str__(self):
        return f"{self.user}: {self.get_role_display()}"
