from datetime import time, timedelta

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.models import Practitioner
from clinic.models.schedules import Weekday
from clinic.people import namesakes
from clinic.scheduling.wishes import Suitable

PARTS_OF_THE_DAY = {
    "any": (_("Any time"), time(0), time(23, 59)),
    "morning": (_("Morning, until 12:00"), time(0), time(12)),
    "afternoon": (_("Afternoon, from 12:00"), time(12), time(23, 59)),
}
USUAL_DAYS = 28


class WaitlistForm(forms.Form):
    """Which days, hours and people would suit. Nothing chosen means that any will do."""

    patient = forms.ChoiceField(label=_("Who is it for?"), widget=forms.RadioSelect)
    practitioners = forms.ModelMultipleChoiceField(
        Practitioner.objects.none(), label=_("With"), required=False, widget=forms.CheckboxSelectMultiple
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("On"), choices=Weekday, coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    part_of_day = forms.ChoiceField(
        label=_("At what time of the day?"), choices=[(key, part[0]) for key, part in PARTS_OF_THE_DAY.items()]
    )
    earliest_on = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    latest_on = forms.DateField(label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args, visit_type, patients, **kwargs):
        self.today = timezone.localdate()
        self.last_day = self.today + timedelta(days=visit_type.horizon_days)
        super().__init__(*args, **kwargs)
        self.patients = {str(patient.pk): patient for patient in namesakes.tell_apart(patients)}
        self.fields["patient"].choices = [(key, patient.label) for key, patient in self.patients.items()]
        self.fields["practitioners"].queryset = Practitioner.objects.active().filter(role=visit_type.role)
        usual_end = min(self.today + timedelta(days=USUAL_DAYS), self.last_day)
        self.initial = {
            "patient": next(iter(self.patients), None),
            "part_of_day": "any",
            "earliest_on": self.today,
            "latest_on": usual_end,
        } | self.initial
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            "patient",
            Fieldset(_("What would suit you? Leave open what is all the same to you."), "practitioners", "weekdays"),
            "part_of_day",
            "earliest_on",
            "latest_on",
        )

    def clean(self):
        cleaned = super().clean()
        earliest_on, latest_on = cleaned.get("earliest_on"), cleaned.get("latest_on")
        if latest_on and not self.today <= latest_on <= self.last_day:
            self.add_error("latest_on", _("Choose a day within the days that can be booked."))
        elif earliest_on and latest_on and earliest_on > latest_on:
            self.add_error("latest_on", _("The last day comes before the first."))
        return cleaned

    @property
    def chosen_patient(self):
        return self.patients[self.cleaned_data["patient"]]

    @property
    def suitable(self):
        _label, not_before, not_after = PARTS_OF_THE_DAY[self.cleaned_data["part_of_day"]]
        names = ("practitioners", "weekdays", "earliest_on", "latest_on")
        chosen = {name: self.cleaned_data[name] for name in names}
        return Suitable(**chosen, not_before=not_before, not_after=not_after)
