from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.scheduling import obstacles

register = template.Library()


@register.simple_tag
def booking_steps():
    return [_("Choose a time"), _("Who is coming"), _("Check"), _("Booked")]


@register.simple_tag
def what_is_uncertain(visit):
    """For the visit's patient: that it may not take place as planned; "" when it can, and without a visit."""
    return obstacles.FOR_PATIENTS if visit and obstacles.of([visit], at=timezone.now()) else ""
