"""What the clinic keeps about people, why and for how long, for anybody to read."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic.privacy import notice


@login_not_required
@require_safe
def privacy(request):
    return render(request, "public/website/privacy.html", {"notice": notice.read()})
