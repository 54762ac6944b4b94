"""Where the desk has dropped a visit on its board."""

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.forms.desk.booking import TimeField
from clinic.forms.fields import not_far_away
from clinic.models import Practitioner
from clinic.scheduling.wishes import Wish


class DropForm(forms.Form):
    """A time to move to, dropped on the grid; `instead` is one of the free times that a refusal offered."""

    starts_at = forms.DateTimeField(
        input_formats=["%Y-%m-%dT%H:%M"],
        widget=forms.HiddenInput,
        validators=[not_far_away],
        error_messages={"required": _("Choose a time.")},
    )
    practitioner = forms.ModelChoiceField(Practitioner.objects.active(), required=False, widget=forms.HiddenInput)
    is_other_place = forms.BooleanField(required=False, widget=forms.HiddenInput)
    seen_sequence = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    next = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)
    instead = TimeField(required=False, max_length=60)
    note = forms.CharField(
        label=_("Why is it moved? (not needed, for the clinic only)"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )
    overlap_reason = forms.CharField(
        label=_("To move it all the same, write why it may overlap"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )

    def kept(self):
        """What the page must send again: where the visit was dropped, and what was seen then."""
        return [self[name] for name in ("starts_at", "practitioner", "is_other_place", "seen_sequence", "next")]

    def __init__(self, data, *, visit):
        super().__init__(data)
        self.visit = visit

    @property
    def wish(self):
        """With whom, when, and why over others; None while the form is wrong."""
        if not self.is_valid():
            return None
        person, starts_at = self.cleaned_data.get("instead") or (None, None)
        if person:
            return Wish.of(self.visit, practitioner=person, starts_at=starts_at, by_desk=True)
        data = self.cleaned_data
        person = data["practitioner"] or self.visit.practitioner
        wanted = {"starts_at": data["starts_at"], "overlap_reason": data["overlap_reason"]}
        return Wish.of(self.visit, practitioner=person, by_desk=True, **wanted)

    def know(self, visit):
        """The next answer is about the visit as it is now."""
        self.visit, self.data = visit, self.data.copy()
        self.data["seen_sequence"] = visit.calendar_sequence
