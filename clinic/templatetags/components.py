"""What the shared components need and the template language does not have."""

from django import template

register = template.Library()


@register.simple_tag(takes_context=True)
def aria_current(context, url):
    """Whether a link of the navigation leads to this page ("page"), to its section ("true") or elsewhere ("")."""
    path = getattr(context.get("request"), "path", "")
    if path == url:
        return "page"
    return "true" if url != "/" and path.startswith(url) else ""
