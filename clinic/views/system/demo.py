"""The demo's entrance: sign in as anybody with one button. Closed unless DEMO is set; a system check guards it."""

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from clinic.models import User

DEMO_ROLES = {
    "patient": (_("Patient"), _("Had her treatment, must not lift yet, and should book physiotherapy.")),
    "desk": (_("Front desk"), _("Sees today, checks people in, calls those whom no message reached.")),
    "physician": (_("Physician"), _("Opens a visit, writes the record and signs it.")),
    "second-physician": (_("Second physician"), _("Looks at a high dose, and agrees when a record is withdrawn.")),
    "physiotherapist": (_("Physiotherapist"), _("Sees who comes next and whose seven days are running.")),
    "manager": (_("Manager"), _("Edits people, hours, visit types and the words of the public pages.")),
}


@login_not_required
@never_cache
@require_safe
def demo(request):
    _only_in_demo()
    roles = [{"key": key, "label": label, "text": text} for key, (label, text) in DEMO_ROLES.items()]
    return render(request, "system/demo.html", {"roles": roles})


@login_not_required
@require_POST
def sign_in(request, role):
    _only_in_demo()
    if role not in DEMO_ROLES:
        raise Http404
    user = get_object_or_404(User, email=f"{role}@demo.example")
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return redirect("workplace")


def _only_in_demo():
    if not settings.DEMO:
        raise Http404
