"""Search over what anybody may read. The search words appear in no log, no audit and no shared cache."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from procedures.forms.public.search import SearchForm
from procedures.website import search


@login_not_required
@require_safe
def results(request):
    request.is_personal = True  # the next person at this computer must not see what somebody looked for
    form = SearchForm(request.GET if "q" in request.GET else None)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    context = {"form": form, "words": words, "answer": search.search(words) if words else None}
    return render(request, "public/website/search/search.html", context)
