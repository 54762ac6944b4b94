"""By which way a patient hears from the clinic, for pages that say so."""

from django import template

from clinic.messaging import preferences

register = template.Library()


@register.simple_tag
def reach_of(patient):
    """Where our messages to the patient go: a contact with `is_email` or `is_phone`, or None if none can go out."""
    return preferences.contact_for(patient, preferences.preference_of(patient))
