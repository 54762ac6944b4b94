"""What a physician enters for the dose: weight, profile and cut; and what is typed of the rest."""

import re
from decimal import Decimal

from crispy_forms.layout import Div
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.models import BodyMeasurement
from procedures.dosing import dose_meter, record_dose, weights
from procedures.forms.practice.record_fields import (
    LocalisedDecimalField,
    field_of,
    helper_for,
    number_fault,
    sentences,
)
from procedures.models import (
    DoseProfile,
    DrugAdministration,
    DrugKind,
    Muscle,
    Preparation,
    Procedure,
)

PROCEDURE_FIELDS = ["dose_profile", "weight_kg", "weight_on", "dosing_weight_kg", "dose_cut_percent"]
KILOGRAMS = ["weight_kg", "dosing_weight_kg"]
MAX_ROWS, MOST_ML = 24, 100
WEIGHT_RANGE = {"min_value": dose_meter.LIGHTEST_KG, "max_value": dose_meter.HEAVIEST_KG, "decimal_places": 1}
WRONG_WEIGHT = gettext_lazy("Write the weight in kg, from 20 to 250, with at most one decimal. For example: 68.5")


def plain(number):
    """As people write it: 70, not 70.0 and not 7E+1."""
    return None if number is None else number.normalize() + Decimal(0)


def kilograms(label, **more):
    return LocalisedDecimalField(
        label=label,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages=sentences(wrong=WRONG_WEIGHT),
        **WEIGHT_RANGE | more,
    )


class DoseForm(forms.Form):
    """What the dose of one record is calculated from. Nothing is required: signing asks for what is missing.

    The record's own form can extend it: then its fields are sent, shown and saved with the others.
    """

    dose_profile = forms.ModelChoiceField(
        DoseProfile.objects.filter(kind=DrugKind.LOCAL_ANAESTHETIC),
        label=gettext_lazy("Dose limits"),
        required=False,
        empty_label="",
    )
    weight_kg = kilograms(gettext_lazy("Weight (kg)"))
    weight_on = forms.DateField(
        label=gettext_lazy("Weighed on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages=sentences(wrong=gettext_lazy("Write the day like this: 31/12/2027.")),
    )
    height_cm = field_of(
        BodyMeasurement,
        "height_cm",
        label=gettext_lazy("Height (cm)"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages=sentences(wrong=gettext_lazy("Write the height in cm, from 80 to 230.")),
    )
    dosing_weight_kg = kilograms(
        gettext_lazy("Weight for the dose (kg)"),
        help_text=gettext_lazy("Only if it is less than the real weight: the ideal weight in obesity."),
    )
    dose_cut_percent = forms.IntegerField(
        label=gettext_lazy("Lower limits by (%)"),
        required=False,
        min_value=0,
        max_value=dose_meter.MAX_CUT_PERCENT,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=gettext_lazy("10 to 20 at high age, in pregnancy, with kidney, heart or liver disease (CMAJ 2022)."),
        error_messages=sentences(wrong=gettext_lazy("Write a whole number from 0 to 50.")),
    )
    dose_helper = helper_for(
        Div("weight_kg", "weight_on", "height_cm", css_class="form-row-fields"),
        Div("dose_profile", "dosing_weight_kg", "dose_cut_percent", css_class="form-row-fields"),
    )

    def __init__(self, *args, appointment, **kwargs):
        super().__init__(*args, **kwargs)
        self.appointment = appointment
        newest = BodyMeasurement.objects.filter(patient=appointment.patient_id).first()
        if newest and newest.is_stale(on=appointment.on):
            sentence = _("The last one is too old: %(kg)s kg on %(day)s.")
            day = f"{newest.measured_on:%Y-%m-%d}"
            self.fields["weight_kg"].help_text = sentence % {"kg": plain(newest.weight_kg), "day": day}

    @classmethod
    def initial_of(cls, appointment, procedure=None):
        """Initial values: the draft's; what the draft does not have comes from the newest measurement."""
        newest = appointment.patient.measurements.first()
        found = {"dose_profile": DoseProfile.objects.filter(is_default=True).first(), "dose_cut_percent": 0}
        if newest:
            found["height_cm"] = newest.height_cm
            if not newest.is_stale(on=appointment.on):
                found |= {"weight_kg": plain(newest.weight_kg), "weight_on": newest.measured_on}
        if procedure:
            own = {name: getattr(procedure, name) for name in PROCEDURE_FIELDS}
            found |= {name: value for name, value in own.items() if value is not None}
            found |= {name: plain(found[name]) for name in KILOGRAMS if name in found}
        return found

    def clean_dose_cut_percent(self):
        return self.cleaned_data["dose_cut_percent"] or 0

    def clean_weight_on(self):
        """The day of the visit unless another was entered; no later day."""
        on, last = self.cleaned_data["weight_on"], max(self.appointment.on, timezone.localdate())
        if on and on > last:
            raise ValidationError(_("This day has not come yet."))
        return on

    def clean(self):
        super().clean()
        entered = self.cleaned_data
        weight_kg, chosen = entered.get("weight_kg"), entered.get("dosing_weight_kg")
        if weight_kg and "weight_on" in entered and entered["weight_on"] is None:
            entered["weight_on"] = self.appointment.on
        if weight_kg is None and "weight_kg" in entered:
            entered["weight_on"] = None
        if weight_kg and chosen and chosen > weight_kg:
            self.add_error("dosing_weight_kg", _("The weight for the dose is never above the patient's own weight."))

    @property
    def doses(self):
        """The part that is saved on the Procedure."""
        return {name: self.cleaned_data.get(name) for name in PROCEDURE_FIELDS}

    def remember(self, *, by):
        """Save a newly entered weight or height among the patient's measurements."""
        entered = self.cleaned_data
        if entered.get("weight_kg") and self.has_changed():
            weights.note_weight(
                self.appointment.patient,
                weight_kg=entered["weight_kg"],
                height_cm=entered.get("height_cm"),
                on=entered["weight_on"],
                by=by,
            )


def show_typed(appointment, data, *, at):
    """The meter of a record that is being typed (`data` as the browser sends it). Saves nothing.

    Returns the dosing.Shown and how many drugs have no volume yet.
    """
    form = DoseForm(data, appointment=appointment)
    if not form.is_valid():
        name, errors = next(iter(form.errors.items()))
        label = form.fields[name].label if name in form.fields else ""
        return record_dose.DoseDisplay(None, f"{label}: {errors[0]}" if label else errors[0]), 0
    if fault := _fault_of_a_volume(data):
        return record_dose.DoseDisplay(None, fault), 0
    drugs, unfinished = _typed_drugs(data)
    procedure = Procedure(
        appointment=appointment, patient=appointment.patient, performed_on=appointment.on, **form.doses
    )
    height_cm, muscles = form.cleaned_data["height_cm"], _typed_muscles(data)
    return record_dose.display(procedure, drugs, at=at, height_cm=height_cm, muscles=muscles), unfinished


def _typed_rows(data, part, field):
    """The numbers of the rows that have this field and are not removed, MAX_ROWS at most."""
    names = re.compile(rf"{part}-(\d{{1,3}})-{field}")
    numbers = sorted({int(found[1]) for name in data if (found := names.fullmatch(name))})
    return [n for n in numbers[:MAX_ROWS] if not data.get(f"{part}-{n}-DELETE")]


def _typed_muscles(data):
    """Of the sites, one for each; those that are no key of a muscle are left out."""
    keys = [data[f"sites-{n}-muscle"] for n in _typed_rows(data, "sites", "muscle")]
    known = Muscle.objects.in_bulk([key[:60] for key in keys if key])
    return [known[key] for key in keys if key in known]


def _typed_drugs(data):
    """The rows that are not removed: (those with product and volume, how many are not finished)."""
    typed = [
        (data.get(f"drugs-{n}-preparation", ""), data.get(f"drugs-{n}-volume_ml", ""))
        for n in _typed_rows(data, "drugs", "preparation")
    ]
    products = Preparation.objects.select_related("drug").in_bulk([slug for slug, _volume in typed if slug])
    drugs = [
        DrugAdministration(preparation=products[slug], volume_ml=_typed_volume(volume))
        for slug, volume in typed
        if slug in products and volume.strip()
    ]
    return drugs, sum(1 for slug, volume in typed if bool(slug in products) != bool(volume.strip()))


def _fault_of_a_volume(data):
    """What is wrong with the first volume that cannot be read; "" if all can, or are not typed yet."""
    typed = [data.get(f"drugs-{n}-volume_ml", "") for n in _typed_rows(data, "drugs", "preparation")]
    faults = [(text, number_fault(text, most=MOST_ML, decimals=2)) for text in typed if text.strip()]
    wrong = next(((text, fault) for text, fault in faults if fault), None)
    return _("Volume “%(text)s”: %(fault)s") % {"text": wrong[0][:20], "fault": wrong[1]} if wrong else ""


def _typed_volume(text):
    """mL; None if it is not a valid volume, so that it is refused and not left out."""
    field = field_of(DrugAdministration, "volume_ml", form_class=LocalisedDecimalField)
    try:
        return field.clean(text)
    except ValidationError:
        return None
