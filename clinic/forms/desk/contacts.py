"""A new address of a patient, and one that ends."""

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.forms.fields import EmailField, PhoneField, ReasonField
from clinic.models import ContactSystem


class NewContactForm(forms.Form):
    """An e-mail, a phone, or both."""

    email = EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    phone = PhoneField(
        label=_("Phone"), widget=forms.TextInput(attrs={"autocomplete": "off", "type": "tel", "inputmode": "tel"})
    )
    reason = ReasonField(label=_("From whom do you know it?"), help_text=_("For example: she says so at the desk."))

    def __init__(self, *args, patient, **kwargs):
        super().__init__(*args, **kwargs)
        self.patient = patient
        self.helper = FormHelper()
        self.helper.form_tag = False  # the page draws the form, with its token and its buttons

    def clean(self):
        cleaned = super().clean()
        ways = {ContactSystem.EMAIL: "email", ContactSystem.PHONE: "phone"}
        current = {(c.system, c.value.casefold()) for c in self.patient.contacts.all() if c.until is None}
        for system, name in ways.items():
            if (system, str(cleaned.get(name) or "").casefold()) in current:
                self.add_error(name, _("This is what we have already."))
        if not any(cleaned.get(name) or self.has_error(name) for name in ways.values()):
            self.add_error("email", _("Write an e-mail or a phone number."))
        return cleaned

    @property
    def ways(self):
        """(system, address) of each that was written."""
        data = self.cleaned_data
        said = ((ContactSystem.EMAIL, data["email"].lower()), (ContactSystem.PHONE, str(data["phone"] or "")))
        return [(system, value) for system, value in said if value]


class EndContactForm(forms.Form):
    """Why a patient is no longer reached there."""

    reason = ReasonField(
        label=_("Why does it end?"), help_text=_("For example: the number belongs to somebody else now.")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
