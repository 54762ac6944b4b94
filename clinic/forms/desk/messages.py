"""How a patient wants to be reached, and what the desk writes when a message did not get through."""

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.forms.fields import EmailField, PhoneField, VisibleTextField
from clinic.models import ContactSystem


class SendAgainForm(forms.Form):
    """Why a message is sent again."""

    reason = VisibleTextField(
        label=_("Why is it sent again?"),
        help_text=_("For the clinic only. For example: she says that it never came."),
        max_length=200,
        widget=forms.TextInput(),
        error_messages={"required": _("Write why it is sent again, in a few words.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False


class ContactForm(forms.Form):
    """The right address instead of a wrong one."""

    def __init__(self, *args, contact, **kwargs):
        super().__init__(*args, **kwargs)
        self.contact = contact
        if contact.system == ContactSystem.EMAIL:
            empty = {"required": _("Write the right e-mail address.")}
            self.fields["value"] = EmailField(label=_("The right e-mail address"), required=True, error_messages=empty)
        else:
            empty = {"required": _("Write the right phone number.")}
            self.fields["value"] = PhoneField(label=_("The right phone number"), required=True, error_messages=empty)
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean_value(self):
        value = str(self.cleaned_data["value"])
        if value.casefold() == self.contact.value.casefold():
            raise forms.ValidationError(_("This is what we have already."))
        return value
