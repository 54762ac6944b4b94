"""Which patient is opened in an emergency, and why."""

from datetime import date

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.forms.fields import VisibleTextField
from clinic.models.patients import plain_words


class EmergencyForm(forms.Form):
    name = forms.CharField(
        label=_("First and family name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Write the whole name.")},
    )
    birth_date = forms.DateField(
        label=_("Birth date"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        input_formats=["%Y-%m-%d"],
        error_messages={"required": _("Write the birth date."), "invalid": _("Write the birth date.")},
    )
    reason = VisibleTextField(
        label=_("Why you need to see this patient now"),
        help_text=_("A manager reads it tomorrow, and the patient can see that you looked."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write why.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean_name(self):
        """Its words, as they are searched for."""
        words = plain_words(self.cleaned_data["name"])
        if not words:
            raise forms.ValidationError(_("Write the whole name."))
        return words

    def clean_birth_date(self):
        day = self.cleaned_data["birth_date"]
        if not date(1900, 1, 1) <= day <= date(2200, 1, 1):
            raise forms.ValidationError(_("Write the birth date."))
        return day
