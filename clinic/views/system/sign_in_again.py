"""Whoever signs in by a code, and has nothing else to prove who it is, signs in anew."""

from allauth.account.utils import get_next_redirect_url
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe


@require_safe
def sign_in_again(request):
    """Asks first: whoever only opens an address stays signed in."""
    page = get_next_redirect_url(request) or reverse("workplace")
    sign_in = f"{reverse('account_request_login_code')}?{urlencode({REDIRECT_FIELD_NAME: page})}"
    return render(request, "account/sign_in_again.html", {"sign_in_url": sign_in, "page": page})
