"""Before an act that is hard to take back, whoever is signed in proves once more that it is still they.

Who walked away from a screen, or whose session was taken, does not merge two people, see what is not theirs, sign a
limit, take data out or void a record. Colleagues type their password again (or what else they sign in with), patients
sign in anew. What was typed is kept meanwhile (`unsent`).
"""

import time
from functools import wraps

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from clinic.views.shared import unsent


def fresh_sign_in_required(view):
    """The view opens, and acts, only if its reader has proved in the last minutes who it is.

    Written below `permission_required` and the like, right above the view: who may not do it at all is not asked.
    """

    @wraps(view)
    def fresh_view(request, *args, **kwargs):
        return view(request, *args, **kwargs) if is_fresh(request) else ask(request)

    return fresh_view


def is_fresh(request):
    """Whether this browser's person signed in, or proved again who it is, within `FRESH_SIGN_IN_MINUTES`."""
    if not settings.FRESH_SIGN_IN_REQUIRED:
        return True
    proofs = get_authentication_records(request, request.user)
    newest = max((proof["at"] for proof in proofs), default=0)
    return time.time() - newest < settings.FRESH_SIGN_IN_MINUTES * 60


def ask(request):
    """To the page that asks who it is, and from there back to this page; what was sent is filled in there."""
    if request.method == "POST":
        return unsent.set_aside(request, lambda page: url_to_prove(request.user, page))
    return redirect(url_to_prove(request.user, request.get_full_path()))


def url_to_prove(user, page):
    """Where `user` proves who it is, to go on to `page`."""
    methods = get_adapter().get_reauthentication_methods(user)
    url = methods[0]["url"] if methods else reverse("account_sign_in_again")
    return f"{url}?{urlencode({REDIRECT_FIELD_NAME: page})}"
