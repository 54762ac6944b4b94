"""The clinic's terms and what they mean."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic.website import glossary as words


@login_not_required
@require_safe
def glossary(request):
    return render(request, "public/website/glossary.html", {"terms": words.terms()})
