"""How the pages of hours show what was entered in a form."""

from datetime import date, datetime, time

from django import template
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from clinic.lib import civil_time

register = template.Library()


@register.filter
def shown_value(field):
    """The answer of a valid form's field, as people would say it."""
    value = field.form.cleaned_data.get(field.name)
    if field.name == "weekday":
        return dict(field.field.choices)[value]
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return civil_time.written(value)
    if isinstance(value, date):
        return date_format(value)
    if isinstance(value, time):
        return time_format(value)
    return "–" if value in (None, "") else value
