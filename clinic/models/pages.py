"""The texts of the public pages: data that the manager edits, not templates that a programmer edits."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Page(models.Model):
    """One public page's title and opening sentence; the address is fixed by its view."""

    slug = models.SlugField(_("address"), unique=True)
    title = models.CharField(_("title"), max_length=120)
    lead = models.TextField(_("opening sentence"))

    class Meta:
        ordering = ["slug"]

    def __str__(self):
        return self.title


class PageSection(models.Model):
    """One idea on a page. In the body an empty line separates paragraphs; lines that start with "- " make a list."""

    page = models.ForeignKey(Page, models.CASCADE, related_name="sections")
    slug = models.SlugField(_("anchor"))
    heading = models.CharField(_("heading"), max_length=120)
    body = models.TextField(_("text"))
    position = models.PositiveSmallIntegerField(_("place on the page"), default=0)
    claims = models.JSONField(_("numbers of the clinic's own statements said here"), default=list, blank=True)

    class Meta:
        ordering = ["page", "position"]
        constraints = [models.UniqueConstraint(fields=["page", "slug"], name="page_section_slug_once_per_page")]

    def __str__(self):
        return self.heading


class GlossaryTerm(models.Model):
    """A word of the field and what it means, in one sentence for a 10-year-old."""

    slug = models.SlugField(unique=True)
    term = models.CharField(_("word"), max_length=60)
    meaning = models.CharField(_("meaning"), max_length=300)

    class Meta:
        ordering = ["term"]

    def __str__(self):
        return self.term
