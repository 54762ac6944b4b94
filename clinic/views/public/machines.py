"""What browsers and search engines request from every site."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

# How addresses begin that are somebody's own, or a workplace. Those that a link alone opens are not among them: search
# engines that may not ask for them would list them unread, and never see that they are not to be listed.
HIDDEN_FROM_CRAWLERS = [
    *("accounts", "admin", "demo", "desk", "manage", "messages", "my", "practice", "search", "workplace"),
]
ICONS = {"192": "any", "512": "any", "maskable-512": "maskable"}


@login_not_required
@require_safe
def robots(request):
    lines = ["User-agent: *", *(f"Disallow: /{step}/" for step in HIDDEN_FROM_CRAWLERS)]
    lines += ["", f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@login_not_required
@require_safe
def manifest(request):
    """How the site appears on a phone's home screen."""
    icons = [
        {
            "src": static(f"img/icon-{name}.png"),
            "sizes": "x".join([name.rpartition("-")[2]] * 2),
            "type": "image/png",
            "purpose": purpose,
        }
        for name, purpose in ICONS.items()
    ]
    content = {
        "name": settings.CLINIC_NAME,
        "short_name": settings.CLINIC_NAME.split()[0],
        "description": _("Read about trigger points, see where it hurts, and book a visit."),
        "lang": settings.LANGUAGE_CODE,
        "start_url": reverse("home"),
        "scope": reverse("home"),
        "display": "minimal-ui",
        "background_color": "#FBF8F4",
        "theme_color": "#FBF8F4",
        "icons": [{"src": static("img/mark.svg"), "sizes": "any", "type": "image/svg+xml"}, *icons],
    }
    return JsonResponse(content, content_type="application/manifest+json", headers={"Cache-Control": "max-age=3600"})
