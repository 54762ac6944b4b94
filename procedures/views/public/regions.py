"""Where does it hurt: the body picture, its regions, and the muscles that may send pain there."""

from django.contrib.auth.decorators import login_not_required
from django.db.models import Subquery
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic.models import VisitType
from procedures.models import BodyArea, BodyRegion, BodyView, Side
from procedures.views.public.risks import after_first_list, page_of
from procedures.website import body_picture, pain_sources

FIRST_VISIT = VisitType.objects.for_patients().filter(is_consultation=True).values("slug")[:1]
HEAD = "head"
HEAD_NEAR, REGION_NEAR = 64, 92  # units of the picture


def places():
    """All areas of the picture with their regions, and which kind of visit comes first: one query."""
    return list(BodyArea.objects.select_related("region").annotate(first_visit=Subquery(FIRST_VISIT)))


def regions_of(areas):
    found = {area.region_id: area.region for area in areas}
    return sorted(found.values(), key=lambda region: region.position)


@login_not_required
@require_safe
def where_does_it_hurt(request):
    areas = places()
    head = [area for area in areas if area.view == BodyView.HEAD]
    body = [area for area in areas if area.view != BodyView.HEAD]
    context = {
        "page": page_of("where-does-it-hurt"),
        "regions": [
            {"region": region, "areas": [area for area in areas if area.region_id == region.pk]}
            for region in regions_of(areas)
        ],
        "body": list(body_picture.whole_body(body)),
        "head": list(body_picture.looks_at(head, least=HEAD_NEAR)),
        "head_on_body": [area for area in head if area.region_id == HEAD],
    }
    return render(request, "public/website/where_does_it_hurt.html", context)


@login_not_required
@require_safe
def region(request, key):
    areas = places()
    regions = regions_of(areas)
    if key not in [region.key for region in regions]:  # not drawn, or unknown
        regions = list(BodyRegion.objects.all())
    chosen = next((region for region in regions if region.key == key), None)
    if chosen is None:
        raise Http404
    of_region = [area for area in areas if area.region_id == key]
    place = next((area for area in of_region if area.pk == request.GET.get("place")), None)
    emergency_signs, doctor_signs = after_first_list(chosen.see_a_doctor_first)
    context = {
        "region": chosen,
        "place": place,
        "looks": list(body_picture.looks_at(of_region, least=REGION_NEAR)),
        "areas": areas,
        "emergency_signs": emergency_signs,
        "doctor_signs": doctor_signs,
        "other_regions": [region for region in regions if region != chosen],
        "first_visit": areas[0].first_visit if areas else None,
        **muscles_of(chosen, place, areas),
    }
    return render(request, "public/website/region.html", context)


def muscles_of(region, place, areas):
    """The muscles in three groups: felt at the chosen place, felt elsewhere in the region, and only located in it."""
    here = {area.pk for area in areas if area.region_id == region.pk}
    side = place.side if place and place.side != Side.MIDDLE else Side.LEFT
    groups = {"felt_at_place": [], "felt_in_region": [], "felt_elsewhere": []}
    for muscle in pain_sources.of_region(region.pk).values():
        muscle.draw(areas, side=side)
        if place and place.pk in muscle.felt_in:
            groups["felt_at_place"].append(muscle)
        elif muscle.felt_in & here:
            groups["felt_in_region"].append(muscle)
        else:
            groups["felt_elsewhere"].append(muscle)
    return groups
