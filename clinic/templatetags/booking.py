from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_tag
def booking_steps():
    return [_("Choose a time"), _("Who is coming"), _("Check"), _("Booked")]
