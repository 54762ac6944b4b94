from django import forms

from clinic.models import Practitioner


class PhysiotherapyTimeForm(forms.Form):
    """What the button of an open time says."""

    practitioner = forms.ModelChoiceField(Practitioner.objects.active())
    starts_at = forms.DateTimeField()
    request_token = forms.CharField(max_length=64)
