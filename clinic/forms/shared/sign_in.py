"""What forms of signing in have alike, and the one for a code, wherever it is typed."""

from allauth.account import forms
from allauth.account.adapter import get_adapter
from allauth.core import context, ratelimit
from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from clinic.lib import tries

LONGEST_ADDRESS = 254  # RFC 5321, and the column of a message's address
EMAIL = (_("E-mail"), _("Write your e-mail address, for example name@example.org."))
# A field's label, and its error when nothing that makes sense was entered.
WORDS = {
    "email": EMAIL,
    "login": EMAIL,
    "phone": (_("Mobile phone"), _("Write the whole phone number, for example +370 612 34567.")),
    "code": (_("Code"), _("Type the 6 digits from our message.")),
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


class TypedCodeForm(PlainLabelsMixin, forms.ConfirmLoginCodeForm):
    def __init__(self, *args, process, **kwargs):
        """`process`: django-allauth's, with the code, when it was asked for, and the account that it opens, if any."""
        super().__init__(*args, code=process.code, **kwargs)
        self.process = process
        minutes = settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60
        code = self.fields["code"]
        code.widget.attrs |= {"inputmode": "numeric", "class": "input-short"}
        code.help_text = ngettext("6 digits, good for %d minute", "6 digits, good for %d minutes", minutes) % minutes

    def clean_code(self):
        """Counted here too: many tries at the same moment could outrun the count in the session."""
        one_code = f"{context.request.session.session_key}:{self.process.state['at']}"
        if not ratelimit.consume(context.request, action="confirm_login_code", key=one_code):
            tries.refuse(context.request, account=self.process.user)
            raise get_adapter().validation_error("too_many_login_attempts")
        return super().clean_code()
