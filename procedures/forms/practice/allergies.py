"""A physician writes what a patient is allergic to, and why something no longer counts."""

from django import forms
from django.utils.translation import gettext_lazy as _

from procedures.forms.fields import MultilineField
from procedures.forms.shared.allergies import all_substances
from procedures.models import Allergy, AllergySeverity
from procedures.screening.allergies import Reaction


class AllergyForm(forms.Form):
    """One substance of the catalogue, or another in words; how bad it was, and what happened."""

    substance = forms.ChoiceField(label=_("Allergic to"), required=False)
    other = forms.CharField(
        label=_("Something else"),
        required=False,
        max_length=Allergy._meta.get_field("other").max_length,
        help_text=_("Only if it is not in the list: what is in words is compared less well."),
    )
    severity = forms.ChoiceField(
        label=_("How bad it was"),
        choices=AllergySeverity,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how bad it was. “Nobody knows” is an answer, too.")},
    )
    reaction = MultilineField(
        rows=2, label=_("What happened"), required=False, max_length=Allergy._meta.get_field("reaction").max_length
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.substances = all_substances()
        self.fields["substance"].choices = [("", ""), *((key, row.name) for key, row in self.substances.items())]
        self.fields["substance"].widget.attrs["class"] = "form-select"
        self.fields["other"].widget.attrs["class"] = "form-control"

    def clean(self):
        entered = super().clean()
        if bool(entered.get("substance")) == bool((entered.get("other") or "").strip()):
            self.add_error("substance", _("Choose one substance, or write another."))
        return entered

    @property
    def named(self):
        """A Drug, an Ingredient, or words."""
        return self.substances.get(self.cleaned_data["substance"]) or self.cleaned_data["other"]

    @property
    def happened(self):
        return Reaction(self.cleaned_data["severity"], self.cleaned_data["reaction"])


class EndAllergyForm(forms.Form):
    reason = MultilineField(
        rows=2,
        label=_("Why it no longer counts"),
        max_length=Allergy._meta.get_field("ended_reason").max_length,
        help_text=_("For example: skin test of May 2025 negative, letter of the allergologist in the file."),
        error_messages={"required": _("Write why.")},
    )
