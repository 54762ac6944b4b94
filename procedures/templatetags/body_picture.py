"""The picture of the body, to be tapped or with the marks that were made."""

from dataclasses import dataclass
from itertools import groupby

from django import template
from django.utils.translation import gettext as _

from procedures.models import BodyArea, BodyView, Side

register = template.Library()


@dataclass(frozen=True)
class Shape:
    """One area as the picture draws it."""

    slug: str
    name: str
    shape: str
    is_head: bool
    is_felt: bool = False
    is_injected: bool = False


@register.inclusion_tag("components/_body_picture.html")
def body_picture(field=None):
    """Areas to be ticked in a list or tapped in the picture: `field` is a bound field of several body areas.

    Without a field there is only the picture; a tap sends the event `body-area` with the area's key as its detail.
    """
    if field is None:
        return {"pictures": _pictures(BodyArea.objects.all(), felt=set(), injected=set()), "field": None}
    rows = [_row(box) for box in field.subwidgets]
    felt = {row["area"].pk for row in rows if row["is_checked"]}
    areas = [row["area"] for row in rows]
    return {
        "pictures": _pictures(areas, felt=felt, injected=set()),
        "fieldsets": _fieldsets(rows),
        "field": field,
    }


@register.inclusion_tag("components/_body_marked.html")
def body_picture_marked(felt=(), injected=()):
    """What was marked, read-only: `felt` body areas, and `injected` sites by the region and side they are in."""
    areas = list(BodyArea.objects.all())
    felt, injected = list(felt), list(injected)
    keys = {area.pk for area in felt}
    near = {area.pk for area in areas for site in injected if _is_near(area, site)}
    return {
        "pictures": _pictures(areas, felt=keys, injected=near, only_marked_head=True),
        "felt_names": [area.name for area in felt],
        "injected_names": [str(site) for site in injected],
    }


def _is_near(area, site):
    return area.region_id == site.muscle.region_id and site.side in (area.side, Side.MIDDLE)


def _row(box):
    value = box.data["value"]
    return {
        "name": box.data["name"],
        "value": value,
        "id": box.id_for_label,
        "area": value.instance,
        "is_checked": box.data["selected"],
    }


def _pictures(areas, *, felt, injected, only_marked_head=False):
    shapes = [
        Shape(
            area.pk,
            area.name,
            area.shape,
            is_head=area.view == BodyView.HEAD,
            is_felt=area.pk in felt,
            is_injected=area.pk in injected,
        )
        for area in areas
    ]
    body, head = ([each for each in shapes if each.is_head == is_head] for is_head in (False, True))
    pictures = [{"view": "body", "areas": body, "label": _("The body from the front and from the back")}]
    if not only_marked_head or any(each.is_felt or each.is_injected for each in head):
        pictures.append({"view": "head", "areas": head, "label": _("The head from the front and from the back")})
    return pictures


def _fieldsets(rows):
    legends = {BodyView.FRONT: _("Front"), BodyView.BACK: _("Back"), BodyView.HEAD: _("Head")}
    for view, legend in legends.items():
        of_view = sorted((row for row in rows if row["area"].view == view), key=_in_list)
        regions = groupby(of_view, key=lambda row: row["area"].region.name)
        yield {"legend": legend, "regions": [{"name": name, "rows": list(group)} for name, group in regions]}


def _in_list(row):
    area = row["area"]
    return (area.region.position, area.position)
