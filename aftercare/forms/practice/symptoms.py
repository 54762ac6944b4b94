"""The follow-up of a patient's answers."""

from django import forms
from django.utils.translation import gettext_lazy as _

from aftercare.models import SymptomCheck
from clinic.forms.fields import VisibleTextField

NOTE = SymptomCheck._meta.get_field("follow_up_note").max_length
MOST = 50


class FollowUpForm(forms.Form):
    """The follow-up of red or amber answers, the patient for whom this page was opened, and what else it showed."""

    patient = forms.IntegerField(widget=forms.HiddenInput)
    also = forms.CharField(required=False, widget=forms.HiddenInput)  # keys of the other open answers that it showed
    note = VisibleTextField(
        label=_("What was said and done"),
        help_text=_("For example: called at 14:10, went to the emergency room, will be called again tomorrow."),
        max_length=NOTE,
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
        error_messages={"required": _("Write what was said and done.")},
    )

    def clean_also(self):
        return [int(key) for key in self.cleaned_data["also"].split(",") if key.isascii() and key.isdecimal()][:MOST]
