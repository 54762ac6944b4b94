"""Draws the menus: where the reader may go from this page, and where they are."""

from django import template

from clinic.website import navigation

register = template.Library()


@register.inclusion_tag("desk/_navigation.html", takes_context=True)
def desk_navigation(context):
    return _menu("desk", context["request"])


@register.inclusion_tag("practice/_navigation.html", takes_context=True)
def practice_navigation(context):
    return _menu("practice", context["request"])


@register.simple_tag
def public_links():
    """The same for everybody, so cached pages may show them."""
    return navigation.links("public")


def _menu(name, request):
    here = request.resolver_match and request.resolver_match.url_name
    return {"request": request, "here": here, "links": navigation.links(name, user=request.user, here=here)}
