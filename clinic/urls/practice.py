"""The pages of physicians and physiotherapists, below /practice/."""

from django.urls import include, path

from clinic.views.practice import approvals, conversations, day, emergency_access, patients, received

urlpatterns = [
    path("", day.day, name="practice"),
    path("visits/<int:pk>/", day.visit, name="practice-visit"),
    path("patients/", patients.patients, name="practice-patients"),
    path("patients/<int:pk>/messages/", conversations.of_patient, name="practice-messages"),
    path("received/<int:pk>/", received.received, name="practice-received"),
    path("approvals/", approvals.approvals, name="practice-approvals"),
    path("approvals/<int:pk>/", approvals.decide, name="practice-approval"),
    path("approvals/rows/<str:model>/<str:row>/", approvals.as_it_is, name="practice-approval-as-it-is"),
    path("emergency-access/", emergency_access.ask, name="practice-emergency"),
    path("emergency-access/<int:pk>/", emergency_access.patient, name="practice-emergency-patient"),
    path("", include("procedures.urls.practice")),
    path("", include("aftercare.urls.practice")),
]
