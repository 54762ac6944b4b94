from django import forms
from django.utils.translation import gettext_lazy as _

from procedures.records import lot_recall


class LotForm(forms.Form):
    lot = forms.CharField(
        label=_("Lot number"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": _("Write the lot number that stands on the label.")},
    )

    def clean_lot(self):
        lot = self.cleaned_data["lot"]
        if not lot_recall.plain(lot):
            raise forms.ValidationError(self.fields["lot"].error_messages["required"])
        return lot.strip().upper()
