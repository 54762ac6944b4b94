"""What patients say about the data that we keep about them."""

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.forms.fields import TextField, VisibleTextField
from clinic.privacy.data_requests import MOST_LETTERS

ABOUT = [
    ("name", _("The name")),
    ("birth-date", _("The birth date")),
    ("contact", _("E-mail or phone")),
    ("health", _("What is written about my health")),
    ("other", _("Something else")),
]


class WhatIsWrongForm(forms.Form):
    about = forms.ChoiceField(
        label=_("What is wrong?"),
        choices=ABOUT,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is wrong.")},
    )
    words = VisibleTextField(
        label=_("How is it right?"),
        max_length=MOST_LETTERS,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write how it is right.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False

    @property
    def what(self):
        """The part that is wrong, in words."""
        return dict(ABOUT)[self.cleaned_data["about"]]


class RemovalForm(forms.Form):
    words = TextField(
        label=_("Do you want to tell us why, or what?"),
        help_text=_("You need not answer."),
        required=False,
        max_length=MOST_LETTERS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
