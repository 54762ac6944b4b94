"""What physiotherapists and physicians do about the days after, below /practice/."""

from django.urls import path

from aftercare.views.practice import (
    assessment,
    exercise_notes,
    outcomes,
    referral_answers,
    referral_list,
    summaries,
    symptom_checks,
    timeline,
)

urlpatterns = [
    path("checks/<int:pk>/", symptom_checks.follow_up, name="practice-check"),
    path("referrals/", referral_list.referrals, name="practice-referrals"),
    path("referrals/<int:pk>/", assessment.referral, name="practice-referral"),
    path("referrals/<int:pk>/assess/", assessment.assess, name="practice-referral-assess"),
    path("referrals/<int:pk>/exercises/", assessment.exercises, name="practice-referral-exercises"),
    path(
        "referrals/<int:pk>/exercises/<int:prescription>/end/",
        assessment.end_exercise,
        name="practice-prescription-end",
    ),
    path(
        "referrals/<int:pk>/exercises/<int:prescription>/noted/",
        exercise_notes.noted,
        name="practice-exercise-noted",
    ),
    path("referrals/<int:pk>/answer/", referral_answers.in_practice, name="practice-referral-answer"),
    path("referrals/<int:pk>/take-back/", referral_answers.take_back_in_practice, name="practice-referral-take-back"),
    path("outcomes/", outcomes.referrals_in_time, name="practice-outcomes"),
    path("visits/<int:pk>/summary/", summaries.for_patient, name="practice-summary"),
    path("patients/<int:pk>/history/", timeline.of_patient, name="practice-history"),
]
