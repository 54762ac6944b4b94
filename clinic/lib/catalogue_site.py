"""The site of the catalogue: Django's admin without what asks the database more than its lists show."""

from django.contrib import admin
from django.core.exceptions import BadRequest, ValidationError
from django.shortcuts import redirect

from clinic.lib.readable_requests import can_be_a_row

# What the filters beside a list, and its days, put into an address. Others, such as "regex", would let whoever may open
# a list ask about columns that it does not show, or keep the database busy with a pattern.
LOOKUPS = {"exact", "in", "isnull", "gte", "lt", "year", "month", "day"}
LONGEST_SEARCH = 100


class PlainLists(admin.ModelAdmin):
    """Lists that are filtered by what they offer, and nothing else."""

    def lookup_allowed(self, lookup, value, request):
        field, _separator, how = lookup.rpartition("__")
        offered = [*_names(self.get_list_filter(request)), *filter(None, [self.date_hierarchy])]
        is_offered = any(lookup == name or lookup.startswith(f"{name}__") for name in offered)
        return is_offered and (how in LOOKUPS or not field)

    def get_search_results(self, request, queryset, search_term):
        return super().get_search_results(request, queryset, search_term.replace("\0", "")[:LONGEST_SEARCH])

    def response_action(self, request, queryset):
        """Refuses keys that no row of the list can have: Django hands them to the database as they came."""
        key = self.model._meta.pk
        try:
            chosen = [key.to_python(value) for value in request.POST.getlist(admin.helpers.ACTION_CHECKBOX_NAME)]
        except ValidationError as error:
            raise BadRequest("no row has this key") from error
        if not can_be_a_row(chosen):
            raise BadRequest("no row has this key")
        return super().response_action(request, queryset)

    def get_view_on_site_url(self, obj=None):
        """The page itself. Django's own way would say of any number of any table whether there is such a row."""
        return obj.get_absolute_url() if obj and hasattr(obj, "get_absolute_url") else None


def _names(filters):
    return [each[0] if isinstance(each, (list, tuple)) else getattr(each, "parameter_name", each) for each in filters]


class CatalogueSite(admin.AdminSite):
    """Changes no password and shows no row by the number of its table: other pages do that."""

    def password_change(self, request, extra_context=None):
        return redirect("account_change_password")

    def register(self, model_or_iterable, admin_class=None, **options):
        base = admin_class or admin.ModelAdmin
        super().register(model_or_iterable, type(base.__name__, _strict(base), {}), **options)

    def get_urls(self):
        return [address for address in super().get_urls() if getattr(address, "name", "") != "view_on_site"]


def _strict(base):
    return (base,) if issubclass(base, PlainLists) else (PlainLists, base)
