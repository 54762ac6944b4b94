"""What the shared components need and the template language does not have."""

from functools import cache
from urllib.parse import quote

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag(takes_context=True)
def aria_current(context, url):
    """Whether a link of the navigation leads to this page ("page"), to its section ("true") or elsewhere ("")."""
    path = getattr(context.get("request"), "path", "")
    if path == url:
        return "page"
    return "true" if url != "/" and path.startswith(url) else ""


@register.simple_tag
@cache
def drawing(path):
    """A small SVG of `static/` as an address that contains it: on a slow connection that saves a request."""
    svg = (settings.BASE_DIR / "static" / path).read_text().replace('"', "'").replace("\n", "")
    return "data:image/svg+xml," + quote(svg, safe=" /:=.,-")
