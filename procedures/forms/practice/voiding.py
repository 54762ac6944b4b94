from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.forms.fields import TextField
from procedures.forms.practice.record_fields import helper_for, refuse_unseen


class VoidForm(forms.Form):
    reason = TextField(
        label=_("Why is the whole record wrong?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example: written for another patient. A single detail is put right by a note instead."),
        error_messages={"required": _("Write why the whole record is wrong.")},
    )
    helper = helper_for("reason")

    def clean_reason(self):
        return refuse_unseen(self, "reason")
