from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.errors import DomainError
from procedures.records import lot_recall, pack_scans

CODE = {"autocomplete": "off", "spellcheck": "false"}


class LotForm(forms.Form):
    """What a recall names: the lot, and often the number of the pack. A scanned pack says both."""

    lot = forms.CharField(
        label=_("Lot number, or scan a pack"),
        required=False,
        max_length=pack_scans.LONGEST,
        widget=forms.TextInput(attrs=CODE | {"autocapitalize": "characters"}),
        error_messages={"required": _("Write the lot number that stands on the label.")},
    )
    gtin = forms.CharField(
        label=_("Number of the pack (GTIN), if the recall names it"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs=CODE | {"inputmode": "numeric"}),
    )

    def clean_gtin(self):
        typed = self.cleaned_data["gtin"]
        if typed and not pack_scans.gtin_of(typed):
            raise forms.ValidationError(_("This is not the number of a pack: one of its digits is missing or wrong."))
        return pack_scans.gtin_of(typed)

    def clean(self):
        lot, gtin = self.cleaned_data.get("lot", "").strip(), self.cleaned_data.get("gtin", "")
        if pack_scans.looks_scanned(lot):
            try:
                scan = pack_scans.read(lot)
            except DomainError as error:
                return self.add_error("lot", str(error))
            lot, gtin = scan.lot, scan.gtin
        if not lot_recall.plain(lot) and not gtin and not self.errors:
            self.add_error("lot", self.fields["lot"].error_messages["required"])
        return {"lot": lot.upper(), "gtin": gtin}
