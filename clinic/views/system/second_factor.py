"""The pages of the second factor and of passkeys: django-allauth's, as far as the clinic's own rules differ."""

from functools import wraps

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.internal import auth
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy

from clinic.models import User
from clinic.people import second_factors


def colleagues_only(view):
    """Patients sign in by a code or a passkey, and need nothing else."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if request.user.is_authenticated and not request.user.is_colleague:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def not_by_code_to_colleagues(view):
    """A passkey of a colleague opens their work: it is added and removed at work, not by who came by a code."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if request.user.is_authenticated and request.user.comes_as_patient and _works_here(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def _works_here(user):
    return User.objects.get(pk=user.pk).is_colleague


class NewPasskeyView(AddWebAuthnView):
    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["form"] = kwargs.get("form") or context["form"]
        context["js_data"]["creation_options"] = auth.begin_registration(self.request.user, True)
        return context

    def form_valid(self, form):
        answer = super().form_valid(form)
        if self.request.user.is_colleague:
            return answer
        second_factors.drop_written_codes(self.request.user)
        return redirect("mfa_index")


class RemovePasskeyView(RemoveWebAuthnView):
    success_url = reverse_lazy("mfa_index")

    def form_valid(self, form):
        if not get_adapter().can_delete_authenticator(self.get_object()):
            messages.error(self.request, get_adapter().error_messages["cannot_delete_authenticator"])
            return redirect(reverse("mfa_index"))
        return super().form_valid(form)


new_passkey = NewPasskeyView.as_view()
remove_passkey = RemovePasskeyView.as_view()
