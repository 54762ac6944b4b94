"""What the manager finds about a patient who was opened in an emergency."""

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.lib.texts import has_visible_text


class ReviewForm(forms.Form):
    was_right = forms.TypedChoiceField(
        label=_("Was it right?"),
        choices=[("yes", _("Yes, there was a reason for it")), ("no", _("No, it should not have been"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of them.")},
    )
    note = forms.CharField(
        label=_("What was found, and what comes of it"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean_note(self):
        note = self.cleaned_data["note"].strip()
        return note if has_visible_text(note) else ""
