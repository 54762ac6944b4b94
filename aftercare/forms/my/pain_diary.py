from django import forms

from aftercare.symptoms.pain_diary import WORST


class PainForm(forms.Form):
    """What one of the eleven buttons says."""

    score = forms.IntegerField(min_value=0, max_value=WORST)
    request_token = forms.CharField(max_length=40, required=False)
