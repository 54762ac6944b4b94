"""Public pages: trigger points, the body, procedures and their risks, and search for people and search engines."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.sitemaps.views import sitemap
from django.urls import path
from django.views.decorators.http import require_safe

from procedures.views.public import glossary, procedures, regions, risks, search, triage
from procedures.website.sitemap import SITEMAPS

urlpatterns = [
    path("", procedures.home, name="home"),
    path("trigger-points/", risks.trigger_points, name="trigger-points"),
    path("where-does-it-hurt/", regions.where_does_it_hurt, name="where-does-it-hurt"),
    path("where-does-it-hurt/<slug:key>/", regions.region, name="region"),
    path("who-should-i-see/", triage.who_should_i_see, name="who-should-i-see"),
    path("procedures/", procedures.procedures, name="procedures"),
    path("procedures/<slug:slug>/", procedures.procedure, name="procedure"),
    path("glossary/", glossary.glossary, name="glossary"),
    path("risks/", risks.risks, name="risks"),
    path("search/", search.results, name="search"),
    path("sitemap.xml", login_not_required(require_safe(sitemap)), {"sitemaps": SITEMAPS}, name="sitemap"),
]
