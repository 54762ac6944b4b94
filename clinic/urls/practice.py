"""The pages of physicians and physiotherapists, below /practice/."""

from django.urls import include, path

from clinic.views.practice import day

urlpatterns = [
    path("", day.day, name="practice"),
    path("visits/<int:pk>/", day.visit, name="practice-visit"),
    path("", include("procedures.urls.practice")),
    path("", include("aftercare.urls.practice")),
]
