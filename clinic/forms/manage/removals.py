"""Why the data of a patient are removed, or opened again."""

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.forms.fields import VisibleTextField


class RemovalReasonForm(forms.Form):
    reason = VisibleTextField(
        label=_("Why, and how do you know who asked?"),
        help_text=_("For example: she asked in person on 3 March and showed her passport."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Write why, in a few words.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
