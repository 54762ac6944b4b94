"""How a patient wants to be reached, and what the desk writes when a message did not get through."""

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.forms.fields import EmailField, PhoneField, ReasonField, VisibleTextField
from clinic.models import ContactSystem, MessageChannel

LONGEST_SMS = 400


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


class AnswerForm(forms.Form):
    """What the desk writes to a patient, by e-mail or SMS."""

    words = VisibleTextField(
        label=_("Your message"),
        help_text=_("Nothing about health that a stranger at the phone must not read."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write what you want to say.")},
    )
    channel = forms.ChoiceField(label=_("How it goes"), widget=forms.RadioSelect)
    token = forms.RegexField(r"^[0-9a-f]{20}$", widget=forms.HiddenInput)
    seen = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)

    def __init__(self, *args, ways, **kwargs):
        """`ways`: (channel, words with the address) of each way in which the patient is reached."""
        super().__init__(*args, **kwargs)
        self.fields["channel"].choices = ways
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("channel") == MessageChannel.SMS and len(cleaned.get("words", "")) > LONGEST_SMS:
            sentence = _("An SMS takes %(most)s characters at most. Write less, or send an e-mail.")
            self.add_error("words", sentence % {"most": LONGEST_SMS})
        return cleaned


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
        self.fields["reason"] = ReasonField(help_text=_("For example: she says so on the phone; our mail came back."))
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean_value(self):
        value = str(self.cleaned_data["value"])
        if value.casefold() == self.contact.value.casefold():
            raise forms.ValidationError(_("This is what we have already."))
        return value
