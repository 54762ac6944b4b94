"""What colleagues prove besides their password, before they see a patient: the clinic's part of django-allauth's MFA.

An app that shows codes, or a passkey; codes to write down for the day when neither is at hand. A passkey alone is
enough, since its device asks for a finger, a face or a PIN. Patients may have passkeys instead of codes by e-mail, and
never need anything besides.
"""

import base64
import io

import segno
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.conf import settings
from django.shortcuts import redirect
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from clinic.lib.sealed_values import SealedValues
from clinic.people import second_factors
from clinic.views.shared import sign_in_proofs, unsent

# The database alone must not be enough to make somebody's codes.
SEALED = SealedValues(salt="clinic.second-factor", keys=lambda: [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS])
OWN_PAGES = ("account_", "mfa_", "unsent-forms")


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": _("You need at least one. Add another one first, then remove this one."),
        "incorrect_code": _("This code is not right. Type the one that you see now."),
    }

    def get_totp_issuer(self):
        return settings.CLINIC_NAME

    def build_totp_svg(self, url):
        """A whole file: the page shows it as an image."""
        file = io.BytesIO()
        segno.make(url, micro=False).save(file, kind="svg", scale=5, border=4, dark="#000", light="#fff")
        return file.getvalue().decode()

    def encrypt(self, text):
        return base64.b64encode(SEALED.seal(text)).decode()

    def decrypt(self, encrypted_text):
        """After the clinic's secret has changed a key that nobody has, so that no code fits: an empty one has codes."""
        return SEALED.open(base64.b64decode(encrypted_text)) or generate_totp_secret()

    def can_delete_authenticator(self, authenticator):
        is_needed = settings.SECOND_FACTOR_REQUIRED and authenticator.user.is_colleague
        return not is_needed or second_factors.has_another(authenticator)

    def generate_authenticator_name(self, user, type):
        return _now("Passkey %d") % (second_factors.main_of(user).filter(type=type).count() + 1)


class SecondFactorStage(AuthenticateStage):
    """Asked right after a password. Whoever signs in by a code sees their own visits only, and is not asked."""

    def _should_handle(self, request):
        by_password = any(record["method"] == sign_in_proofs.PASSWORD for record in self._records(request))
        return by_password and super()._should_handle(request)

    def _records(self, request):
        return sign_in_proofs.get_authentication_records(request, self.login.user)


class SecondFactorMiddleware:
    """Opens no page to a colleague who has not proved both, except those on which that is done."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        is_open = not getattr(view, "login_required", True)
        is_own = (request.resolver_match.view_name or "").startswith(OWN_PAGES)
        if is_open or is_own or not sign_in_proofs.is_something_missing(request):
            return None
        if request.method == "POST":
            return unsent.set_aside(request, lambda page: sign_in_proofs.url_of_missing(request, page))
        return redirect(sign_in_proofs.url_of_missing(request, request.get_full_path()))
