"""A physician's decision about the safety answers."""

from django import forms
from django.utils.translation import gettext_lazy as _

from procedures.forms.fields import MultilineField


class ReviewForm(forms.Form):
    """Which answers were reviewed, and what was decided."""

    screening = forms.IntegerField(widget=forms.HiddenInput)
    note = MultilineField(
        rows=3,
        label=_("What you decided"),
        max_length=500,
        help_text=_("For example: apixaban known, superficial sites only, longer pressure."),
        error_messages={"required": _("Write what you decided.")},
    )
