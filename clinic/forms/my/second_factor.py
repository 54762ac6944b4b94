"""What the pages of the second factor and of passkeys ask."""

from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django.core.cache import cache
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

LONGEST_CODE = 20  # with blanks between
LONGEST_NAME = 60


class PlainCodeMixin:
    """A label above the field, no placeholder inside, and an error that says what to do."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        code = self.fields["code"]
        code.label = _("Code")
        code.help_text = _("6 digits, another one each half minute")
        code.error_messages["required"] = _("Type the 6 digits that the app shows.")
        code.validators.append(MaxLengthValidator(LONGEST_CODE))
        code.widget.attrs.pop("placeholder", None)
        code.widget.attrs |= {"inputmode": "numeric", "class": "input-short"}


class UsedOnceMixin:
    """A code that somebody looked over a shoulder for is worth nothing: it works once, as long as it would fit."""

    def clean_code(self):
        code = super().clean_code()
        if self.authenticator.type == Authenticator.Type.TOTP:
            steps = 2 * app_settings.TOTP_TOLERANCE + 1
            digits = "".join(filter(str.isdigit, code))
            key = f"clinic.second-factor.used.{self.user.pk}.{digits}"
            if not cache.add(key, True, timeout=steps * app_settings.TOTP_PERIOD):
                raise get_adapter().validation_error("incorrect_code")
        return code


class CodeForm(PlainCodeMixin, UsedOnceMixin, forms.AuthenticateForm):
    pass


class CodeAgainForm(PlainCodeMixin, UsedOnceMixin, forms.ReauthenticateForm):
    pass


class FirstCodeForm(PlainCodeMixin, ActivateTOTPForm):
    pass


class NewPasskeyForm(AddWebAuthnForm):
    """Always one whose device asks for a finger, a face or a PIN, and that signs in alone."""

    passwordless = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        name = self.fields["name"]
        name.label = _("Name of this device")
        name.help_text = _("So that you know it again, for example: my phone")
        name.validators.append(MaxLengthValidator(LONGEST_NAME))
        self.fields["credential"].error_messages["required"] = _("This device has made no passkey. Try again.")

    def clean(self):
        self.cleaned_data["passwordless"] = True
        return super().clean()
