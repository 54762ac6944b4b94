"""The public page about the days after a block."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aftercare.models import AftercareProtocol
from clinic.models import Page


@login_not_required
@require_safe
def aftercare(request):
    protocol = AftercareProtocol.objects.for_definition(None)
    days, rest = divmod(protocol.lifting_hours, 24) if protocol else (0, 0)
    context = {
        "page": Page.objects.prefetch_related("sections").filter(slug="aftercare").first(),
        "protocol": protocol,
        "lifting_days": 0 if rest else days,
    }
    return render(request, "public/website/aftercare.html", context)
