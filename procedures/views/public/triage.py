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
    step = triage.step_for(request.GET.dict())
    if step.route is None:
        return render(request, "public/website/triage/who_should_i_see.html", _question(step))
    return render(request, "public/website/triage/who_to_see.html", _route(step))


def _question(step):
    answers = _answer_values(step)
    return {
        "question": step.question,
        "choices": [
            (choice, _address(answers | {step.question.key: choice.value})) for choice in step.question.choices
        ],
        "number": step.number,
        "count": triage.COUNT,
        "back": _address(_without_last(answers)) if answers else "",
        "answered": _answered(step),
    }


def _route(step):
    return {
        "route": step.route,
        "reasons": [choice.because for _question, choice in step.answered if choice.because],
        "answered": _answered(step),
        "visits": list(_visits(step.route)),
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


def _answer_values(step):
    return {question.key: choice.value for question, choice in step.answered}


def _without_last(answers):
    return dict(list(answers.items())[:-1])


def _answered(step):
    """The answers so far, each with the address that asks it again and keeps the earlier ones."""
    answers = list(_answer_values(step).items())
    return [
        {"term": question.short, "value": choice.label, "url": _address(dict(answers[:number]))}
        for number, (question, choice) in enumerate(step.answered)
    ]


def _address(answers):
    start = reverse("who-should-i-see")
    return f"{start}?{urlencode(answers)}" if answers else start
