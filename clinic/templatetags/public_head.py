"""The head of a public page for search engines: its one address, the picture of a shared link, structured data."""

from django import template
from django.conf import settings
from django.templatetags.static import static

from clinic.website import public_pages, structured_data

register = template.Library()
NEVER_CACHED = "book-times"  # not even for visitors


@register.simple_block_tag(takes_context=True)
def capture(context, content, name):
    """The content is written here on one line, and can be repeated later as captured.<name>."""
    words = type(content)(" ".join(content.split()))  # still marked as safe, if it was
    context.dicts[0].setdefault("captured", {})[name] = words
    return words


@register.inclusion_tag("components/_public_head.html", takes_context=True)
def public_head(context):
    """Nothing on pages that are somebody's own."""
    request = context.get("request")
    match = getattr(request, "resolver_match", None)
    if match is None or match.view_name not in [*public_pages.names(), NEVER_CACHED]:
        return {}
    return {
        "address": structured_data.absolute(request.path),
        "site": settings.CLINIC_NAME,
        "picture": structured_data.absolute(static("img/share.png")),
        "captured": context.get("captured", {}),
        "structured_data": _structured_data(context, request.resolver_match.view_name),
    }


def _structured_data(context, name):
    """Of the clinic's own pages; the pages of other packages write theirs into the block "structured_data"."""
    if name == "person" and "person" in context:
        return structured_data.element(structured_data.person(context["person"], context["credentials"]))
    if name in ("home", "clinic"):
        return structured_data.element(structured_data.clinic(context.get("days", ())))
    return ""
