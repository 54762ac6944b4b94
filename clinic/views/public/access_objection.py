"""The link in the message that somebody was given access to a patient: "that is wrong, stop it"."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clinic.people import objections
from clinic.views.shared import audit


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def objection(request, token):
    """Anyone with the link sees a short name and half an address; the POST ends this access."""
    given = objections.LINK.find(token)
    if given is None:
        raise Http404
    audit.read(request, given.patient, "who may see")
    now = timezone.now()
    if sentence := objections.LINK.why_not(given, at=now):
        return render(request, "public/people/access_ended.html", {"given": given, "sentence": sentence}, status=410)
    if request.method == "POST":
        objections.object_to(given, by=_account(request), at=now)
        return redirect("access-objection", token)
    return render(request, "public/people/access_objection.html", {"given": given})


def _account(request):
    return request.user if request.user.is_authenticated else None
