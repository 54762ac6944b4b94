"""The rows of drugs, each for one site or shared over all."""

from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clinic.errors import DomainError
from procedures.forms.practice.record_fields import LocalisedDecimalField, field_of, one_of, refuse_unseen, sentences
from procedures.forms.practice.record_rows import RowForm, RowFormSet, formset_of
from procedures.models import DrugAdministration
from procedures.records import signing

LONGEST_SHELF_YEARS = 10


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
    lot = field_of(
        DrugAdministration, "lot", label=_("Lot number"), error_messages={"required": _("Write the lot number.")}
    )
    expires_on = forms.DateField(
        label=_("Use before"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages=sentences(
            required=_("Write the day until which it may be used."), wrong=_("Write the day like this: 31/12/2027.")
        ),
    )

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
        }

    def clean_expires_on(self):
        """No drug has a long shelf life: a year far ahead is a typing error."""
        expires_on = self.cleaned_data["expires_on"]
        if expires_on.year > self.on.year + LONGEST_SHELF_YEARS:
            raise ValidationError(_("Please check the year. No lot can be used for so long."))
        return expires_on

    def clean_lot(self):
        return refuse_unseen(self, "lot")

    def clean(self):
        if self.cleaned_data.get("expires_on"):
            try:
                signing.refuse_expired(DrugAdministration(expires_on=self.cleaned_data["expires_on"]), on=self.on)
            except DomainError as error:
                self.add_error(error.field, str(error))

    @property
    def lots(self):
        """What can be filled in with one tap: the label, and what the button sends."""
        offered = [
            (lot.lot, f"{lot.expires_on:%Y-%m-%d}") for lot in self.shelf.lots.get(self["preparation"].value(), [])
        ]
        fields = [self.add_prefix("lot"), self.add_prefix("expires_on")]
        lots = dict.fromkeys([*self.same_lots, *offered])
        lots.pop((self["lot"].value(), str(self["expires_on"].value())), None)
        return [{"lot": lot[0], "day": lot[1], "fill": urlencode(dict(zip(fields, lot, strict=True)))} for lot in lots]

    def make_row(self):
        self.row = DrugAdministration(**self.contents | {"site": None})
        return self.row


class DrugRows(RowFormSet):
    default_error_messages = {"too_many_forms": _("One record holds 8 drugs at most.")}

    def offer_same_lots(self):
        """The lot of one row can be copied to the others with the same product."""
        for form in self.kept_forms:
            others = [other for other in self.kept_forms if other is not form]
            form.same_lots = [
                (other["lot"].value(), str(other["expires_on"].value()))
                for other in others
                if other["preparation"].value() == form["preparation"].value()
                and other["lot"].value()
                and other["expires_on"].value()
            ]


DrugFormSet = formset_of(DrugForm, DrugRows, most=8)
