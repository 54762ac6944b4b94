"""What search engines may know about a public page, in terms of schema.org: only what the page itself says."""

import json

from django.conf import settings
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe

# Escaped as in Django's json_script: nothing in the data ends the element or begins another.
ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def absolute(address):
    return f"{settings.SITE_URL}{address}"


def element(*things):
    """A block of data. No browser executes it, so the policy against inline scripts does not concern it."""
    graph = {"@context": "https://schema.org", "@graph": [without_empty(thing) for thing in things]}
    text = json.dumps(graph, ensure_ascii=False, default=str).translate(ESCAPES)
    data = mark_safe(text)  # noqa: S308 - it can neither end the element nor begin another
    return format_html('<script type="application/ld+json">{}</script>', data)


def without_empty(thing):
    """Leaves out what is not known."""
    return {name: value for name, value in thing.items() if value not in (None, "", [], {})}


def clinic_reference():
    return {"@id": absolute("/#clinic")}


def clinic(days=()):
    """The clinic, and its opening hours on the days that the page shows (`opening_hours.Day`)."""
    return {
        "@type": "MedicalClinic",
        **clinic_reference(),
        "name": settings.CLINIC_NAME,
        "url": absolute("/"),
        "telephone": settings.CLINIC_PHONE,
        "email": settings.CLINIC_EMAIL,
        "address": settings.CLINIC_ADDRESS,
        "image": absolute(static("img/share.png")),
        "logo": absolute(static("img/icon-512.png")),
        "openingHoursSpecification": [hours for day in days for hours in _hours(day)],
    }


def _hours(day):
    """Hours of one date; a day without any is closed from midnight to midnight, as schema.org says it."""
    closed = [("00:00", "00:00")]
    stretches = [(_clock(stretch.starts_at), _clock(stretch.ends_at)) for stretch in day.stretches]
    for opens, closes in stretches or closed:
        yield {
            "@type": "OpeningHoursSpecification",
            **{"validFrom": day.day, "validThrough": day.day},
            **{"opens": opens, "closes": closes},
        }


def _clock(instant):
    return f"{timezone.localtime(instant):%H:%M}"


def person(practitioner, credentials=()):
    """Someone who treats patients: a physician, or a person with another profession."""
    return {
        "@type": "Physician" if practitioner.is_physician else "Person",
        "name": practitioner.name,
        "url": absolute(practitioner.get_absolute_url()),
        "image": absolute(practitioner.photo.url) if practitioner.photo else None,
        "description": practitioner.about,
        "knowsLanguage": practitioner.language_list,
        "jobTitle": None if practitioner.is_physician else practitioner.get_role_display(),
        "parentOrganization" if practitioner.is_physician else "worksFor": clinic_reference(),
        "hasCredential": [
            {"@type": "EducationalOccupationalCredential", "name": each.name, "validUntil": each.valid_to}
            if each.valid_to
            else {"@type": "EducationalOccupationalCredential", "name": each.name}
            for each in credentials
        ],
    }
