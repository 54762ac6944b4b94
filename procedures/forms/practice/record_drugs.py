"""The rows of drugs, each for one site or shared over all."""

from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clinic.errors import DomainError
from procedures.forms.practice.record_fields import LocalisedDecimalField, field_of, one_of, refuse_unseen, sentences
from procedures.forms.practice.record_rows import RowForm, RowFormSet, formset_of
from procedures.models import DrugAdministration
from procedures.records import pack_codes, pack_scans, signing
from procedures.records.pack_scans import ScanUnreadable

LONGEST_SHELF_YEARS = 10
LOT_ERRORS = {
    "required": _("Write the lot number."),
    "max_length": _("A lot number has 40 characters at most. If you scanned it, scan the square code once more."),
}


class DrugForm(RowForm):
    preparation = forms.TypedChoiceField(label=_("Product"), error_messages={"required": _("Choose the product.")})
    volume_ml = field_of(
        DrugAdministration,
        "volume_ml",
        form_class=LocalisedDecimalField,
        label=_("Volume (mL)"),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages=sentences(
            required=_("Write the volume in mL."),
            wrong=_("Write the volume in mL, from 0.01 to 100, with at most two decimals. For example: 1.5"),
        ),
    )
    site = forms.ChoiceField(
        label=_("For"),
        required=False,
        error_messages={"invalid_choice": _("This site is not there any more. Choose again.")},
    )
    lot = field_of(DrugAdministration, "lot", label=_("Lot, or scan the pack"), error_messages=LOT_ERRORS)
    expires_on = forms.DateField(
        label=_("Use before"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages=sentences(
            required=_("Write the day until which it may be used."), wrong=_("Write the day like this: 31/12/2027.")
        ),
    )

    pack = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)  # as it was scanned: `pack_of`

    same_lots = ()  # of the same product in the other rows

    def __init__(self, *args, site_choices, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["preparation"].choices = self.shelf.preparation_choices
        self.fields["preparation"].coerce = one_of(self.shelf.preparations)
        self.fields["site"].choices = [("", _("all sites together")), *site_choices]
        self.fields["lot"].widget.attrs |= {
            "autocomplete": "off",
            "autocapitalize": "characters",
            "spellcheck": "false",
            "placeholder": " ",
            "maxlength": pack_scans.LONGEST,  # of a whole code: a scanner types it into this field
        }

    def clean_expires_on(self):
        """No drug has a long shelf life: a year far ahead is a typing error."""
        expires_on = self.cleaned_data["expires_on"]
        if expires_on.year > self.on.year + LONGEST_SHELF_YEARS:
            raise ValidationError(_("Please check the year. No lot can be used for so long."))
        return expires_on

    def clean_lot(self):
        lot = refuse_unseen(self, "lot")
        if lot and pack_scans.looks_scanned(lot):
            raise ValidationError(str(ScanUnreadable()))
        return lot

    def clean(self):
        if self.cleaned_data.get("expires_on"):
            try:
                signing.refuse_expired(DrugAdministration(expires_on=self.cleaned_data["expires_on"]), on=self.on)
            except DomainError as error:
                self.add_error(error.field, str(error))

    @property
    def lots(self):
        """What can be filled in with one tap: the label, and what the button sends."""
        offered = [tuple(lot.as_json().values()) for lot in self.shelf.lots.get(self["preparation"].value(), [])]
        lots = {lot[:2]: lot for lot in [*offered, *self.same_lots]}
        lots.pop((self["lot"].value(), str(self["expires_on"].value())), None)
        return [{"lot": lot, "day": day, "fill": self._fill(lot, day, pack)} for lot, day, pack in lots.values()]

    def _fill(self, lot, day, pack):
        values = {"pack": pack, "lot": lot, "expires_on": day}
        return urlencode({self.add_prefix(name): value for name, value in values.items()})

    @property
    def gtin(self):
        """Of the pack that was scanned; "" for none."""
        return pack_codes.gtin_in(self["pack"].value() or "", lot=self["lot"].value() or "")

    @property
    def scanned(self):
        """What is said about the pack that was scanned, and whether it is another product than the row says."""
        if not self.gtin:
            return None
        code = self.shelf.packs.get(self.gtin)
        words, is_wrong = pack_codes.said(
            self.gtin, code, chosen=self.shelf.preparations.get(self["preparation"].value())
        )
        return {"words": words, "is_wrong": is_wrong}

    def make_row(self):
        values = {name: value for name, value in self.contents.items() if name != "pack"}
        self.row = DrugAdministration(**values | {"site": None, "gtin": self.gtin})
        return self.row


def fill_from_scans(sent):
    """What scanners have typed into the fields of lots, read: the values to fill in, as one text; "" if there are none.

    What cannot be read stays where it is, and is an error there.
    """
    filled = {}
    for name, text in sent.items():
        row = name.removesuffix("-lot")
        if row != name and row.startswith("drugs-") and pack_scans.looks_scanned(text):
            try:
                read = values_of_scan(pack_scans.read(text), chosen=sent.get(f"{row}-preparation"))
            except ScanUnreadable:
                continue
            filled |= {f"{row}-{field}": value for field, value in read.items()}
    return urlencode(filled)


def values_of_scan(scan, *, chosen):
    """The fields of a row, as the scan says them. The product that somebody has `chosen` stays: see `scanned`."""
    values = {"pack": pack_codes.pack_of(scan.gtin, scan.lot), "lot": scan.lot}
    if scan.expires_on:
        values["expires_on"] = f"{scan.expires_on:%Y-%m-%d}"
    code = None if chosen else pack_codes.known().get(scan.gtin)
    return values | ({"preparation": code.preparation_id} if code and code.preparation.is_active else {})


class DrugRows(RowFormSet):
    default_error_messages = {"too_many_forms": _("One record holds 8 drugs at most.")}

    def offer_same_lots(self):
        """The lot of one row can be copied to the others with the same product."""
        for form in self.kept_forms:
            others = [other for other in self.kept_forms if other is not form]
            form.same_lots = [
                (other["lot"].value(), str(other["expires_on"].value()), other["pack"].value() or "")
                for other in others
                if other["preparation"].value() == form["preparation"].value()
                and other["lot"].value()
                and other["expires_on"].value()
            ]


DrugFormSet = formset_of(DrugForm, DrugRows, most=8)
