"""What comes of an exercise that is not ticked any more, or does not feel right."""

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.forms.fields import VisibleTextField
from clinic.models import WorkItem

MOST = WorkItem._meta.get_field("note").max_length


class NoteForm(forms.Form):
    """The note, and the patient for whom the page was opened."""

    patient = forms.IntegerField(widget=forms.HiddenInput)
    note = VisibleTextField(
        label=_("What comes of it"),
        max_length=MOST,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
        error_messages={"required": _("Write what comes of it: call, change or go on.")},
    )
