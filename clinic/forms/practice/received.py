"""What a physician notes about an SMS."""

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.forms.fields import VisibleTextField


class FollowUpForm(forms.Form):
    note = VisibleTextField(
        label=_("What was said and done"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write what was said and done: the next who looks at this patient reads it.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
