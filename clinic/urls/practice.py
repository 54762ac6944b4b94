"""The pages of physicians and physiotherapists, below /practice/."""

from django.urls import include, path

from clinic.views.practice import conversations, day, received

urlpatterns = [
    path("", day.day, name="practice"),
    path("visits/<int:pk>/", day.visit, name="practice-visit"),
    path("patients/<int:pk>/messages/", conversations.of_patient, name="practice-messages"),
    path("received/<int:pk>/", received.received, name="practice-received"),
    path("", include("procedures.urls.practice")),
    path("", include("aftercare.urls.practice")),
]
