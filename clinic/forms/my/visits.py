"""What the patient does with a booked visit: cancel it, or move it."""

from django import forms

from clinic.models import Practitioner
from clinic.scheduling.wishes import Wish


class SeenForm(forms.Form):
    """Which state of the visit the page showed, by its calendar sequence; a page older than this form does not say."""

    seen = forms.IntegerField(min_value=0, required=False)


class MoveForm(SeenForm):
    """What the button of an open time sends when the visit is already booked."""

    practitioner = forms.ModelChoiceField(Practitioner.objects.active())
    starts_at = forms.DateTimeField()

    def wish_for(self, appointment):
        person, starts_at = self.cleaned_data["practitioner"], self.cleaned_data["starts_at"]
        return Wish.of(appointment, practitioner=person, starts_at=starts_at)
