"""Every address of the site. Each package lists its own; this file says where they hang."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.account.urls")),
    path("manage/", admin.site.urls),
]
