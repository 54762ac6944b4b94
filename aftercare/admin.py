"""The aftercare protocols that the manager keeps."""

from urllib.parse import urlencode

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from aftercare.models import AftercareProtocol

CONTENT = ["name", "definition", "lifting_hours", "physiotherapy_days", "source"]


@admin.register(AftercareProtocol)
class AftercareProtocolAdmin(admin.ModelAdmin):
    """What a care plan began with stays as it was: a protocol in use is not edited, it gets a new version."""

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
        return ["version", *CONTENT, "new_version"] if obj.careplan_set.exists() else ["new_version"]

    def has_delete_permission(self, request, obj=None):
        is_used = obj is not None and obj.careplan_set.exists()
        return super().has_delete_permission(request, obj) and not is_used

    @admin.display(description=_("change what it says"))
    def new_version(self, protocol):
        """A link to the form of the next version, filled in with this one."""
        newest = AftercareProtocol.objects.filter(name=protocol.name).order_by("-version").first()
        values = {field: protocol.serializable_value(field) for field in CONTENT}
        values = {field: value for field, value in values.items() if value is not None}
        query = urlencode({**values, "version": newest.version + 1})
        address = reverse("admin:aftercare_aftercareprotocol_add")
        return format_html('<a href="{}?{}">{}</a>', address, query, _("Save as a new version"))
