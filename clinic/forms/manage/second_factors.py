"""What the manager says when somebody begins anew with a second factor."""

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _


class ResetForm(forms.Form):
    why = forms.CharField(
        label=_("Why, and how do you know that it is this person who asks?"),
        help_text=_("For example: lost the phone, stands before me."),
        max_length=80,
        error_messages={"required": _("Write why, in a few words.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False  # the page draws the form, with its token and its buttons
