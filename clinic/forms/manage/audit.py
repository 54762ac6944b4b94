"""What the manager can ask the audit trail."""

from datetime import date, timedelta

from crispy_forms.bootstrap import StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.lib import civil_time
from clinic.models import AuditAction, AuditEvent, Patient, User
from clinic.models.audit_kinds import AUDIT_KINDS
from clinic.people import patient_search

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 1, 1)
DAYS_SHOWN = 30
LOOKED_HERE = "who did what"  # what the trail calls the search in itself: else each look would fill the next
MAX_PATIENTS = 20


def _deeds():
    """What somebody may have done: to a record, or of another kind."""
    to_records = [(action.value, action.label) for action in AuditAction if action != AuditAction.EXECUTE]
    others = [(kind.code, kind.label) for kind in AUDIT_KINDS]
    return [("", _("anything")), (_("a patient's record"), to_records), (_("other"), others)]


def _day(label):
    return forms.DateField(
        label=label,
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        validators=[MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)],
    )


class TrailForm(forms.Form):
    """Who did what, to whom, when and from where. Nothing chosen means all."""

    q = forms.CharField(
        label=_("Patient"),
        required=False,
        max_length=254,
        widget=forms.TextInput(attrs={"type": "search", "data-search": "", "autocomplete": "off"}),
    )
    account = forms.CharField(
        label=_("Who: name or e-mail"),
        required=False,
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    deed = forms.ChoiceField(label=_("Did"), choices=_deeds, required=False)
    address = forms.GenericIPAddressField(label=_("From the network address"), required=False)
    since = _day(_("Since"))
    until = _day(_("Until"))

    with_searches = forms.BooleanField(label=_("also who looked here"), required=False)

    def __init__(self, *args, **kwargs):
        first_day = timezone.localdate() - timedelta(days=DAYS_SHOWN)
        super().__init__(*args, **kwargs, initial={"since": first_day})
        self.has_more = False  # more patients fit the words than are looked for
        self.helper = FormHelper()
        self.helper.form_method, self.helper.disable_csrf = "get", True
        self.helper.attrs = {"role": "search"}
        send = Div(StrictButton(_("Search"), type="submit", css_class="button-quiet"), css_class="mb-3")
        self.helper.layout = Layout(Div(*(Field(name) for name in self.fields), send, css_class="desk-row"))

    def found(self):
        """The events that fit, the latest first; of the last 30 days before anything was asked."""
        asked = self.cleaned_data if self.is_bound else self.initial
        events = self._by_deed(AuditEvent.objects.all(), asked.get("deed"))
        if not asked.get("with_searches"):
            events = events.exclude(what=LOOKED_HERE)
        if asked.get("q"):
            events = events.of_people(self._patients(asked["q"]))
        if asked.get("account"):
            words = asked["account"]
            users = User.objects.filter(name__icontains=words) | User.objects.filter(email__icontains=words)
            events = events.filter(by__in=users) | events.filter(account__in=users)
        if asked.get("address"):
            events = events.filter(address=asked["address"])
        if asked.get("since"):
            events = events.filter(at__gte=civil_time.midnight(asked["since"]))
        if asked.get("until"):
            events = events.filter(at__lt=civil_time.whole_day(asked["until"])[1])
        return events.select_related("by", "account", "patient").order_by("-at", "-pk")

    def _by_deed(self, events, deed):
        if not deed:
            return events
        return events.filter(kind=deed) if deed in AUDIT_KINDS else events.filter(kind="", action=deed)

    def _patients(self, words):
        found = patient_search.find_patients(words, limit=MAX_PATIENTS, among=Patient.objects.all())
        self.has_more = found.has_more
        return found.patients
