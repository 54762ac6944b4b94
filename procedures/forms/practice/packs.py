"""Which product is in a pack."""

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.errors import DomainError
from procedures.forms.practice.record_fields import helper_for
from procedures.models import Preparation
from procedures.records import pack_scans


class PackForm(forms.Form):
    gtin = forms.CharField(
        label=_("Number of the pack"),
        max_length=pack_scans.LONGEST,
        help_text=_("Scan the square code, or type the number below it (GTIN, 14 digits)."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Scan the pack, or type its number.")},
    )
    preparation = forms.ModelChoiceField(
        Preparation.objects.filter(is_active=True),
        label=_("Product"),
        empty_label="",
        error_messages={"required": _("Choose the product.")},
    )
    helper = helper_for("gtin", "preparation")

    def clean_gtin(self):
        try:
            return pack_scans.read(self.cleaned_data["gtin"]).gtin
        except DomainError:
            raise forms.ValidationError(
                _("This is not the number of a pack: one of its digits is missing or wrong.")
            ) from None
