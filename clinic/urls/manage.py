"""The manager's pages, below /manage/: the catalogue in Django's admin."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import path

# One sign-in for everybody, with its limit on attempts: the catalogue has no sign-in page of its own.
admin.site.login = secure_admin_login(admin.site.login)

urlpatterns = [
    path("", admin.site.urls),
]
