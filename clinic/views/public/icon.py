"""The clinic's mark, where browsers look for it by default."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect
from django.templatetags.static import static
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def icon(request):
    return redirect(static("img/mark.svg"))
