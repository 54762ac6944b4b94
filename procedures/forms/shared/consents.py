"""The patient's name and agreement below the text of a consent."""

from django import forms
from django.utils.translation import gettext_lazy as _

from procedures.models import Consent


class ConsentForm(forms.Form):
    """`patient` and `seen` say whose consent text the page showed, and which version."""

    patient = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
    agreed = forms.BooleanField(
        label=_("I have read this. I could ask my questions. I say yes."),
        error_messages={"required": _("Tick this if you say yes. If you are not sure, ask us first.")},
    )
    name = forms.CharField(
        label=_("Your full name"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        max_length=Consent._meta.get_field("signed_name").max_length,
        help_text=_("Write your first name and your family name. This is how you sign."),
        error_messages={"required": _("Write your first name and your family name.")},
    )
    interpreter = forms.CharField(
        label=_("Did somebody translate this for you? Write who."),
        max_length=Consent._meta.get_field("interpreter").max_length,
        required=False,
        help_text=_("Leave it empty if not."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("name", "interpreter"):
            self.fields[name].widget.attrs["class"] = "form-control"
        self.fields["agreed"].widget.attrs["class"] = "form-check-input"


class ShownForm(forms.Form):
    """Whose consent, and which one, was on the page when the button was pressed."""

    patient = forms.IntegerField()
    consent = forms.IntegerField()
