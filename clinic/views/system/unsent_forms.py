"""Forms that were not sent and that no page has a place for: to be read, sent as they are, or thrown away."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from clinic.people import unsent_forms
from clinic.views.shared import unsent as kept_forms
from clinic.views.shared.unsent import key_of


@login_not_required
@never_cache
@require_safe
def unsent(request):
    """Only what is the reader's own. Of others' it says that there is something, and nothing else."""
    key = key_of(request)
    rows = list(unsent_forms.of_browser(key, at=timezone.now())) if key else []
    opened = [unsent_forms.opened(row, key, owner=request.user.pk) for row in rows]
    forms = [{"typed": typed, "words": unsent_forms.words_of(typed)} for typed in opened if typed]
    context = {
        "forms": forms,
        "is_of_others": any(row.user_id not in (None, request.user.pk) for row in rows),
        "asks_symptoms": any(row.asks_symptoms for row in rows),
    }
    return render(request, "system/unsent/unsent.html", context)


@login_not_required
@require_POST
def drop(request):
    if key := key_of(request):
        unsent_forms.drop_all(key, owner=request.user.pk)
    return redirect("workplace" if request.user.is_authenticated else "home")


@require_POST
def keep(request):
    """What is typed on a page that locks itself: it stands in its form again once the screen is unlocked."""
    return kept_forms.keep_typed(request)
