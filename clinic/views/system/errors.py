from django.shortcuts import render

from clinic.views.shared import unsent


def csrf_failure(request, reason=""):
    """Mostly a page that was open when somebody signed in anew: what was typed is kept, if it is sure whose it is."""
    kept = unsent.answer(request, is_ours=False) if request.resolver_match else None
    return kept or render(request, "403_csrf.html", {"asks_symptoms": unsent.is_about_symptoms(request)}, status=403)
