"""The catalogue of what the clinic does: the body, procedures, risks and drugs."""

from django.contrib import admin

from procedures.models import BodyRegion, Drug, Muscle, Preparation, ProcedureDefinition, Risk, ScreeningQuestion


@admin.register(BodyRegion)
class BodyRegionAdmin(admin.ModelAdmin):
    """Six parts, each with its shape in the picture, so none is added or deleted here."""

    list_display = ["name", "key", "position"]
    search_fields = ["name", "felt_like"]
    readonly_fields = ["key", "claims"]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Muscle)
class MuscleAdmin(admin.ModelAdmin):
    list_display = ["name", "latin", "region", "lung_risk", "is_signed_off"]
    list_filter = ["is_signed_off", "region", "lung_risk"]
    list_select_related = ["region"]
    search_fields = ["name", "latin", "pain_felt", "pain_felt_clinical"]

    def get_readonly_fields(self, request, obj=None):
        return ["slug"] if obj else []


@admin.register(ProcedureDefinition)
class ProcedureDefinitionAdmin(admin.ModelAdmin):
    list_display = ["name", "guidance", "visit_type", "reviewed_on", "is_active", "position"]
    list_filter = ["guidance", "is_active"]
    list_select_related = ["visit_type"]
    search_fields = ["name", "summary"]
    prepopulated_fields = {"slug": ["name"]}
    readonly_fields = ["claims"]


@admin.register(Risk)
class RiskAdmin(admin.ModelAdmin):
    list_display = ["name", "urgency", "only_near_lung", "only_with_steroid", "position"]
    list_filter = ["urgency", "only_near_lung", "only_with_steroid"]
    search_fields = ["name", "meaning", "feels_like"]
    prepopulated_fields = {"slug": ["name"]}
    readonly_fields = ["claims"]


@admin.register(Drug)
class DrugAdmin(admin.ModelAdmin):
    list_display = ["name", "kind", "remark"]
    list_filter = ["kind"]
    search_fields = ["name", "remark"]

    def get_readonly_fields(self, request, obj=None):
        return ["slug"] if obj else []


@admin.register(Preparation)
class PreparationAdmin(admin.ModelAdmin):
    list_display = ["name", "drug", "mg_per_ml", "has_adrenaline", "additives", "is_active"]
    list_filter = ["is_active", "drug", "has_adrenaline"]
    list_select_related = ["drug"]
    search_fields = ["name", "additives"]

    def get_readonly_fields(self, request, obj=None):
        return ["slug"] if obj else []


@admin.register(ScreeningQuestion)
class ScreeningQuestionAdmin(admin.ModelAdmin):
    """Answers point to a question for good: one that is no longer asked is switched off, and none is deleted."""

    list_display = ["text", "amber_answer", "alert_kind", "is_active", "position"]
    list_filter = ["is_active", "alert_kind"]
    search_fields = ["text", "for_physician"]

    def get_readonly_fields(self, request, obj=None):
        return ["slug"] if obj else []

    def has_delete_permission(self, request, obj=None):
        return False
