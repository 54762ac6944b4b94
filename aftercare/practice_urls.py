from django.urls import path

from aftercare.views import answers, history, outcomes, practice, referrals, summaries

urlpatterns = [
    path("referrals/", practice.referrals, name="practice-referrals"),
    path("referrals/<int:pk>/", referrals.referral, name="practice-referral"),
    path("referrals/<int:pk>/assess/", referrals.assess, name="practice-referral-assess"),
    path("referrals/<int:pk>/exercises/", referrals.exercises, name="practice-referral-exercises"),
    path(
        "referrals/<int:pk>/exercises/<int:prescription>/end/",
        referrals.end_exercise,
        name="practice-prescription-end",
    ),
    path("referrals/<int:pk>/answer/", answers.in_practice, name="practice-referral-answer"),
    path("referrals/<int:pk>/take-back/", answers.take_back_in_practice, name="practice-referral-take-back"),
    path("outcomes/", outcomes.kept_in_time, name="practice-outcomes"),
    path("visits/<int:pk>/summary/", summaries.for_patient, name="practice-summary"),
    path("patients/<int:pk>/history/", history.of_patient, name="practice-history"),
]
