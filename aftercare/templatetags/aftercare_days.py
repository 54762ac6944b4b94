"""The first week after a block, drawn for readers from the protocol in force."""

from dataclasses import dataclass

from django import template
from django.utils.translation import gettext as _

from aftercare.models import AftercareProtocol

register = template.Library()
DAYS = 8  # today and seven more
LEFT, DAY_WIDTH = 8, 43  # of the drawing, in its own units


@dataclass(frozen=True)
class DayMark:
    """One day of the drawing: where it begins, and what it shows."""

    label: str
    x: int
    middle: float


@register.inclusion_tag("public/website/_first_week.html")
def first_week(definition):
    """Hours without lifting and days to physiotherapy as for a visit today."""
    protocol = AftercareProtocol.objects.for_definition(definition)
    if protocol is None:
        return {"protocol": None}
    lifting_day = -(-protocol.lifting_hours // 24)
    return {
        "protocol": protocol,
        "lifting_day": lifting_day,
        "still_no_lifting_tomorrow": protocol.lifting_hours > 24,
        "marks": [
            DayMark(label=_("Today") if not day else str(day), x=_at(day), middle=_at(day + 0.5)) for day in range(DAYS)
        ],
        "lifting_width": round(DAY_WIDTH * protocol.lifting_hours / 24),
        "week_width": DAY_WIDTH * DAYS,
        "physiotherapy_from": _at(1),
        "physiotherapy_width": DAY_WIDTH * (min(protocol.physiotherapy_days, DAYS - 1)),
        "left": LEFT,
    }


def _at(day):
    return LEFT + DAY_WIDTH * day
