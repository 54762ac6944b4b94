"""The addresses for search engines: all public pages, and nothing else."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import NoReverseMatch, reverse

from clinic.models import Practitioner, VisitType
from clinic.website import public_pages
from procedures.models import BodyRegion, ProcedureDefinition


class PublicSitemap(Sitemap):
    """Uses this installation's own address, whatever host name was requested."""

    def get_protocol(self, protocol=None):
        return urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site=None):
        return urlsplit(settings.SITE_URL).netloc


class Pages(PublicSitemap):
    """Pages that exist once."""

    def items(self):
        return [address for name in public_pages.names() if (address := self._address(name))]

    def location(self, item):
        return item

    @staticmethod
    def _address(name):
        try:
            return reverse(name)
        except NoReverseMatch:
            return None


class Regions(PublicSitemap):
    def items(self):
        return BodyRegion.objects.all()


class Procedures(PublicSitemap):
    def items(self):
        return ProcedureDefinition.objects.filter(is_active=True)

    def lastmod(self, item):
        return item.reviewed_on


class Times(PublicSitemap):
    def items(self):
        return VisitType.objects.for_patients()


class People(PublicSitemap):
    def items(self):
        return Practitioner.objects.active()


SITEMAPS = {"pages": Pages, "regions": Regions, "procedures": Procedures, "times": Times, "people": People}
