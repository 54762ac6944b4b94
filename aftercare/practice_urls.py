from django.urls import path

from aftercare.views import history, practice, summaries

urlpatterns = [
    path("referrals/", practice.referrals, name="practice-referrals"),
    path("visits/<int:pk>/summary/", summaries.for_patient, name="practice-summary"),
    path("patients/<int:pk>/history/", history.of_patient, name="practice-history"),
]
