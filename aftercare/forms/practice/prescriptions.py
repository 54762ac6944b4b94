"""Which exercises a patient is to do: all of the library in one form, so that nothing typed is lost."""

from django import forms
from django.utils.translation import gettext_lazy as _

from aftercare.models import Exercise, ExercisePrescription
from aftercare.physiotherapy.prescriptions import Order
from clinic.forms.fields import VisibleTextField

MAX_DOSE = ExercisePrescription._meta.get_field("dose").max_length


class OrdersForm(forms.Form):
    """For each exercise that the patient does not do yet: whether, how often, from when, and "technique shown".

    `reasons` are those of the proposed ones, by the exercise's key: "for the top shoulder muscle, right".
    """

    def __init__(self, *args, reasons, doing, words="", **kwargs):
        super().__init__(*args, **kwargs)
        self.reasons, self.words = reasons, words.casefold().split()
        offered = Exercise.objects.filter(is_active=True).exclude(pk__in=doing).prefetch_related("muscles")
        self.exercises = list(offered)
        for exercise in self.exercises:
            self.fields.update(_fields_of(exercise))

    def clean(self):
        cleaned = super().clean()
        for exercise in self.exercises:
            name = f"{exercise.pk}-dose"
            if cleaned.get(f"{exercise.pk}-is_wanted") and not cleaned.get(name) and not self.has_error(name):
                self.add_error(name, _("Write how often."))
        return cleaned

    @property
    def orders(self):
        entered = self.cleaned_data
        return [
            Order(
                exercise=exercise,
                dose=entered[f"{exercise.pk}-dose"],
                is_shown=entered[f"{exercise.pk}-is_shown"],
                starts_on=entered[f"{exercise.pk}-starts_on"],
            )
            for exercise in self.exercises
            if entered[f"{exercise.pk}-is_wanted"]
        ]

    def refuse(self, order, refusal):
        self.add_error(f"{order.exercise.pk}-{refusal.field or 'is_wanted'}", str(refusal))

    def proposed_rows(self):
        return [self._row(exercise) for exercise in self.exercises if exercise.pk in self.reasons]

    def other_rows(self):
        """Search results, and those in which something is ticked or wrong."""
        rows = [self._row(exercise) for exercise in self.exercises if exercise.pk not in self.reasons]
        return [row | {"is_found": self._is_found(row)} for row in rows]

    def _row(self, exercise):
        return {
            "exercise": exercise,
            "reason": self.reasons.get(exercise.pk, ""),
            **{name: self[f"{exercise.pk}-{name}"] for name in ("is_wanted", "is_shown", "dose", "starts_on")},
        }

    def _is_found(self, row):
        exercise = row["exercise"]
        names = " ".join([exercise.name, *(str(muscle) for muscle in exercise.muscles.all())]).casefold()
        return bool(row["is_wanted"].value()) or all(word in names for word in self.words)


def _fields_of(exercise):
    tick = forms.CheckboxInput(attrs={"class": "form-check-input"})
    dose = VisibleTextField(
        label=_("How often"),
        required=False,
        initial=exercise.dose,
        max_length=MAX_DOSE,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )
    starts_on = forms.DateField(
        label=_("From (empty: as soon as it may begin)"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "form-control"}),
        error_messages={"invalid": _("Choose a day from the calendar.")},
    )
    return {
        f"{exercise.pk}-is_wanted": forms.BooleanField(label=exercise.name, required=False, widget=tick),
        f"{exercise.pk}-is_shown": forms.BooleanField(
            label=_("Technique shown"),
            required=False,
            widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
        ),
        f"{exercise.pk}-dose": dose,
        f"{exercise.pk}-starts_on": starts_on,
    }
