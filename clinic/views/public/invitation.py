"""The link in an invitation: somebody who is to work here chooses a password. Whoever has the link sees this page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clinic.forms.public.invitations import FirstPasswordForm
from clinic.models import Role
from clinic.people import invitations, rights


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request, token):
    """The POST makes the account; the person then signs in with it, as always.

    Not on a screen where somebody is signed in: nobody is signed out by a link.
    """
    found = invitations.LINK.find(token)
    if found is None:
        raise Http404
    asked, sending = found
    if sentence := invitations.LINK.why_not(asked, sending, at=timezone.now()):
        return render(request, "public/people/expired_invitation.html", {"sentence": sentence}, status=410)
    form = FirstPasswordForm(request.POST or None, invitation=asked)
    may_choose = not request.user.is_authenticated
    if request.method == "POST" and may_choose and form.is_valid():
        password = form.cleaned_data["password1"]
        invitations.accept(asked, sending=sending, password=password, at=timezone.now())
        messages.success(request, _("Your password is kept. Sign in with it."))
        return redirect("account_login")
    role = rights.of_roles([Role(asked.role)])[0]
    context = {"invitation": asked, "form": form, "may_choose": may_choose, "role": role}
    return render(request, "public/people/invitation.html", context)
