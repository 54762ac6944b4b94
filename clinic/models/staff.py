"""Who treats patients, and with which credentials."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from clinic.models import photos

TITLES = {"dr", "prof", "mr", "ms", "mrs", "med"}


class PractitionerRole(models.TextChoices):
    PHYSICIAN = "physician", _("Physician")
    PHYSIOTHERAPIST = "physiotherapist", _("Physiotherapist")


class PractitionerQuerySet(models.QuerySet):
    def active(self):
        return self.filter(is_active=True)


class Practitioner(models.Model):
    """A physician or physiotherapist of the clinic, as patients meet them."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True)
    name = models.CharField(_("name with title"), max_length=150)
    role = models.CharField(_("role"), max_length=20, choices=PractitionerRole)
    languages = models.CharField(_("languages"), max_length=150, blank=True)
    about = models.TextField(_("about, for patients"), blank=True)
    photo = models.ImageField(_("photo"), storage=photos.storage, blank=True)
    is_active = models.BooleanField(_("works here"), default=True)

    objects = PractitionerQuerySet.as_manager()

    class Meta:
        ordering = ["role", "name"]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=PractitionerRole.values), name="practitioner_role_is_known")
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("person", args=[self.slug])

    @property
    def is_physician(self):
        return self.role == PractitionerRole.PHYSICIAN

    @property
    def slug(self):
        """The name in the address of this person's page; the number there finds them under an old name, too."""
        return "-".join(filter(None, [slugify(self.name), str(self.pk)]))

    @property
    def initials(self):
        """From the first and last name, without titles."""
        names = [word for word in self.name.split() if word.lower().strip(".") not in TITLES] or [self.name]
        return "".join(dict.fromkeys([names[0][:1], names[-1][:1]])).upper()

    @property
    def small_photo_url(self):
        return self.photo.storage.url(photos.small_name(self.photo.name)) if self.photo else ""

    @property
    def language_list(self):
        return [language.strip() for language in self.languages.split(",") if language.strip()]

    def has_credential(self, kind, *, on):
        """Holds a credential of this kind on the clinic's civil day `on`."""
        return self.credentials.valid(on=on).filter(kind=kind).exists()


class CredentialKind(models.TextChoices):
    ULTRASOUND = "ultrasound-guided-injection", _("Ultrasound-guided injection")


class CredentialQuerySet(models.QuerySet):
    def valid(self, *, on):
        return self.filter(valid_from__lte=on).filter(Q(valid_to=None) | Q(valid_to__gte=on))


class Credential(models.Model):
    """A proof of skill, valid from its first to its last day, both included."""

    practitioner = models.ForeignKey(Practitioner, models.CASCADE, related_name="credentials")
    kind = models.CharField(_("kind"), max_length=40, choices=CredentialKind)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("last valid day"), null=True, blank=True)

    objects = CredentialQuerySet.as_manager()

    class Meta:
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="credential_ends_after_it_starts"
            )
        ]

    def __str__(self):
        return self.get_kind_display()
