"""The public page about the days after a block."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aftercare.models import AftercareProtocol
from clinic.models import Page


@login_not_required
@require_safe
def aftercare(request):
    context = {
        "page": Page.objects.prefetch_related("sections").filter(slug="aftercare").first(),
        "protocol": AftercareProtocol.objects.for_definition(None),
    }
    return render(request, "public/aftercare.html", context)
