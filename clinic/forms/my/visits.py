"""What the patient says to a visit that is booked: cancel it, or move it."""

from django import forms

from clinic.models import Practitioner
from clinic.scheduling.wishes import Wish


class SeenForm(forms.Form):
    """Which state of the visit the page showed, by its calendar sequence; a page of before this form says nothing."""

    seen = forms.IntegerField(min_value=0, required=False)


class MoveForm(SeenForm):
    """What the button of an open time says to a visit that is booked already."""

    practitioner = forms.ModelChoiceField(Practitioner.objects.active())
    starts_at = forms.DateTimeField()

    def wish_for(self, appointment):
        person, starts_at = self.cleaned_data["practitioner"], self.cleaned_data["starts_at"]
        return Wish.of(appointment, practitioner=person, starts_at=starts_at)
