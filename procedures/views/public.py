"""The public pages about pain and its treatment: words from the catalogue, for anybody."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic.models import GlossaryTerm, Page, VisitType
from procedures.models import BodyRegion, Muscle, Risk, Urgency


def page_of(slug):
    """The page's words, or None while nobody has written any."""
    return Page.objects.prefetch_related("sections").filter(slug=slug).first()


def after_first_list(text):
    """The text up to the end of its first list (the signs of an emergency), and what follows it."""
    lines = text.splitlines()
    in_list = [line.startswith("- ") for line in lines]
    end = next((number for number in range(1, len(lines)) if in_list[number - 1] and not in_list[number]), len(lines))
    return "\n".join(lines[:end]), "\n".join(lines[end:]).strip()


@login_not_required
@require_safe
def trigger_points(request):
    context = {"page": page_of("trigger-points"), "terms": GlossaryTerm.objects.all()}
    return render(request, "public/trigger_points.html", context)


@login_not_required
@require_safe
def where_does_it_hurt(request):
    context = {"page": page_of("where-does-it-hurt"), "regions": BodyRegion.objects.all()}
    return render(request, "public/where_does_it_hurt.html", context)


@login_not_required
@require_safe
def region(request, key):
    regions = list(BodyRegion.objects.all())
    chosen = next((region for region in regions if region.key == key), None)
    if chosen is None:
        raise Http404
    emergency_signs, doctor_signs = after_first_list(chosen.see_a_doctor_first)
    context = {
        "region": chosen,
        "emergency_signs": emergency_signs,
        "doctor_signs": doctor_signs,
        "other_regions": [region for region in regions if region != chosen],
        "muscles": Muscle.objects.for_patients().filter(region=chosen),
        "consultation": VisitType.objects.for_patients().filter(is_consultation=True).first(),
    }
    return render(request, "public/region.html", context)


@login_not_required
@require_safe
def risks(request):
    by_urgency = {urgency: [] for urgency in Urgency}
    for risk in Risk.objects.all():
        by_urgency[risk.urgency].append(risk)
    context = {
        "page": page_of("risks"),
        "emergencies": by_urgency[Urgency.EMERGENCY],
        "same_day": by_urgency[Urgency.TODAY],
        "can_wait": by_urgency[Urgency.TELL_US] + by_urgency[Urgency.HERE],
    }
    return render(request, "public/risks.html", context)
