"""What the patient feels at an exercise."""

from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from aftercare.models import ExerciseReport
from clinic.forms.fields import VisibleTextField

MOST = ExerciseReport._meta.get_field("words").max_length


class DiscomfortForm(forms.Form):
    """One for each exercise of the page: `prescription` keeps their names apart on it."""

    words = VisibleTextField(
        label=_("What do you feel, and where?"),
        max_length=MOST,
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
        error_messages={"required": _("Write what you feel.")},
    )
    request_token = forms.CharField(max_length=40, widget=forms.HiddenInput, initial=lambda: uuid4().hex)

    def __init__(self, *args, prescription, **kwargs):
        super().__init__(*args, auto_id=f"exercise-{prescription.pk}-%s", **kwargs)
