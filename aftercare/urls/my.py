"""The days after, below /my/: how they go, how the patient is, physiotherapy."""

from django.urls import path

from aftercare.views.my import exercises, pain_diary, physiotherapy, plans, referral_answers, summaries, symptom_checks

urlpatterns = [
    path("aftercare/", plans.own, name="my-aftercare"),
    path("aftercare/<int:pk>/", plans.of_plan, name="my-aftercare-plan"),
    path("aftercare/<int:pk>/next-visit/", plans.next_visit, name="my-aftercare-next-visit"),
    path("aftercare/<int:pk>/pain/", pain_diary.tell, name="my-aftercare-pain"),
    path("aftercare/<int:pk>/symptoms/", symptom_checks.own, name="my-symptoms"),
    path("aftercare/<int:pk>/symptoms/<int:check>/", symptom_checks.own_answered, name="my-symptoms-answered"),
    path("physiotherapy/<int:pk>/", physiotherapy.physiotherapy, name="my-physiotherapy"),
    path("physiotherapy/<int:pk>/answer/", referral_answers.own, name="my-physiotherapy-answer"),
    path("physiotherapy/<int:pk>/take-back/", referral_answers.take_back_own, name="my-physiotherapy-take-back"),
    path("exercises/", exercises.own, name="my-exercises"),
    path("exercises/<int:pk>/done/", exercises.done, name="my-exercise-done"),
    path("exercises/<int:pk>/report/", exercises.report, name="my-exercise-report"),
    path("exercises/<int:pk>/undone/", exercises.undone, name="my-exercise-undone"),
    path("visits/<int:pk>/summary/", summaries.own, name="my-summary"),
]
