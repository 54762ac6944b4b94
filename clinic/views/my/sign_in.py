"""By which addresses somebody signs in: several open one account, each proved by a code."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clinic.forms.my.sign_in import AddressForm
from clinic.forms.shared.sign_in import TypedCodeForm
from clinic.lib.client_address import client_address
from clinic.messaging import account_letters
from clinic.people import account_contacts
from clinic.views.shared.fresh_sign_in import fresh_sign_in_required
from clinic.views.shared.sign_in_codes import Address, NewAddressCode


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_sign_in_required
def addresses(request):
    """The list, and a form that sends a code to another address."""
    _refuse_at_work(request)
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        NewAddressCode.begin(request, Address.of(**form.address))
        return redirect("my-sign-in-code")
    own = account_contacts.own(request.user)
    return render(request, "my/sign_in/addresses.html", {"contacts": own, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def code(request):
    _refuse_at_work(request)
    process = NewAddressCode.of(request)
    if not process:
        return redirect("my-sign-in")
    form = TypedCodeForm(request.POST or None, process=process)
    if request.method != "POST" or not form.is_valid():
        if request.method == "POST" and not process.record_invalid_attempt():
            messages.error(request, _("These were too many tries. Nothing has changed."))
            return redirect("my-sign-in")
        address = process.address
        return render(request, "my/sign_in/code.html", {"form": form, **address.as_state})
    now = timezone.now()
    process.finish(at=now)
    account_letters.tell_of_change(
        request.user, "account/email/address_added", at=now, address=client_address(request), new=process.address.value
    )
    messages.success(request, _("From now on you can sign in with it, too."))
    return redirect("my-sign-in")


@require_POST
@fresh_sign_in_required
def end(request, pk):
    own = [] if request.user.is_colleague else account_contacts.own(request.user)
    contact = next((contact for contact in own if (contact.pk or 0) == pk), None)
    if contact is None:
        raise Http404
    account_contacts.end(contact, at=timezone.now())
    messages.success(request, _("Nobody signs in with it any more."))
    return redirect("my-sign-in")


def _refuse_at_work(request):
    """A colleague's own addresses as a patient are changed by whoever came by a code to one of them."""
    if request.user.is_colleague:
        raise PermissionDenied
