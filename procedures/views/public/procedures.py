"""What the clinic offers, for anybody: its front page, its procedures side by side, and each one step by step."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from clinic.models import PageSection
from clinic.scheduling import opening_hours
from procedures.models import BodyRegion, Frequency, ProcedureDefinition, Risk
from procedures.views.public.risks import page_of


@login_not_required
@require_safe
def home(request):
    sections = list(PageSection.objects.filter(page__slug="home").select_related("page"))
    context = {
        "page": sections[0].page if sections else page_of("home"),
        "sections": sections,
        "regions": BodyRegion.objects.all(),
        "state": opening_hours.state(at=timezone.now()),
    }
    return render(request, "public/home.html", context)


@login_not_required
@require_safe
def procedures(request):
    context = {"page": page_of("procedures"), "definitions": ProcedureDefinition.objects.on_offer()}
    return render(request, "public/website/procedures.html", context)


@login_not_required
@require_safe
def procedure(request, slug):
    definitions = list(ProcedureDefinition.objects.for_its_page())
    chosen = next((definition for definition in definitions if definition.slug == slug), None)
    if chosen is None:
        raise Http404
    by_frequency = {frequency: [] for frequency in Frequency.values}
    for risk in Risk.objects.all():
        by_frequency[risk.frequency].append(risk)
    context = {"definition": chosen, "definitions": definitions, "risks": by_frequency}
    return render(request, "public/website/procedure.html", context)
