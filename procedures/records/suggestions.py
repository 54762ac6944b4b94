"""What the record's page offers, so that nobody types what the clinic knows: lots, needles, patterns of sites."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from procedures.models import DrugAdministration, Procedure, ProcedurePlan, ProcedureStatus, Side, SiteSet
from procedures.records import pack_codes

RECENT_DAYS = 90
LOTS_OF_ONE_PRODUCT = 4
# Gauge and length in mm.
COMMON_NEEDLES = [(27, 25), (25, 38), (21, 50), (22, 89)]
MAX_ADDED = 24
COPIED_FIELDS = ["guidance", "needle_gauge", "needle_length_mm"]


@dataclass(frozen=True)
class Pattern:
    """Sites added with one tap. `value` is what its button sends: sites separated by commas, their fields by colons.

    The fields are muscle and side, and if known guidance, gauge and length of the needle. What the physician must
    check each time (depth, twitch, the patient's agreement) is never included.
    """

    name: str
    value: str


def patterns(appointment, *, user):
    """One tap each: what was planned, what was done last time, the clinic's sets."""
    return [*_planned(appointment, user), *_last_time(appointment, user), *_sets()]


def _planned(appointment, user):
    plan = ProcedurePlan.objects.visible_to(user).filter(appointment=appointment).prefetch_related("sites").first()
    if plan and plan.sites.all():
        sites = [f"{site.muscle_id}:{site.side}:{plan.guidance}" for site in plan.sites.all()]
        yield Pattern(_("As planned"), ",".join(sites))


def _last_time(appointment, user):
    records = Procedure.objects.visible_to(user).signed().filter(patient=appointment.patient_id)
    last = records.exclude(appointment=appointment).prefetch_related("sites").first()
    if last and last.sites.all():
        yield Pattern(_("As last time"), ",".join(_with_needle(site) for site in last.sites.all()))


def _with_needle(site):
    return ":".join(str(part) for part in (site.muscle_id, site.side, *(getattr(site, name) for name in COPIED_FIELDS)))


def _sets():
    for site_set in SiteSet.objects.prefetch_related("items__muscle"):
        for name, items in _one_lung_each(site_set):
            yield Pattern(name, ",".join(f"{item.muscle_id}:{item.side}" for item in items))


def _one_lung_each(site_set):
    """(name, items) of a set; of one with muscles near the lung on several sides each side alone."""
    items = list(site_set.items.all())
    if len({item.side for item in items if item.muscle.has_lung_risk}) < 2:
        return [(site_set.name, items)]
    words = _("%(name)s: %(side)s")
    by_side = [(side, [item for item in items if item.side == side]) for side in Side]
    return [(words % {"name": site_set.name, "side": side.label}, alone) for side, alone in by_side if alone]


def sites_of(value):
    """The rows that a pattern's `value` stands for, as if typed: unchecked, whatever was sent."""
    names = ["muscle", "side", *COPIED_FIELDS]
    return [dict(zip(names, site.split(":"), strict=False)) for site in value.split(",")[:MAX_ADDED] if site]


@dataclass(frozen=True)
class Lot:
    preparation: str
    lot: str
    expires_on: object
    gtin: str = ""

    def as_json(self):
        pack = pack_codes.pack_of(self.gtin, self.lot)
        return {"lot": self.lot, "expires_on": f"{self.expires_on:%Y-%m-%d}", "pack": pack}


def recent_lots(*, on):
    """Preparation -> the lots given in the 90 days before the civil day `on` that may still be used, newest first."""
    given = DrugAdministration.objects.exclude(procedure__status=ProcedureStatus.VOID)
    given = given.filter(given_on__range=(on - timedelta(days=RECENT_DAYS), on), expires_on__gte=on)
    given = given.order_by().values_list("preparation", "lot", "expires_on")
    lots = given.annotate(last=Max("given_on"), gtin=Max("gtin"))
    found = {}
    for preparation, lot, expires_on, _last, gtin in sorted(lots, key=lambda row: (row[3], row[2]), reverse=True):
        of_product = found.setdefault(preparation, [])
        if len(of_product) < LOTS_OF_ONE_PRODUCT:
            of_product.append(Lot(preparation, lot, expires_on, gtin))
    return found


NEEDLE_WORDS = gettext_lazy("%(gauge)s G %(length)s mm")


def needles():
    return [(gauge, length, NEEDLE_WORDS % {"gauge": gauge, "length": length}) for gauge, length in COMMON_NEEDLES]
