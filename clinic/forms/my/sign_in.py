"""What the sign-in pages ask. The pages are django-allauth's; who may do what, and the wording, are the clinic's."""

from allauth.account import forms
from allauth.account.adapter import get_adapter
from allauth.core import context, ratelimit
from django import forms as django_forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.errors import ChannelMissing
from clinic.forms.fields import EmailField, PhoneField
from clinic.forms.shared.sign_in import PlainLabelsMixin
from clinic.lib import tries
from clinic.messaging import sms_codes, sms_numbers
from clinic.messaging.channels import registry
from clinic.models import MessageChannel


def _count(act, login):
    if not tries.may(context.request, act, login):
        tries.refuse(context.request)
        raise get_adapter().validation_error("too_many_login_attempts")


def _count_code(address, *acts):
    """One more code to this address, from this place; `acts` count it for the address from anywhere, too."""
    _count("code", address)
    if not all(ratelimit.consume(context.request, action=act, key=address) for act in ("request_login_code", *acts)):
        tries.refuse(context.request)
        raise get_adapter().validation_error("too_many_login_attempts")


def _must_be_able_to_send():
    if not registry.is_set_up(MessageChannel.EMAIL):
        raise ValidationError(ChannelMissing.sentence)


# Patients: a code by e-mail or SMS


class AddressForm(PlainLabelsMixin, django_forms.Form):
    """Where a code goes: an e-mail address, or a mobile phone."""

    email = EmailField(widget=django_forms.EmailInput(attrs={"autocomplete": "email"}))
    phone = PhoneField(widget=django_forms.TextInput(attrs={"autocomplete": "tel", "type": "tel", "inputmode": "tel"}))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not registry.is_set_up(MessageChannel.SMS):
            del self.fields["phone"]
        elif not registry.is_set_up(MessageChannel.EMAIL):
            del self.fields["email"]
        self.is_one_way = len(self.fields) == 1
        for field in self.fields.values():
            field.required = self.is_one_way

    def clean_email(self):
        if email := self.cleaned_data["email"].lower():
            _must_be_able_to_send()
            _count_code(email)
        return email

    def clean_phone(self):
        number = str(self.cleaned_data["phone"] or "")
        if number:
            if not sms_numbers.gets_sms(number):
                raise ValidationError(_("We send no SMS to this number. Use a mobile phone, your e-mail, or call us."))
            _count_code(number, "sms_code")
            if sms_codes.are_spent(at=timezone.now()):
                raise ValidationError(_("We cannot send more codes by SMS today. Use your e-mail, or call us."))
        return number

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("email") and cleaned.get("phone"):
            raise get_adapter().validation_error("select_only_one")
        if not self.errors and not any(cleaned.values()):
            self.add_error("email", _("Write your e-mail address, or the number of your mobile phone."))
        return cleaned

    @property
    def address(self):
        """As keyword arguments: `email`, or `phone`."""
        return {way: value for way, value in self.cleaned_data.items() if value}


class SignInCodeForm(AddressForm):
    """Patients get a code. Anyone else sees the same answer and gets none."""


class NoPasswordForm(forms.SetPasswordForm):
    """Nobody without a password can set one while signed in."""

    def clean(self):
        raise ValidationError(_("You sign in with a code that we send you. You need no password."))


# Colleagues: a password


class ColleagueSignInForm(PlainLabelsMixin, forms.LoginForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class PasswordAgainForm(PlainLabelsMixin, forms.ReauthenticateForm):
    pass


class ForgottenPasswordForm(PlainLabelsMixin, forms.ResetPasswordForm):
    """Colleagues get a link. Anyone else sees the same answer and gets none."""

    def clean_email(self):
        _must_be_able_to_send()
        email = super().clean_email()
        _count("reset", email)
        self.users = [user for user in self.users if user.is_colleague and user.email.lower() == email]
        return email


class ResetLinkForm(forms.UserTokenForm):
    """The link in the e-mail. Opening it never signs another person out, so they must sign out first."""

    def clean(self):
        cleaned = super().clean()
        signed_in = context.request.user
        is_somebody_else = signed_in.is_authenticated and signed_in != self.reset_user
        if is_somebody_else or not self.reset_user.is_colleague:
            raise get_adapter().validation_error("invalid_password_reset")
        return cleaned


class NewPasswordForm(PlainLabelsMixin, forms.ResetPasswordKeyForm):
    pass


class ChangedPasswordForm(PlainLabelsMixin, forms.ChangePasswordForm):
    """For those who came by it: who signed in by a code changes nothing of their work."""

    def clean(self):
        if not self.user.is_colleague:
            raise ValidationError(_("Sign in to work to change your password."))
        return super().clean()
