"""What a physiotherapist finds: one page, a few taps, and room for notes."""

from django import forms
from django.utils.translation import gettext_lazy as _

from aftercare.models import (
    CauseFinding,
    CauseReview,
    Movement,
    OtherTherapy,
    OtherTherapyKind,
    PhysiotherapyAssessment,
    RangeOfMotion,
)
from aftercare.physiotherapy import assessments
from clinic.forms.fields import VisibleTextField
from procedures.models import PainCause, Side

THERAPIES = range(3)
SCORES = [(str(score), str(score)) for score in range(11)]
WRONG_EXTENT = _("Write a whole number from 0 to 180.")


def _words(label, name, rows):
    most = PhysiotherapyAssessment._meta.get_field(name).max_length
    widget = forms.Textarea(attrs={"rows": rows, "class": "form-control"})
    return VisibleTextField(label=label, required=False, max_length=most, widget=widget)


class AssessmentForm(forms.Form):
    pain_now = forms.TypedChoiceField(
        label=_("Pain now"),
        choices=SCORES,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(["required", "invalid_choice"], _("Choose a number from 0 to 10.")),
    )
    findings = _words(_("What you find"), "findings", 3)
    plan = _words(_("Plan"), "plan", 2)
    request_token = forms.CharField(max_length=64, widget=forms.HiddenInput)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, regions, **kwargs):
        super().__init__(*args, **kwargs)
        self.proposed, self.others = assessments.movements_for(regions)
        for movement in Movement:
            for side in assessments.sides_of(movement):
                self.fields.update(_fields_of_range(movement, side))
        for cause in PainCause:
            self.fields.update(_fields_of_cause(cause))
        for number in THERAPIES:
            self.fields.update(_fields_of_therapy(number))
        order = ["pain_now", *self.fields]
        last = ["findings", "plan", "request_token", "seen"]
        self.order_fields([name for name in dict.fromkeys(order) if name not in last] + last)

    def clean(self):
        cleaned = super().clean()
        for movement in Movement:
            for side in assessments.sides_of(movement):
                name = f"{movement}-{side}"
                if cleaned.get(f"{name}-hurts") and cleaned.get(name) is None and not self.has_error(name):
                    self.add_error(name, _("It hurts: write how far it goes, too."))
        for number in THERAPIES:
            kind, words = f"therapy-{number}-kind", f"therapy-{number}-words"
            if cleaned.get(kind) and not cleaned.get(words) and not self.has_error(words):
                self.add_error(words, _("Write what, and how often."))
            if cleaned.get(words) and not cleaned.get(kind) and not self.has_error(kind):
                self.add_error(kind, _("Choose the kind of therapy."))
        return cleaned

    # For the page

    def proposed_rows(self):
        return [self._range_row(movement) for movement in self.proposed]

    def other_rows(self):
        return [self._range_row(movement) for movement in self.others]

    @property
    def are_others_open(self):
        """A fold is open if something in it is filled in, or wrong."""
        fields = [cell[name] for row in self.other_rows() for cell in row["cells"] for name in ("extent", "hurts")]
        return any(field.errors or field.value() for field in fields)

    def cause_rows(self):
        return [
            {"cause": cause, "finding": self[f"cause-{cause}"], "advice": self[f"cause-{cause}-advice"]}
            for cause in PainCause
        ]

    def therapy_rows(self):
        return [{"kind": self[f"therapy-{n}-kind"], "words": self[f"therapy-{n}-words"]} for n in THERAPIES]

    def _range_row(self, movement):
        cells = [
            {
                "side": side,
                "is_middle": side == Side.MIDDLE,
                "extent": self[f"{movement}-{side}"],
                "hurts": self[f"{movement}-{side}-hurts"],
            }
            for side in assessments.sides_of(movement)
        ]
        return {"movement": movement, "cells": cells, "is_in_mm": movement == Movement.JAW_OPENING}

    # For the act

    @property
    def found(self):
        entered = self.cleaned_data
        return assessments.Findings(
            pain_now=entered["pain_now"],
            findings=entered["findings"],
            plan=entered["plan"],
            ranges=[
                RangeOfMotion(
                    movement=movement, side=side, extent=extent, is_painful=entered[f"{movement}-{side}-hurts"]
                )
                for movement in Movement
                for side in assessments.sides_of(movement)
                if (extent := entered[f"{movement}-{side}"]) is not None
            ],
            causes=[
                CauseReview(cause=cause, finding=entered[f"cause-{cause}"], advice=entered[f"cause-{cause}-advice"])
                for cause in PainCause
            ],
            therapies=[
                OtherTherapy(kind=entered[f"therapy-{n}-kind"], words=entered[f"therapy-{n}-words"])
                for n in THERAPIES
                if entered[f"therapy-{n}-kind"]
            ],
        )


def as_before(assessment):
    """The causes in the last assessment, as initial values of the next one."""
    initial = {}
    for review in assessment.causes.all():
        initial[f"cause-{review.cause}"] = review.finding
        initial[f"cause-{review.cause}-advice"] = review.advice
    return initial


def _fields_of_range(movement, side):
    unit = _("mm") if movement == Movement.JAW_OPENING else _("degrees")
    label = f"{movement.label}, {side.label} ({unit})"
    extent = forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=180,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "form-control", "autocomplete": "off"}),
        error_messages=dict.fromkeys(["invalid", "min_value", "max_value"], WRONG_EXTENT),
    )
    hurts = forms.BooleanField(label=f"{movement.label}, {side.label}: {_('it hurts')}", required=False)
    hurts.widget.attrs["class"] = "form-check-input"
    return {f"{movement}-{side}": extent, f"{movement}-{side}-hurts": hurts}


def _fields_of_cause(cause):
    finding = forms.ChoiceField(
        label=cause.label,
        choices=CauseFinding,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(["required", "invalid_choice"], _("Say whether it is part of it.")),
    )
    widget = forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"})
    advice = forms.CharField(label=_("What was agreed"), required=False, max_length=300, widget=widget)
    return {f"cause-{cause}": finding, f"cause-{cause}-advice": advice}


def _fields_of_therapy(number):
    kind = forms.ChoiceField(
        label=_("Therapy"),
        choices=[("", "–"), *OtherTherapyKind.choices],
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    widget = forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"})
    words = forms.CharField(label=_("What, and how often"), required=False, max_length=300, widget=widget)
    return {f"therapy-{number}-kind": kind, f"therapy-{number}-words": words}
