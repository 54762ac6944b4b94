from django import forms

from clinic.models import Appointment


class TellForm(forms.Form):
    """Which of them to tell."""

    visits = forms.ModelMultipleChoiceField(Appointment.objects.none())

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["visits"].queryset = Appointment.objects.visible_to(user)
