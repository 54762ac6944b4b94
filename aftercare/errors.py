"""The errors raised when a rule of the days after refuses an act."""

from django.utils.translation import gettext_lazy as _

from clinic.errors import DomainError


class AlreadyAnswered(DomainError):
    sentence = _("You have answered here already. Has something changed?")
