"""Whether a needle went where a record says: the side, the depth, the needle, and one place written twice.

What no body allows is refused at its field. What is possible, and unusual or dangerous, is asked about: a record must
be able to tell the truth.
"""

from collections import Counter
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.models import BodyMeasurement
from procedures import reasons
from procedures.models import ClinicRule, DepthHint, MuscleGeometry
from procedures.problems import Problem

# Used where the clinic has not loaded its own rows; their sources stand in the fixture of the same names.
RULES = {"needle-beyond-depth": 5, "dry-needle-outside": 25, "impossible-depth": 3}


NO_DANGER_MM = 999  # deeper than any needle


@dataclass(frozen=True)
class Warning:
    """A sentence for the physician. `is_grave`: something dangerous lies there, so a short reason is none."""

    sentence: str
    is_grave: bool = False


@dataclass(frozen=True)
class Bounds:
    """What is known about depths in the muscles of one record, in mm."""

    rules: dict
    ranges: dict  # muscle -> MuscleGeometry
    hints: dict  # muscle -> DepthHint rows that fit the patient, those with a danger only

    @classmethod
    def of(cls, muscles, *, bmi):
        """`bmi` in kg per square metre; None when it is not known: then the nearest danger of all rows counts."""
        rules = dict(ClinicRule.objects.filter(slug__in=RULES).values_list("slug", "value"))
        ranges = MuscleGeometry.objects.in_bulk([muscle.pk for muscle in muscles])
        hints = {}
        for hint in DepthHint.objects.filter(muscle__in=muscles, danger_mm__isnull=False):
            if bmi is None or hint.fits(bmi):
                hints.setdefault(hint.muscle_id, []).append(hint)
        return cls(RULES | rules, ranges, hints)

    def usual(self, site):
        return self.ranges.get(site.muscle_id)

    def danger(self, site):
        """(mm, what is there, source) of the nearest danger, or None. A hint by body mass is nearer to the patient."""
        if hints := self.hints.get(site.muscle_id):
            nearest = min(hints, key=lambda hint: hint.danger_mm)
            return nearest.danger_mm, nearest.hint, nearest.source
        usual = self.usual(site)
        return (usual.danger_mm, usual.danger, usual.source) if usual and usual.danger_mm else None

    def nearest(self, muscle):
        """The nearest danger in one muscle, in mm; None where none is known."""
        usual = self.ranges.get(muscle)
        known = [hint.danger_mm for hint in self.hints.get(muscle, [])] or [usual and usual.danger_mm]
        return min(known)

    def outside_mm(self, site, *, is_dry):
        """How much of the needle must stay outside the skin."""
        if not is_dry:
            return self.rules["needle-beyond-depth"]
        return max(1, round(site.needle_length_mm * self.rules["dry-needle-outside"] / 100))

    def impossible_mm(self, site):
        usual = self.usual(site)
        return usual.depth_to_mm * self.rules["impossible-depth"] if usual else None


def problems(procedure, sites):
    """A `Problem` for each thing that no body allows, and for each that is asked about and not answered.

    `sites` with their muscles.
    """
    bounds = bounds_of(procedure, sites)
    for site in sites:
        yield from _impossible(site, bounds)
    for warning in warnings(procedure, sites, bounds):
        if sentence := reasons.unanswered(warning.sentence, procedure.geometry_reason, grave=warning.is_grave):
            yield Problem(sentence, "record", "geometry_reason")


def bounds_of(procedure, sites):
    """Kept with the record in hand: a page that shows it asks several times."""
    muscles = {site.muscle_id: site.muscle for site in sites}
    kept = procedure.__dict__.setdefault("_bounds_of", {})
    if (key := frozenset(muscles)) not in kept:
        newest = BodyMeasurement.objects.filter(patient=procedure.patient_id).first()
        kept[key] = Bounds.of(list(muscles.values()), bmi=newest and newest.bmi)
    return kept[key]


def warnings(procedure, sites, bounds):
    """A `Warning` for each unusual or dangerous place of a needle, answered or not."""
    is_dry = not procedure.definition.uses_drugs
    found = [_of_depth(site, bounds) or _of_needle(site, bounds, is_dry=is_dry) for site in sites]
    return [warning for warning in found if warning] + list(_twice(sites))


def _impossible(site, bounds):
    muscle = {"muscle": site.clinical_muscle}
    if not site.muscle.has_side(site.side):
        sentence = _("%(muscle)s has a left and a right, and no middle. Choose the side.")
        yield Problem(sentence % muscle, "sites", "side", row=site)
    if site.muscle.is_free_entry and not site.which_muscle.strip():
        yield Problem(_("Write which muscle it was."), "sites", "which_muscle", row=site)
    most = bounds.impossible_mm(site)
    if most and site.depth_mm and site.depth_mm > most:
        sentence = _("%(muscle)s cannot be %(depth)s mm deep: usual are %(from)s to %(to)s mm. Check the number.")
        yield Problem(sentence % _numbers(site, bounds.usual(site)), "sites", "depth_mm", row=site)


def _of_depth(site, bounds):
    danger, usual = bounds.danger(site), bounds.usual(site)
    if site.depth_mm is None:
        return None
    if danger and site.depth_mm >= danger[0]:
        sentence = _("%(muscle)s, %(depth)s mm deep: danger from %(danger)s mm on. %(what)s (%(source)s)")
        danger = dict(zip(("danger", "what", "source"), danger, strict=True))
        return Warning(sentence % (_numbers(site) | danger), is_grave=True)
    if usual and not usual.depth_from_mm <= site.depth_mm <= usual.depth_to_mm:
        sentence = _("%(muscle)s, %(depth)s mm deep: usual are %(from)s to %(to)s mm. (%(source)s)")
        return Warning(sentence % (_numbers(site, usual) | {"source": usual.source}))
    return None


def _of_needle(site, bounds, *, is_dry):
    outside = bounds.outside_mm(site, is_dry=is_dry)
    left = site.needle_length_mm - (site.depth_mm or 0)
    if left >= outside:
        return None
    numbers = _numbers(site) | {"outside": outside}
    if left <= 0:
        sentence = _("%(muscle)s: a needle of %(length)s mm, %(depth)s mm deep, was in to its hub. Never to the hub.")
        return Warning(sentence % numbers, is_grave=True)
    sentence = _(
        "%(muscle)s: of a needle of %(length)s mm, %(depth)s mm deep, less than %(outside)s mm stayed outside."
    )
    return Warning(sentence % numbers)


def _numbers(site, usual=None):
    numbers = {"muscle": site.clinical_muscle, "depth": site.depth_mm, "length": site.needle_length_mm}
    return numbers | ({"from": usual.depth_from_mm, "to": usual.depth_to_mm} if usual else {})


def _twice(sites):
    places = Counter((site.muscle, site.which_muscle.strip().lower(), site.side) for site in sites)
    labels = {(site.muscle_id, site.side): site.get_side_display() for site in sites}
    for (muscle, _which, side), times in places.items():
        if times > 1:
            sentence = ngettext(
                "%(muscle)s, %(side)s, is written %(times)s time. For two spots say where each was; else remove one.",
                "%(muscle)s, %(side)s, is written %(times)s times. For two spots say where each was; else remove one.",
                times,
            )
            numbers = {"muscle": muscle.clinical_name, "side": labels[muscle.pk, side], "times": times}
            yield Warning(sentence % numbers)


@dataclass(frozen=True)
class UsualDepth:
    """For the record's form; in mm. From `below_mm` on something dangerous may lie there."""

    words: str
    from_mm: int
    to_mm: int
    below_mm: int

    def has(self, depth_mm):
        return self.from_mm <= depth_mm <= min(self.to_mm, self.below_mm - 1)


def usual_depths(muscles):
    """A UsualDepth by the muscle's key: "Usual 30 to 80 mm, needle 22 G 89 mm", and the nearest danger."""
    bounds = Bounds.of(muscles, bmi=None)
    words = _("Usual %(from)s to %(to)s mm, needle %(gauge)s G %(length)s mm")
    found = {}
    for key, usual in bounds.ranges.items():
        numbers = {"from": usual.depth_from_mm, "to": usual.depth_to_mm}
        said = words % {**numbers, "gauge": usual.needle_gauge, "length": usual.needle_length_mm}
        if nearest := bounds.nearest(key):
            said += _(" · danger from %(danger)s mm") % {"danger": nearest}
        found[key] = UsualDepth(said, usual.depth_from_mm, usual.depth_to_mm, nearest or NO_DANGER_MM)
    return found
