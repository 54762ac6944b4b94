"""Words in an SMS that make it urgent, or a matter of symptoms. The manager keeps the list."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.models.patients import plain_words


class WordLevel(models.TextChoices):
    RED = "red", _("urgent: an answer at once, and somebody calls")
    SYMPTOM = "symptom", _("a symptom: after a procedure a physician sees it, too")


class SymptomWords(models.Model):
    """Words that stand in a message together, in any order; "*" takes any end: "lip* swell*" finds "swelling lips".

    Accents and capitals make no difference. "No fever" has the word "fever" in it: nobody trusts a machine with "no".
    """

    words = models.CharField(
        _("words"),
        max_length=100,
        unique=True,
        help_text=_("All of them must be in the message, in any order. A * takes any end: breath* finds breathing."),
    )
    level = models.CharField(_("what it means"), max_length=10, choices=WordLevel)
    language = models.CharField(_("language"), max_length=10, blank=True, help_text=_("For your own order: en, lt."))
    is_whole_message = models.BooleanField(
        _("only when the message says nothing else"), default=False, help_text=_('"Help" alone, not "help me to book".')
    )
    is_active = models.BooleanField(_("looked for"), default=True)

    class Meta:
        ordering = ["level", "language", "words"]
        verbose_name = _("words of an SMS that sound of symptoms")
        verbose_name_plural = _("words of an SMS that sound of symptoms")
        constraints = [
            models.CheckConstraint(condition=Q(level__in=WordLevel.values), name="symptom_words_level_is_known")
        ]

    def __str__(self):
        return self.words

    def clean(self):
        if not self.patterns:
            raise ValidationError({"words": _("Write at least one word with letters.")})

    @property
    def patterns(self):
        """(word, whether any end is right) of each word, as `plain_words` writes them."""
        return [(word, part.endswith("*")) for part in self.words.split() for word in plain_words(part)]

    def are_in(self, message):
        """Whether they are in a message, given as its `plain_words`."""
        patterns = self.patterns
        if not patterns or (self.is_whole_message and len(message) != len(patterns)):
            return False
        return all(any(_fits(word, *pattern) for word in message) for pattern in patterns)


def _fits(word, pattern, is_stem):
    return word.startswith(pattern) if is_stem else word == pattern
