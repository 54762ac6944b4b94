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


@register.inclusion_tag("manage/_navigation.html", takes_context=True)
def manage_navigation(context):
    return _menu("manage", context["request"])


@register.simple_tag
def public_links():
    """The same for everybody, so cached pages may show them."""
    return navigation.links("public")


@register.simple_tag(takes_context=True)
def manager_links(context):
    """The other workplaces of who manages, then the pages that the packages add to the manager's first one."""
    request = context["request"]
    links = [*context["workplaces"], *navigation.links("manage", user=request.user)]
    return [link for link in links if link.url != request.path]


def _menu(name, request):
    here = request.resolver_match and request.resolver_match.url_name
    return {"request": request, "here": here, "links": navigation.links(name, user=request.user, here=here)}
