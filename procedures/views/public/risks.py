"""The public pages about pain and its treatment: text from the catalogue, for anybody."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic.models import Page
from procedures.models import Risk, Urgency


def page_of(slug):
    """The page's text, or None while there is none."""
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
    return render(request, "public/website/trigger_points.html", {"page": page_of("trigger-points")})


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
    return render(request, "public/website/risks.html", context)
