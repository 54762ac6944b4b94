"""What a physician decides about a change of clinical words and numbers."""

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.lib.texts import has_visible_text


class DecisionForm(forms.Form):
    approves = forms.TypedChoiceField(
        label=_("What you decide"),
        choices=[("yes", _("I approve it: it is in force from now on")), ("no", _("I do not approve it"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of them.")},
    )
    note = forms.CharField(
        label=_("Why not"),
        required=False,
        max_length=300,
        widget=forms.TextInput(),
        help_text=_("Only if you do not approve it."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean_note(self):
        note = self.cleaned_data["note"].strip()
        return note if has_visible_text(note) else ""
