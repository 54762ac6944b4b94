"""How people and search machines find the public pages."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.sitemaps.views import sitemap
from django.urls import path
from django.views.decorators.http import require_safe

from procedures.sitemap import SITEMAPS
from procedures.views import search

urlpatterns = [
    path("search/", search.search, name="search"),
    path("sitemap.xml", login_not_required(require_safe(sitemap)), {"sitemaps": SITEMAPS}, name="sitemap"),
]
