"""The addresses open to anybody, as the sitemap lists them."""

import re
from urllib.parse import urlsplit

from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from aftercare.management.commands.seed_demo import FIXTURES
from tests import factories


def load_words():
    """All the demo's texts, and somebody who works here."""
    call_command("loaddata", *FIXTURES, verbosity=0)
    factories.room(), factories.machine()
    ada = factories.practitioner(ultrasound=True)
    ada.name = "Dr Ada Lind"
    ada.save()


def addresses():
    listed = re.findall(r"<loc>(.*?)</loc>", Client().get(reverse("sitemap")).content.decode())
    return [urlsplit(address).path for address in listed]
