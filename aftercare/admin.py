"""The aftercare protocols, the questions about symptoms and the exercises, edited by the manager."""

from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.db.models import ManyToManyField
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from aftercare.models import AftercareProtocol, Asks, Exercise, ProtocolCheck, SymptomQuestion
from clinic.approvals.catalogue import ProposingAdmin
from clinic.website.readability import plain_enough

WORDS = ["lifting_advice", "normal_life", "what_is_normal", "what_is_not"]
ADVICE = ["green_advice", "amber_advice", "red_advice"]
SYMPTOM_WORDS = ["question", "green_words", "amber_words", "red_words", *ADVICE]
CONTENT = ["name", "definition", "lifting_hours", "physiotherapy_days", *WORDS, "source"]


def _is_used(protocol):
    return protocol is not None and protocol.pk is not None and protocol.careplan_set.exists()


class ProtocolForm(forms.ModelForm):
    """Patients read its words."""

    class Meta:
        model = AftercareProtocol
        fields = ["version", *CONTENT, "is_current"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in WORDS:
            if name in self.fields:
                self.fields[name].validators.append(plain_enough)


class CheckTimes(forms.BaseInlineFormSet):
    """Nobody goes home without being asked: about breathing after a needle near the lung, and in general."""

    def __init__(self, *args, initial=None, **kwargs):
        super().__init__(*args, initial=initial, **kwargs)
        self.extra = len(initial or ())

    def clean(self):
        super().clean()
        if _is_used(self.instance):
            return
        kept = [form.cleaned_data for form in self.forms if form not in self.deleted_forms and form.is_valid()]
        asked = {entered.get("asks") for entered in kept}
        for asks in Asks:
            if asks not in asked and not any(self.errors):
                raise forms.ValidationError(
                    _("Say at least once when patients are asked about: %(what)s.") % {"what": asks.label}
                )


class ProtocolCheckForm(forms.ModelForm):
    """Either hours or days."""

    class Meta:
        model = ProtocolCheck
        fields = ["asks", "hours_after", "days_after"]

    def clean(self):
        entered = super().clean()
        given = [name for name in ("hours_after", "days_after") if entered.get(name) is not None]
        if len(given) != 1 and not self.errors:
            self.add_error("hours_after", _("Write either hours or days, not both."))
        return entered


class ProtocolCheckInline(admin.TabularInline):
    """As the protocol itself: those of one in use cannot be changed."""

    model = ProtocolCheck
    form, formset = ProtocolCheckForm, CheckTimes
    ordering = ["asks", "hours_after", "days_after"]
    extra = 0

    def has_add_permission(self, request, obj=None):
        return super().has_add_permission(request, obj) and not _is_used(obj)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and not _is_used(obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and not _is_used(obj)


@admin.register(AftercareProtocol)
class AftercareProtocolAdmin(ProposingAdmin, admin.ModelAdmin):
    """A care plan keeps what it began with: a protocol in use is not edited, it gets a new version."""

    form = ProtocolForm
    inlines = [ProtocolCheckInline]
    list_display = ["name", "version", "definition", "lifting_hours", "physiotherapy_days", "is_current"]
    list_filter = ["is_current"]
    list_select_related = ["definition"]
    search_fields = ["name", "source"]
    fields = ["version", *CONTENT, "is_current"]

    def get_fields(self, request, obj=None):
        return [*self.fields, "new_version"] if obj else self.fields

    def get_readonly_fields(self, request, obj=None):
        if obj is None:
            return []
        return ["version", *CONTENT, "new_version"] if _is_used(obj) else ["new_version"]

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and not _is_used(obj)

    def get_formset_kwargs(self, request, obj, inline, prefix):
        """A new protocol begins with the check times of the version before it, or of the newest one."""
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if obj.pk is None and request.method == "GET":
            kwargs["initial"] = self._check_times_before(request.GET.get("name", ""))
        return kwargs

    def _check_times_before(self, name):
        protocols = AftercareProtocol.objects.order_by("-version", "-pk")
        before = protocols.filter(name=name).first() or protocols.first()
        return list(before.check_times.values("asks", "hours_after", "days_after")) if before else []

    @admin.display(description=_("change what it says"))
    def new_version(self, protocol):
        """A link to the form of the next version, filled in with this one."""
        newest = AftercareProtocol.objects.filter(name=protocol.name).order_by("-version").first()
        values = {field: protocol.serializable_value(field) for field in CONTENT}
        values = {field: value for field, value in values.items() if value is not None}
        query = urlencode({**values, "version": newest.version + 1})
        address = reverse("admin:aftercare_aftercareprotocol_add")
        return format_html('<a href="{}?{}">{}</a>', address, query, _("Save as a new version"))


class ExerciseForm(forms.ModelForm):
    """Patients read these words."""

    class Meta:
        model = Exercise
        fields = ["name", "how", "picture_words", "dose", "not_when", "muscles", "source", "position", "is_active"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("how", "not_when"):
            self.fields[name].validators.append(plain_enough)


class SymptomQuestionForm(forms.ModelForm):
    """Patients read these words, in a bad hour."""

    class Meta:
        model = SymptomQuestion
        fields = ["name", *SYMPTOM_WORDS, "only_near_lung", "source", "position", "is_active"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in SYMPTOM_WORDS:
            self.fields[name].validators.append(plain_enough)

    def clean(self):
        entered = super().clean()
        if not entered.get("amber_words") and not entered.get("red_words") and not self.errors:
            self.add_error("amber_words", _("Give an answer that asks for a call, or one that means: get help now."))
        return entered


@admin.register(SymptomQuestion)
class SymptomQuestionAdmin(ProposingAdmin, admin.ModelAdmin):
    """Stored answers refer to their question: one that is no longer asked is switched off, never deleted."""

    form = SymptomQuestionForm
    list_display = ["name", "question", "only_near_lung", "is_active", "position"]
    list_filter = ["is_active"]
    search_fields = ["name", "question"]
    readonly_fields = ["slug"]
    fields = ["slug", *SymptomQuestionForm.Meta.fields]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Exercise)
class ExerciseAdmin(ProposingAdmin, admin.ModelAdmin):
    """Each has a picture of its own, so none is added here. Its kind says when it may begin: not for the manager."""

    form = ExerciseForm
    list_display = ["name", "kind", "dose", "is_active"]
    list_filter = ["kind", "is_active"]
    search_fields = ["name", "muscles__name", "muscles__latin"]
    readonly_fields = ["slug", "kind"]
    fields = ["slug", "kind", *ExerciseForm.Meta.fields]
    formfield_overrides = {ManyToManyField: {"widget": forms.CheckboxSelectMultiple}}

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
