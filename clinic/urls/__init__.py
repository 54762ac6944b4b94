"""Every address of the site, by who uses it. Packages above are included by name only."""

from django.urls import include, path

urlpatterns = [
    path("", include("clinic.urls.public")),
    path("my/", include("clinic.urls.my")),
    path("desk/", include("clinic.urls.desk")),
    path("practice/", include("clinic.urls.practice")),
    path("manage/", include("clinic.urls.manage")),
    path("accounts/", include("clinic.urls.accounts")),
    path("", include("clinic.urls.system")),
]
