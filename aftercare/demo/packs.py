"""The demo's packs. Their numbers begin with 02, which GS1 leaves to shops for their goods: no real pack has them."""

from datetime import timedelta

from procedures.models import Preparation
from procedures.records import pack_codes

GTINS = {"bupi025": "02000000000015", "lido1": "02000000000022", "ropi02": "02000000000039"}
UNCONFIRMED = "ropi02"
NAMED_BEFORE, CONFIRMED_BEFORE, YESTERDAY = timedelta(days=140), timedelta(days=139), timedelta(days=1)


def name_packs(team, moment):
    """Named by one physician, all but one confirmed by another."""
    first, second = (physician.user for physician in team.physicians[:2])
    for preparation in Preparation.objects.filter(slug__in=GTINS).order_by("slug"):
        is_new = preparation.slug == UNCONFIRMED
        named_at = moment.now - (YESTERDAY if is_new else NAMED_BEFORE)
        code = pack_codes.name(GTINS[preparation.slug], preparation, by=first, at=named_at)
        if not is_new:
            pack_codes.confirm(code, by=second, at=moment.now - CONFIRMED_BEFORE)
