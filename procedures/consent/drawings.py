"""What a consent draws beside its words: where the needle goes on the body, and risks as a hundred people.

It is written as JSON that says all of it, so that what was signed can be drawn again when the catalogue has changed.
The body itself is one row for each drawing of it (BodyDrawing), named by its SHA-256.
"""

import hashlib
import json
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from procedures.models import BodyArea, BodyDrawing, BodyView, PainPattern, Side

COLUMNS, WIDE, HIGH = 20, 10, 14  # people in a row, and the size of one in the drawing's own units


@dataclass(frozen=True)
class Row:
    """People in one row or several: a rectangle over the drawing."""

    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Hundred:
    """A hundred people, of whom `few` have a risk, and up to `most` where counts differ. `label` says it in words."""

    few: list
    most: list
    label: str


@dataclass(frozen=True)
class Picture:
    """The outline of the body, those of the places on it by view, and the names of the sites."""

    body: str
    places: list
    head_places: list


def write(sites, risks):
    """The drawings of a consent, as JSON. `sites` are planned, `risks` those that are told."""
    contents = {
        "body": _sha256(body()),
        "places": [{"head": area.view == BodyView.HEAD, "shape": area.shape} for area in _places(sites)],
        "people": {risk.name: _counted(risk) for risk in risks if risk.of_hundred is not None},
    }
    return json.dumps(contents, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def body():
    """The outline of the body as it is drawn today: a path, as SVG writes it."""
    return render_to_string("components/_figure_outline.html").strip()


def _counted(risk):
    return {"few": risk.of_hundred, "most": risk.of_hundred_most, "counted": risk.counted}


def _places(sites):
    """The areas in which the muscles lie, on the side of each site; of a muscle without any, those of its region."""
    sites = list(sites)
    patterns = PainPattern.objects.filter(muscle__in=[site.muscle_id for site in sites])
    lies_in = {pattern.pk: list(pattern.lies_in.all()) for pattern in patterns.prefetch_related("lies_in")}
    lost = [site.muscle.region_id for site in sites if not lies_in.get(site.muscle_id)]
    of_region = list(BodyArea.objects.filter(region__in=lost).exclude(view=BodyView.HEAD)) if lost else []
    found = {}
    for site in sites:
        areas = lies_in.get(site.muscle_id) or [a for a in of_region if a.region_id == site.muscle.region_id]
        found |= {area.pk: area for area in areas if site.side in (area.side, Side.MIDDLE) or area.side == Side.MIDDLE}
    return [found[pk] for pk in sorted(found)]


def keep_body():
    """Keep the body as it is drawn today: a consent that names it is about to be signed."""
    outline = body()
    BodyDrawing.objects.get_or_create(sha256=_sha256(outline), defaults={"outline": outline})


def picture(drawn):
    """The `Picture` of what `write` wrote; None before consents had one."""
    if not drawn:
        return None
    contents = json.loads(drawn)
    kept = BodyDrawing.objects.filter(sha256=contents["body"]).first()
    places = contents["places"]
    return Picture(
        body=kept.outline if kept else body(),
        places=[place["shape"] for place in places if not place["head"]],
        head_places=[place["shape"] for place in places if place["head"]],
    )


def people(drawn):
    """Each risk that is drawn as a hundred people: its name, and a `Hundred`."""
    contents = json.loads(drawn)["people"] if drawn else {}
    return {name: _hundred(**counted) for name, counted in contents.items()}


def _hundred(*, few, most, counted):
    if most:
        label = _("%(few)s to %(most)s of 100 people, %(counted)s")
    elif few:
        label = _("%(few)s of 100 people, %(counted)s")
    else:
        label = _("Fewer than 1 of 100 people, %(counted)s")
    words = {"few": few, "most": most, "counted": counted}
    return Hundred(few=_rows(few), most=_rows(most or 0), label=label % words)


def _rows(count):
    """So many people from the left, row by row."""
    whole, rest = divmod(count, COLUMNS)
    rows = [Row(0, COLUMNS * WIDE, whole * HIGH)] if whole else []
    return rows + ([Row(whole * HIGH, rest * WIDE, HIGH)] if rest else [])
