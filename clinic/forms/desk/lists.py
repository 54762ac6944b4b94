"""What the desk can search for on its pages, and write there."""

from datetime import date

from crispy_forms.bootstrap import StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.forms.fields import VisibleTextField
from clinic.models import MessageCategory, MessageChannel, MessageStatus, Patient, PatientContact, Practitioner
from clinic.models.patients import plain_words

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 1, 1)
MAX_PATIENTS = 200


def autosubmitted():
    return forms.Select(attrs={"data-autosubmit": ""})


class DayForm(forms.Form):
    """Which day, with whom, which patient of that day, and how it is shown."""

    VIEWS = {
        "list": _("List"),
        "practitioners": _("By person"),
        "rooms": _("By room"),
        "machines": _("By machine"),
        "week": _("Week"),
    }

    day = forms.DateField(
        label=_("Day"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    practitioner = forms.ModelChoiceField(
        Practitioner.objects.active(),
        label=_("With"),
        required=False,
        empty_label=_("Everybody"),
        widget=forms.Select(attrs={"data-autosubmit": ""}),
    )
    name = forms.CharField(
        label=_("Patient's name"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"data-search": "", "autocomplete": "off"}),
    )
    view = forms.ChoiceField(choices=VIEWS, required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = _one_row("day", "practitioner", "name", "view", button=_("Show"))

    def clean_day(self):
        day = self.cleaned_data["day"]
        if day and not FIRST_DAY <= day <= LAST_DAY:
            raise forms.ValidationError(_("This day is too far away."))
        return day

    def matching(self, visits):
        """The day's visits that match. Values that make no sense leave them all."""
        person, words = (
            self.cleaned_data.get("practitioner"),
            plain_words(self.cleaned_data.get("name") or ""),
        )
        return [
            visit
            for visit in visits
            if (person is None or visit.practitioner_id == person.pk) and _is_called(visit.patient, words)
        ]


class PatientSearchForm(forms.Form):
    """Which patient: whatever the caller says."""

    q = forms.CharField(
        label=_("Name, birth date, phone or e-mail"),
        required=False,
        max_length=254,
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "data-search": "",
                "autocomplete": "off",
                "autofocus": "",
            }
        ),
    )

    def __init__(self, *args, address="", has_focus=True, **kwargs):
        """`address` is the page that answers while typing; without one it answers only when Enter is pressed."""
        super().__init__(*args, **kwargs)
        if not has_focus:  # there is something to read first
            del self.fields["q"].widget.attrs["autofocus"]
        if address:
            live = {"get": address, "target": "#found", "swap": "outerHTML", "sync": "this:replace"}
            live["trigger"] = "input changed delay:120ms"
            self.fields["q"].widget.attrs |= {f"hx-{name}": value for name, value in live.items()}
        self.helper = _one_row("q", button=_("Search"))


class MessageSearchForm(forms.Form):
    """Which messages: by state, channel, kind, patient or address."""

    q = forms.CharField(
        label=_("Patient's name, e-mail or phone"),
        required=False,
        max_length=254,
        widget=forms.TextInput(attrs={"type": "search", "data-search": "", "autocomplete": "off"}),
    )
    channel = forms.ChoiceField(
        label=_("By"), choices=[("", _("every way")), *MessageChannel.choices], required=False, widget=autosubmitted()
    )
    category = forms.ChoiceField(
        label=_("Kind"),
        choices=[("", _("every kind")), *MessageCategory.choices],
        required=False,
        widget=autosubmitted(),
    )
    state = forms.ChoiceField(choices=MessageStatus, required=False, widget=forms.HiddenInput)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.helper = _one_row("q", "channel", "category", "state", button=_("Search"))
        self.has_more = False  # more patients match than are searched

    def matching(self, messages):
        """Those that match the words. Patients are found first: the messages' own addresses have no index.

        The address is searched only in messages without a patient; a patient's own go to one of their contacts.
        """
        chosen = {name: self.cleaned_data.get(name) for name in ("channel", "category")}
        messages = messages.filter(**{name: value for name, value in chosen.items() if value})
        words = self.cleaned_data.get("q", "").split()
        if not words:
            return messages
        address = Q(patient=None, address__icontains=" ".join(words))
        return messages.filter(Q(patient__in=self._patients(words)) | address)

    def _patients(self, words):
        named = Q()
        for word in words:
            named &= _begins("given_name", word) | _begins("family_name", word)
        reached = PatientContact.objects.filter(value__icontains="".join(words)).values("patient")
        found = Patient.objects.visible_to(self.user).filter(named | Q(pk__in=reached))
        keys = list(found.values_list("pk", flat=True)[: MAX_PATIENTS + 1])
        self.has_more = len(keys) > MAX_PATIENTS
        return keys[:MAX_PATIENTS]


class CancelForm(forms.Form):
    """Why the desk cancels a visit."""

    reason = VisibleTextField(
        label=_("Why is it cancelled?"),
        help_text=_("For the clinic only. The patient hears that the visit is cancelled, not why."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write why the visit is cancelled, in a few words.")},
    )
    seen_sequence = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False  # the page draws the form, with its token and its buttons

    def refuse(self, refusal, *, seen_sequence):
        """Show why it was refused; the next answer is about the visit as it is now."""
        self.add_error(None, str(refusal))
        self.data = self.data.copy()
        self.data["seen_sequence"] = seen_sequence


class MergeForm(forms.Form):
    """Why two entries are the same person."""

    reason = forms.CharField(
        label=_("How do you know that they are one person?"),
        help_text=_("For example: same phone, she says so herself."),
        max_length=50,
        error_messages={"required": _("Write how you know it, in a few words.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False  # the page draws the form, with its token and its buttons


class DoneForm(forms.Form):
    """How a work item was settled."""

    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=300,
        error_messages={"max_length": _("The note is too long. Write it in 300 characters at most.")},
    )


def _one_row(*fields, button):
    """A search form: sent by GET, all fields in one row with the button after them."""
    helper = FormHelper()
    helper.form_method, helper.disable_csrf = "get", True
    helper.attrs = {"role": "search"}
    send = Div(StrictButton(button, type="submit", css_class="button-quiet"), css_class="mb-3")
    helper.layout = Layout(Div(*(Field(name) for name in fields), send, css_class="desk-row"))
    return helper


def _begins(field, word):
    """With a small or a capital first letter: SQLite ignores case only for English letters."""
    return Q(**{f"{field}__istartswith": word}) | Q(**{f"{field}__istartswith": word.capitalize()})


def _is_called(patient, words):
    """Each word is the beginning of a part of the name; Kavaliauskaitė-Rimkienė has two."""
    parts = plain_words(str(patient))
    return all(any(part.startswith(word) for part in parts) for word in words)
