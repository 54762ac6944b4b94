"""Whose page it is, on pages that a message's link leads to."""

from django import template

from clinic.messaging import addressees

register = template.Library()


@register.simple_tag
def whose(patient):
    """`name` and `is_child` of the patient: enough for the family, little for a stranger who has the link."""
    return addressees.on_page(patient)


@register.inclusion_tag("components/people/_for_whom.html")
def for_whom(patient):
    return {"whose": addressees.on_page(patient)}
