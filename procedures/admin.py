"""The catalogue of what the clinic does: the body, procedures, risks and drugs."""

from django import forms
from django.contrib import admin, messages
from django.db.models import ManyToManyField
from django.utils.translation import gettext_lazy as _

from clinic.approvals.catalogue import ProposingAdmin
from clinic.models import ClinicalChange
from clinic.website.readability import plain_enough
from procedures.consent import consents
from procedures.forms.manage.products import PreparationForm
from procedures.models import (
    BodyRegion,
    ClinicRule,
    ComplicationAdvice,
    ConsentText,
    DepthHint,
    Drug,
    DrugAdministration,
    Ingredient,
    Muscle,
    MuscleGeometry,
    PainPattern,
    Preparation,
    ProcedureDefinition,
    ProcedureQuestion,
    Risk,
    ScreeningQuestion,
    SiteRisk,
    SiteSet,
    SiteSetItem,
)


@admin.register(BodyRegion)
class BodyRegionAdmin(ProposingAdmin, admin.ModelAdmin):
    """Six parts, each with its shape in the picture, so none is added or deleted here."""

    list_display = ["name", "key", "position"]
    search_fields = ["name", "felt_like"]
    readonly_fields = ["key", "claims"]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Muscle)
class MuscleAdmin(ProposingAdmin, admin.ModelAdmin):
    list_display = ["name", "latin", "region", "lung_risk", "is_signed_off"]
    list_filter = ["is_signed_off", "region", "lung_risk"]
    list_select_related = ["region"]
    search_fields = ["name", "latin", "pain_felt", "pain_felt_clinical"]

    def get_readonly_fields(self, request, obj=None):
        return ["slug"] if obj else []


@admin.register(MuscleGeometry)
class MuscleGeometryAdmin(ProposingAdmin, admin.ModelAdmin):
    """Records are asked about depths outside of it: a clinician confirms each row."""

    list_display = ["muscle", "depth_from_mm", "depth_to_mm", "danger_mm", "needle_gauge", "needle_length_mm"]
    list_select_related = ["muscle"]
    search_fields = ["muscle__name", "muscle__latin", "source"]

    def get_readonly_fields(self, request, obj=None):
        return ["muscle"] if obj else []


@admin.register(PainPattern)
class PainPatternAdmin(ProposingAdmin, admin.ModelAdmin):
    """Where the body picture shows a muscle and its pain: a clinician confirms it together with the muscle."""

    list_display = ["muscle"]
    list_select_related = ["muscle"]
    search_fields = ["muscle__name", "muscle__latin"]
    formfield_overrides = {ManyToManyField: {"widget": forms.CheckboxSelectMultiple}}

    def get_readonly_fields(self, request, obj=None):
        return ["muscle"] if obj else []


@admin.register(ProcedureDefinition)
class ProcedureDefinitionAdmin(ProposingAdmin, admin.ModelAdmin):
    list_display = ["name", "guidance", "visit_type", "reviewed_on", "is_active", "position"]
    list_filter = ["guidance", "is_active"]
    list_select_related = ["visit_type"]
    search_fields = ["name", "summary"]
    prepopulated_fields = {"slug": ["name"]}
    readonly_fields = ["claims"]


@admin.register(ProcedureQuestion)
class ProcedureQuestionAdmin(ProposingAdmin, admin.ModelAdmin):
    list_display = ["question", "is_active", "position"]
    list_filter = ["is_active", "definitions"]
    search_fields = ["question", "answer"]
    formfield_overrides = {ManyToManyField: {"widget": forms.CheckboxSelectMultiple}}


@admin.register(Risk)
class RiskAdmin(ProposingAdmin, admin.ModelAdmin):
    list_display = [
        "name",
        "urgency",
        "frequency",
        "only_near_lung",
        "only_with_steroid",
        "only_with_drugs",
        "position",
    ]
    list_filter = ["urgency", "frequency", "only_near_lung", "only_with_steroid"]
    search_fields = ["name", "meaning", "feels_like"]
    prepopulated_fields = {"slug": ["name"]}
    readonly_fields = ["claims"]


@admin.register(SiteRisk)
class SiteRiskAdmin(ProposingAdmin, admin.ModelAdmin):
    list_display = ["name", "position", "source"]
    search_fields = ["name", "meaning"]
    formfield_overrides = {ManyToManyField: {"widget": forms.CheckboxSelectMultiple}}

    def get_readonly_fields(self, request, obj=None):
        return ["slug"] if obj else []


@admin.register(Drug)
class DrugAdmin(ProposingAdmin, admin.ModelAdmin):
    """A drug that was given cannot change its kind: the doses of signed records are calculated from it."""

    list_display = ["name", "kind", "remark"]
    list_filter = ["kind"]
    search_fields = ["name", "remark"]

    def get_readonly_fields(self, request, obj=None):
        if obj is None:
            return []
        was_given = DrugAdministration.objects.filter(preparation__drug=obj).exists()
        return ["slug", "kind"] if was_given else ["slug"]


@admin.register(Ingredient)
class IngredientAdmin(ProposingAdmin, admin.ModelAdmin):
    """What products contain beside their drug: allergies are held against it."""

    list_display = ["name", "kind", "also_called"]
    list_filter = ["kind"]
    search_fields = ["name", "also_called"]

    def get_readonly_fields(self, request, obj=None):
        return ["slug"] if obj else []


@admin.register(Preparation)
class PreparationAdmin(ProposingAdmin, admin.ModelAdmin):
    """The strength of a product that was given is fixed: signed records take their mg from it. Another is a new row."""

    form = PreparationForm
    list_display = ["name", "drug", "mg_per_ml", "has_adrenaline", "additives", "is_active"]
    list_filter = ["is_active", "drug", "has_adrenaline"]
    list_select_related = ["drug"]
    search_fields = ["name", "additives"]
    formfield_overrides = {ManyToManyField: {"widget": forms.CheckboxSelectMultiple}}

    def get_readonly_fields(self, request, obj=None):
        if obj is None:
            return []
        was_given = DrugAdministration.objects.filter(preparation=obj).exists()
        return ["slug", "drug", "mg_per_ml", "has_adrenaline"] if was_given else ["slug"]


class ComplicationAdviceForm(forms.ModelForm):
    """Patients read some of its words."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("heading", "patient_advice"):
            if name in self.fields:
                self.fields[name].validators.append(plain_enough)


@admin.register(ComplicationAdvice)
class ComplicationAdviceAdmin(ProposingAdmin, admin.ModelAdmin):
    """One row for each kind of complication that a record knows: none is added or deleted here."""

    form = ComplicationAdviceForm
    list_display = ["kind", "weight", "heading", "call_hours", "source"]
    list_filter = ["weight"]
    readonly_fields = ["kind"]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(ClinicRule)
class ClinicRuleAdmin(ProposingAdmin, admin.ModelAdmin):
    """The rules are known by their names in the code: numbers and sources change, none is added or deleted."""

    list_display = ["name", "value", "source"]
    readonly_fields = ["slug"]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(DepthHint)
class DepthHintAdmin(ProposingAdmin, admin.ModelAdmin):
    list_display = ["muscle", "bmi_from", "bmi_below", "danger_mm", "hint"]
    list_select_related = ["muscle"]
    search_fields = ["hint", "source"]


@admin.register(ScreeningQuestion)
class ScreeningQuestionAdmin(ProposingAdmin, admin.ModelAdmin):
    """Stored answers refer to their question: one that is no longer asked is switched off, never deleted."""

    list_display = ["text", "amber_answer", "alert_kind", "is_active", "position"]
    list_filter = ["is_active", "alert_kind"]
    search_fields = ["text", "for_physician"]

    def get_readonly_fields(self, request, obj=None):
        return ["slug"] if obj else []

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(ConsentText)
class ConsentTextAdmin(ProposingAdmin, admin.ModelAdmin):
    """A text that somebody signed is never changed: new wording is a new version, put in use once it is approved."""

    list_display = ["__str__", "is_current", "source"]
    actions = ["put_in_use"]

    def get_readonly_fields(self, request, obj=None):
        if obj and obj.consent_set.exists():
            return [field.name for field in ConsentText._meta.fields]
        return ["is_current"]

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.action(permissions=["change"], description=_("Put this version in use"))
    def put_in_use(self, request, queryset):
        if queryset.count() != 1:
            self.message_user(request, _("Choose one version."), messages.ERROR)
        elif not ClinicalChange.objects.approved().about(queryset.get()).exists():
            self.message_user(request, _("A physician has to approve this version first."), messages.ERROR)
        else:
            consents.put_in_use(queryset.get())


class SidesOfASet(forms.BaseInlineFormSet):
    """Nobody is offered both lungs by one tap."""

    def clean(self):
        super().clean()
        entered = [form.cleaned_data for form in self.forms if getattr(form, "cleaned_data", None)]
        whole = [each for each in entered if {"side", "muscle"} <= each.keys() and not each.get("DELETE")]
        near = [each["side"] for each in whole if each["muscle"].has_lung_risk]
        if len(set(near)) > 1:
            raise forms.ValidationError(
                _("Muscles near the lung on one side only: make two sets, one for the left and one for the right.")
            )


class SiteSetItemInline(admin.TabularInline):
    model = SiteSetItem
    formset = SidesOfASet
    extra = 1


@admin.register(SiteSet)
class SiteSetAdmin(ProposingAdmin, admin.ModelAdmin):
    list_display = ["name", "position"]
    inlines = [SiteSetItemInline]

    def get_readonly_fields(self, request, obj=None):
        return ["slug"] if obj else []
