"""What the sign-in pages ask. The pages are django-allauth's; who may do what, and the wording, are the clinic's."""

from allauth.account import forms
from allauth.account.adapter import get_adapter
from allauth.core import context, ratelimit
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from clinic.errors import ChannelMissing
from clinic.lib import tries
from clinic.messaging.channels import registry
from clinic.models import MessageChannel, User

LONGEST_ADDRESS = 254  # RFC 5321, and the column of a message's address
EMAIL = (_("E-mail"), _("Write your e-mail address, for example name@example.org."))
# A field's label, and its error when nothing that makes sense was entered.
WORDS = {
    "email": EMAIL,
    "login": EMAIL,
    "code": (_("Code"), _("Type the 6 digits from our e-mail.")),
    "password": (_("Password"), _("Type your password.")),
    "oldpassword": (_("Password of today"), _("Type the password you have now.")),
    "password1": (_("New password"), _("Type a new password.")),
    "password2": (_("New password again"), _("Type the new password a second time.")),
}


class PlainLabelsMixin:
    """Labels above the fields, no placeholders inside, and errors that say what to do."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label, sentence = WORDS[name]
            field.error_messages |= {"required": sentence, "invalid": sentence}
            field.widget.attrs.pop("placeholder", None)
            if name in ("email", "login"):
                field.validators.append(MaxLengthValidator(LONGEST_ADDRESS, sentence))
            if name != "password1":
                field.help_text = ""  # the page itself has the link for a forgotten password


def _count(act, login):
    if not tries.may(context.request, act, login):
        tries.refuse(context.request)
        raise get_adapter().validation_error("too_many_login_attempts")


def _must_be_able_to_send():
    if not registry.is_set_up(MessageChannel.EMAIL):
        raise ValidationError(ChannelMissing.sentence)


# Patients: a code by e-mail


class SignInCodeForm(PlainLabelsMixin, forms.RequestLoginCodeForm):
    """Patients get a code. Anyone else sees the same answer and gets none."""

    def clean_email(self):
        _must_be_able_to_send()
        email = super().clean_email()
        _count("code", email)
        asker = self._user or User(pk=0)  # employments are looked up for strangers too, so that it takes as long
        if asker.is_colleague or asker.email.lower() != email:
            self._user = None
        return email


class TypedCodeForm(PlainLabelsMixin, forms.ConfirmLoginCodeForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        minutes = settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60
        code = self.fields["code"]
        code.widget.attrs |= {"inputmode": "numeric", "class": "input-short"}
        code.help_text = ngettext("6 digits, good for %d minute", "6 digits, good for %d minutes", minutes) % minutes

    def clean_code(self):
        """Counted here too: many tries at the same moment could outrun the count in the session."""
        asked_at = context.request._login_stage.state["at"]
        one_code = f"{context.request.session.session_key}:{asked_at}"
        if not ratelimit.consume(context.request, action="confirm_login_code", key=one_code):
            tries.refuse(context.request, account=context.request._login_stage.login.user)
            raise get_adapter().validation_error("too_many_login_attempts")
        return super().clean_code()


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
    pass
