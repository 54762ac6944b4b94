"""What the caller tells the desk on the phone: which visit, when, and for whom."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import uuid4

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from clinic.forms.fields import OLDEST, EmailField, NameField, PhoneField, TextField, not_far_away
from clinic.forms.shared.newcomers import AboutNewcomer
from clinic.models import Practitioner, VisitType
from clinic.scheduling.wishes import Wish

OWN_HOUR = "own"
SPELLINGS = ["%d.%m.%Y", "%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d %m %Y", "%d. %m. %Y", "%Y.%m.%d", "%Y %m %d"]


class WhatForm(forms.Form):
    """Which open times to show. Values that make no sense show the next ones with anybody."""

    visit_type = forms.ModelChoiceField(
        VisitType.objects.active(), to_field_name="slug", label=_("Kind of visit"), empty_label=None, required=False
    )
    practitioner = forms.ModelChoiceField(
        Practitioner.objects.active(), label=_("With"), required=False, empty_label=_("Anybody")
    )
    first_day = forms.DateField(label=_("From"), required=False, input_formats=["%Y-%m-%d"])
    turn_to = forms.DateField(required=False, input_formats=["%Y-%m-%d"])  # the buttons of the weeks

    def __init__(self, data, *, address, visit_type=None):
        """`address` is the page's own, which answers a change with new times; `visit_type` when it cannot change."""
        super().__init__(data)
        self.address = address
        if visit_type:
            del self.fields["visit_type"]
        self.full_clean()
        self.chosen_type = visit_type or self.cleaned_data.get("visit_type") or VisitType.objects.active().first()
        people = Practitioner.objects.active()
        if self.chosen_type:
            people = people.filter(role=self.chosen_type.role)
        self.fields["practitioner"].queryset = people
        for name in ("visit_type", "practitioner"):
            if name in self.fields:
                self.fields[name].widget.attrs |= {"class": "form-select", "hx-trigger": "change", **self.swap}

    @property
    def swap(self):
        """What makes htmx fetch the times again, with the answers of this form."""
        return {"hx-get": self.address, "hx-target": "#when", "hx-include": "#when", "hx-swap": "outerHTML"}

    @property
    def practitioner_id(self):
        """With whom, if that person does this kind of visit."""
        person = self.cleaned_data.get("practitioner")
        return person.pk if person and self.chosen_type and person.role == self.chosen_type.role else None

    def day_asked_for(self, *, at):
        """The first day to show, or None; never one that has passed or cannot be booked yet."""
        day = self.cleaned_data.get("turn_to") or self.cleaned_data.get("first_day")
        today = timezone.localdate(at)
        horizon = self.chosen_type.horizon_days if self.chosen_type else 0
        return day if day and 0 <= (day - today).days <= horizon else None


class TimeField(forms.CharField):
    """One of the open times, as `time_value` writes it: whose, and when; or `OWN_HOUR`, when the desk types one."""

    widget = forms.HiddenInput  # the page draws the times as radio buttons

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        if text == OWN_HOUR:
            return None, None
        key, _at, when = text.partition("@")
        starts_at = _instant(when)
        person = Practitioner.objects.active().filter(pk=key).first() if key.isascii() and key.isdigit() else None
        if person is None or starts_at is None:
            raise ValidationError(self.error_messages["required"])
        not_far_away(starts_at)
        return person, starts_at


def time_value(open_time):
    return f"{open_time.practitioner_id}@{open_time.starts_at.isoformat()}"


def _instant(text):
    try:
        instant = parse_datetime(text)
    except ValueError:
        return None
    return instant if instant and timezone.is_aware(instant) else None


class TimeForm(forms.Form):
    """Which of the open times; or, with a written reason, an hour that the desk chooses itself, over other visits."""

    time = TimeField(label=_("Time"), max_length=60, error_messages={"required": _("Choose one of the free times.")})
    practitioner = forms.ModelChoiceField(Practitioner.objects.active(), label=_("With"), required=False)
    own_hour = forms.DateTimeField(
        label=_("Day and hour"),
        required=False,
        validators=[not_far_away],
        input_formats=["%Y-%m-%dT%H:%M"],
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local", "class": "form-control"}),
    )
    overlap_reason = forms.CharField(
        label=_("Why it may overlap"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False  # the page draws the form, with its token and its buttons

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("time") == (None, None):
            needed = {
                "practitioner": _("Choose with whom the visit is, for an hour of your own."),
                "own_hour": _("Write day and hour."),
                "overlap_reason": _("Write why this visit may overlap others."),
            }
            for name, sentence in needed.items():
                if not cleaned.get(name) and not self.has_error(name):
                    self.add_error(name, sentence)
        return cleaned

    def wish_for(self, visit_type):
        """Such a visit, with whom, when, and why over others."""
        person, starts_at = self.cleaned_data["time"]
        if person:
            return Wish(visit_type, person, starts_at, by_desk=True)
        data = self.cleaned_data
        reason = data["overlap_reason"]
        return Wish(visit_type, data["practitioner"], data["own_hour"], by_desk=True, overlap_reason=reason)

    def refuse(self, refusal):
        """Show why it was refused, and offer the refused time as an hour of the desk's own."""
        has_alternatives = bool(getattr(refusal, "alternatives", None))
        _person, starts_at = self.cleaned_data["time"]
        refused = starts_at or self.cleaned_data["own_hour"]
        self.add_error("time" if has_alternatives else None, str(refusal))
        self.data = self.data.copy()
        self.data["own_hour"] = f"{timezone.localtime(refused):%Y-%m-%dT%H:%M}"


class BookForm(TimeForm):
    """A visit for a patient who has an entry."""

    reason = TextField(
        label=_("What brings the patient?"),
        required=False,
        max_length=500,
        help_text=_("Not needed. In the patient's own words."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    request_token = forms.CharField(max_length=64, initial=lambda: uuid4().hex, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout("reason", "request_token")

    def wish_for(self, visit_type):
        return replace(super().wish_for(visit_type), request_token=self.cleaned_data["request_token"])


class MoveForm(TimeForm):
    """Another time for a visit. `seen_sequence` is the state of the visit that the person saw."""

    note = forms.CharField(
        label=_("Why is it moved?"),
        required=False,
        max_length=300,
        help_text=_("Not needed. For the clinic only."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    seen_sequence = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout("note", "seen_sequence")


@dataclass(frozen=True)
class BookingForms:
    """The two forms of a page on which the desk books or moves: which times to show, and the visit itself."""

    what: WhatForm
    form: TimeForm

    @property
    def wish(self):
        """The visit that was chosen; the form must be valid."""
        return self.form.wish_for(self.what.chosen_type)


class SpokenBirthDateField(forms.DateField):
    """A birth date in one box, in any usual spelling: the caller is waiting."""

    default_error_messages = {"far": _("Please check the year of the birth date.")}

    def __init__(self, **kwargs):
        kwargs.setdefault("widget", forms.DateInput(format="%d.%m.%Y", attrs={"autocomplete": "off"}))
        super().__init__(input_formats=SPELLINGS, **kwargs)

    def clean(self, value):
        day, today = super().clean(value), timezone.localdate()
        if day and not date(today.year - OLDEST, 1, 1) <= day <= today:
            raise ValidationError(self.error_messages["far"])
        return day


class BookNewcomerForm(AboutNewcomer, BookForm):
    """A visit for somebody new. It adds a person; it never changes one."""

    given_name = NameField(label=_("First name"), autocomplete="off", required=False)
    family_name = NameField(
        label=_("Family name"), autocomplete="off", error_messages={"required": _("Write the family name.")}
    )
    one_name = forms.BooleanField(label=_("There is only one name. It stands under family name."), required=False)
    birth_date = SpokenBirthDateField(
        label=_("Birth date"),
        help_text=_("For example 27.3.1985"),
        error_messages={
            "required": _("Ask for the birth date."),
            "invalid": _("This day does not exist. Write it like this: 27.3.1985"),
        },
    )
    phone = PhoneField(
        label=_("Phone"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "type": "tel", "inputmode": "tel"}),
    )
    guardian = NameField(label=_("Parent or guardian of the child"), autocomplete="off", required=False)
    email = EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    nameless = ("given_name", _("Write the first name. Is there only one name? Tick the box below."))
    unreachable = ("phone", _("Ask for a phone number or an e-mail, so that we can reach the patient."))
    field_order = [
        "given_name",
        "family_name",
        "one_name",
        "birth_date",
        "phone",
        "email",
        "reason",
        "practitioner",
        "time",
    ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        names = Div("given_name", "family_name", css_class="desk-row")
        reach = Div("birth_date", "phone", css_class="desk-row")
        guardian = ["guardian"] * self.is_of_child
        self.helper.layout = Layout(names, "one_name", reach, *guardian, "email", "reason", "request_token")
