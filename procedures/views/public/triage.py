"""Who should I see: one question per page, each answer a link, and at the end the route with its next step."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from clinic.models import Role, VisitType
from procedures.website import triage
from procedures.website.triage import Route


@login_not_required
@require_safe
def who_should_i_see(request):
    guidance = triage.step_for(request.GET.dict())
    if guidance.route is None:
        return render(request, "public/website/triage/who_should_i_see.html", _question(guidance))
    return render(request, "public/website/triage/who_to_see.html", _route(guidance))


def _question(guidance):
    said = _answer_values(guidance)
    return {
        "question": guidance.question,
        "choices": [
            (choice, _address(said | {guidance.question.key: choice.value})) for choice in guidance.question.choices
        ],
        "number": guidance.number,
        "count": triage.COUNT,
        "back": _address(_without_last(said)) if said else "",
        "answered": _answered(guidance),
    }


def _route(guidance):
    return {
        "route": guidance.route.value,
        "reasons": [choice.because for _question, choice in guidance.answered if choice.because],
        "answered": _answered(guidance),
        "visits": list(_visits(guidance.route)),
    }


def _visits(route):
    """The kinds of visit that patients may book on this route; none if the clinic offers none, or none is needed."""
    offered = VisitType.objects.for_patients()
    if route == Route.CONSULTATION:
        return offered.filter(is_consultation=True)
    if route == Route.BLOCK:
        return offered.filter(role=Role.PHYSICIAN, needs_consultation_first=True)
    if route == Route.PHYSIOTHERAPY:
        return offered.filter(role=Role.PHYSIOTHERAPIST)
    return VisitType.objects.none()


def _answer_values(guidance):
    return {question.key: choice.value for question, choice in guidance.answered}


def _without_last(said):
    return dict(list(said.items())[:-1])


def _answered(guidance):
    """The answers so far, each with the address that asks it again and keeps the earlier ones."""
    said = list(_answer_values(guidance).items())
    return [
        {"term": question.short, "value": choice.label, "url": _address(dict(said[:number]))}
        for number, (question, choice) in enumerate(guidance.answered)
    ]


def _address(said):
    start = reverse("who-should-i-see")
    return f"{start}?{urlencode(said)}" if said else start
