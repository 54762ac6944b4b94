"""What a second physician writes to allow what one alone may not do."""

from django import forms
from django.utils.translation import gettext_lazy

from procedures.forms.practice.record_fields import field_of, helper_for, refuse_unseen
from procedures.models import SecondApproval


class SecondPersonForm(forms.Form):
    reason = field_of(
        SecondApproval,
        "reason",
        label=gettext_lazy("Why this is right for this patient"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("It is kept with your name and the time, for exactly what you see here."),
        error_messages={"required": gettext_lazy("Write why this is right for this patient.")},
    )
    patient = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)

    helper = helper_for("reason", "patient", "seen")

    def clean_reason(self):
        return refuse_unseen(self, "reason")
