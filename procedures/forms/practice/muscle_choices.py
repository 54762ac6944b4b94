"""The muscles as a physician chooses them, in the plan as in the record: by region, by their clinical names."""

from itertools import groupby

from django.utils.translation import gettext_lazy as _


def regions_of(muscles):
    """Each region with its muscles in the order of their clinical names; what stands for any other muscle comes last.

    `muscles` as their model orders them: region by region.
    """
    by_region = groupby(muscles, key=lambda muscle: muscle.region)
    return [{"region": region, "muscles": sorted(its_own, key=_place)} for region, its_own in by_region]


def _place(muscle):
    return muscle.is_free_entry, muscle.clinical_name


def choices_of(regions):
    """Latin name first, so that its first letters find it; then plain words, and whether the lung is near."""
    return [("", ""), *((each["region"].name, [(m.pk, label_of(m)) for m in each["muscles"]]) for each in regions)]


def label_of(muscle):
    near_lung = _("%(latin)s · %(name)s · near the lung") if muscle.has_lung_risk else "%(latin)s · %(name)s"
    return near_lung % {"name": muscle.name, "latin": muscle.clinical_name}
