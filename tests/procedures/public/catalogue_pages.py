"""The public pages as a visitor sees them: which there are, and what they say."""

import html
import re

import pytest
from django.core.management import call_command
from django.urls import reverse

CATALOGUE = ["visit_types", "pages", "glossary", "regions", "body_areas", "muscles", "pain_patterns", "drugs", "risks"]
CATALOGUE += ["procedures", "procedure_questions", "protocols", "the_clinic"]
REGIONS = ["head", "neck_spine", "chest", "lower_back", "shoulder_arm", "hip_leg"]
PROCEDURES = ["trigger-point-block", "ultrasound-guided-block"]
WRITTEN_PAGES = ["home", "trigger-points", "where-does-it-hurt", "procedures", "risks", "aftercare", "people"]
PAGES = [
    *[(name, []) for name in [*WRITTEN_PAGES, "glossary", "clinic"]],
    *[("region", [key]) for key in REGIONS],
    *[("procedure", [slug]) for slug in PROCEDURES],
]
every_page = pytest.mark.parametrize(
    ("name", "arguments"), PAGES, ids=["-".join([name, *rest]) for name, rest in PAGES]
)


def load_catalogue():
    call_command("loaddata", *CATALOGUE, verbosity=0)


EXPLAINED = re.compile(r'<a class="term"[^>]*>([^<]*)</a>')


def read(client, name, arguments=(), query=""):
    """The page's HTML with readable text: apostrophes, not entities; words of the glossary without links."""
    response = client.get(reverse(name, args=arguments) + query)
    assert response.status_code == 200
    return html.unescape(" ".join(EXPLAINED.sub(r"\1", response.content.decode()).split()))
