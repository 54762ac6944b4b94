"""Synonyms of the words on the public pages."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


class Synonyms(models.Model):
    """Words that a visitor may use for the same thing: a search for one of them finds the others, too."""

    words = models.CharField(
        _("words that mean the same"),
        max_length=300,
        unique=True,
        help_text=_("With commas between them, the word of our pages first: physiotherapist, physio, physical therapy"),
    )

    class Meta:
        ordering = ["words"]
        verbose_name = verbose_name_plural = _("words that mean the same")

    def __str__(self):
        return self.words

    def clean(self):
        if len(self.word_list) < 2:
            raise ValidationError({"words": _("Write two words or more, with commas between them.")})

    @property
    def word_list(self):
        return [word.strip() for word in self.words.split(",") if word.strip()]
