"""The catalogue that the manager edits: texts, people, places and times. No patients, no accounts."""

from functools import partial

from allauth.account.admin import EmailAddress
from allauth.mfa.admin import Authenticator
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminSplitDateTime
from django.contrib.auth.admin import Group
from django.db.models import DateTimeField
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from clinic.approvals.catalogue import ProposingAdmin
from clinic.forms.desk.people import PractitionerForm
from clinic.lib import upload_limits
from clinic.models import (
    TREATING_ROLES,
    Closure,
    Credential,
    GlossaryTerm,
    Page,
    PageSection,
    Practitioner,
    Room,
    SymptomWords,
    Synonyms,
    TimeOff,
    UltrasoundMachine,
    User,
    VisitReminder,
    VisitType,
    WorkingHours,
)
from clinic.scheduling import hour_changes

admin.site.site_header = settings.CLINIC_NAME
admin.site.site_title = settings.CLINIC_NAME
admin.site.index_title = _("Catalogue")
# Accounts and their addresses are personal: importing their admin modules first makes sure that they stay out.
admin.site.unregister([Group, EmailAddress, Authenticator])


class PageSectionInline(admin.StackedInline):
    model = PageSection
    fields = ["position", "heading", "slug", "body", "claims"]
    readonly_fields = ["claims"]
    extra = 0


@admin.register(Page)
class PageAdmin(admin.ModelAdmin):
    """Its address is fixed by its view, so pages are neither added nor deleted here."""

    list_display = ["title", "slug", "lead"]
    search_fields = ["title", "lead", "sections__heading", "sections__body"]
    readonly_fields = ["slug"]
    inlines = [PageSectionInline]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(GlossaryTerm)
class GlossaryTermAdmin(admin.ModelAdmin):
    list_display = ["term", "meaning"]
    search_fields = ["term", "meaning"]
    prepopulated_fields = {"slug": ["term"]}


@admin.register(Synonyms)
class SynonymsAdmin(admin.ModelAdmin):
    search_fields = ["words"]


@admin.register(SymptomWords)
class SymptomWordsAdmin(ProposingAdmin, admin.ModelAdmin):
    """Without any red words every SMS counts as an emergency."""

    list_display = ["words", "level", "language", "is_whole_message", "is_active"]
    list_filter = ["level", "language", "is_active"]
    search_fields = ["words"]


@admin.register(VisitType)
class VisitTypeAdmin(admin.ModelAdmin):
    list_display = ["name", "role", "minutes", "needs_ultrasound", "bookable_by", "is_active", "position"]
    list_filter = ["is_active", "role", "bookable_by", "needs_ultrasound"]
    search_fields = ["name", "description"]
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = [
        (None, {"fields": ["name", "slug", "description", "what_to_bring", "position", "is_active"]}),
        (
            _("Minutes"),
            {
                "fields": [
                    "base_minutes",
                    "minutes_per_site",
                    "usual_sites",
                    "ultrasound_setup_minutes",
                    "observation_minutes",
                ]
            },
        ),
        (_("Who and where"), {"fields": ["role", "needs_room", "needs_ultrasound"]}),
        (
            _("Booking"),
            {
                "fields": [
                    "bookable_by",
                    "is_consultation",
                    "needs_consultation_first",
                    "notice_hours",
                    "horizon_days",
                    "start_every_minutes",
                ]
            },
        ),
    ]


@admin.register(VisitReminder)
class VisitReminderAdmin(admin.ModelAdmin):
    list_display = ["__str__", "visit_type"]
    list_filter = ["visit_type"]
    list_select_related = ["visit_type"]
    search_fields = ["visit_type__name"]


class TimetableAdmin(admin.ModelAdmin):
    """No preview here: a visit left without its person, room or machine becomes a work item immediately."""

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        page = partial(super().changeform_view, request, object_id, form_url, extra_context)
        if request.method != "POST":
            return page()
        answers = []
        if count := hour_changes.apply(lambda: answers.append(page()), at=timezone.now()):
            sentence = ngettext("One person is to be called.", "%(count)s people are to be called.", count)
            self.message_user(request, sentence % {"count": count}, messages.WARNING)
        return answers[0]


@admin.register(Room, UltrasoundMachine)
class PlaceAdmin(TimetableAdmin):
    list_display = ["name", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name"]


class CredentialInline(admin.TabularInline):
    model = Credential
    extra = 0


class WorkingHoursInline(admin.TabularInline):
    model = WorkingHours
    extra = 0


class TimeOffInline(admin.TabularInline):
    model = TimeOff
    extra = 0


upload_limits.accept_on("clinic_practitioner_add", "clinic_practitioner_change")


@admin.register(Practitioner)
class PractitionerAdmin(TimetableAdmin):
    form = PractitionerForm
    list_display = ["name", "role", "languages", "is_active"]
    list_filter = ["role", "is_active"]
    search_fields = ["name", "languages"]
    inlines = [CredentialInline, WorkingHoursInline, TimeOffInline]

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        form.too_large = getattr(request, "too_large", ())
        return form

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        form.forget_old_photo()

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """Offers the accounts of those who treat, never those of patients."""
        if db_field.name == "user":
            kwargs["queryset"] = User.objects.filter(employments__role__in=TREATING_ROLES).distinct()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class NamedSplitDateTime(AdminSplitDateTime):
    """Django's two fields for a moment, each with a label that a screen reader reads out."""

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        for part, label in zip(context["widget"]["subwidgets"], [_("Date"), _("Time")], strict=True):
            part["attrs"]["aria-label"] = label
        return context


@admin.register(Closure)
class ClosureAdmin(TimetableAdmin):
    formfield_overrides = {DateTimeField: {"widget": NamedSplitDateTime}}
    list_display = ["__str__", "starts_at", "ends_at"]
    search_fields = ["reason"]
    date_hierarchy = "starts_at"
