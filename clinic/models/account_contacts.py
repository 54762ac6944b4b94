from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from clinic.models.patients import ContactSystem


class AccountContactQuerySet(models.QuerySet):
    def current(self):
        return self.filter(until=None)


class AccountContact(models.Model):
    """An e-mail address or a phone by which somebody signs in with a code. It opens one account at a time.

    `proved_at` is when a code to it was last typed; None while an account that was made for it waits for that. Ended,
    never deleted. E-mail addresses are in small letters, phones as E.164 writes them.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="contacts")
    system = models.CharField(max_length=10, choices=ContactSystem)
    value = models.CharField(max_length=254)
    since = models.DateTimeField(default=timezone.now, editable=False)
    proved_at = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)

    objects = AccountContactQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["value", "system"], condition=Q(until=None), name="account_contact_opens_one_account"
            ),
            models.CheckConstraint(condition=~Q(value=""), name="account_contact_has_a_value"),
            models.CheckConstraint(
                condition=Q(system__in=ContactSystem.values), name="account_contact_system_is_known"
            ),
        ]

    def __str__(self):
        return self.value

    @property
    def place(self):
        """Equal for two that lead to one place; as `PatientContact.place`."""
        return self.system, self.value.lower()

    @property
    def is_email(self):
        return self.system == ContactSystem.EMAIL
