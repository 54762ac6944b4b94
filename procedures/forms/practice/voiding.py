from django import forms
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from clinic.forms.fields import TextField
from procedures.forms.practice.record_fields import helper_for, refuse_unseen
from procedures.models import Injected
from procedures.records.voiding import Said


class VisitField(forms.ModelChoiceField):
    def label_from_instance(self, visit):
        return f"{localtime(visit.starts_at):%H:%M} {visit.patient}"


class VoidForm(forms.Form):
    """`others` are the visits of the day in which somebody else may have been injected."""

    reason = TextField(
        label=_("Why is the whole record wrong?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example: written for another patient. A single detail is put right by a note instead."),
        error_messages={"required": _("Write why the whole record is wrong.")},
    )
    injected = forms.ChoiceField(
        label=_("Was it injected?"),
        choices=Injected,
        widget=forms.RadioSelect,
        help_text=_(
            "The dose of 24 hours, a recall of the lot, the repeat guard and the days after follow your answer."
        ),
        error_messages={"required": _("Say whether it was injected: the dose of today hangs on it.")},
    )
    injected_visit = VisitField(
        label=_("Which other patient?"),
        queryset=None,
        required=False,
        empty_label=_("not known"),
        help_text=_("Only if another patient was injected: whoever came to the same physician on that day."),
    )
    helper = helper_for("reason", "injected", "injected_visit")

    def __init__(self, *args, others, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["injected_visit"].queryset = others

    def clean_reason(self):
        return refuse_unseen(self, "reason")

    @property
    def said(self):
        contents = self.cleaned_data
        return Said(contents["reason"], contents["injected"], contents["injected_visit"])
