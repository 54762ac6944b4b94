from django.urls import path

from aftercare.views import answers, exercises, my, summaries

urlpatterns = [
    path("physiotherapy/<int:pk>/", my.physiotherapy, name="my-physiotherapy"),
    path("physiotherapy/<int:pk>/answer/", answers.own, name="my-physiotherapy-answer"),
    path("physiotherapy/<int:pk>/take-back/", answers.take_back_own, name="my-physiotherapy-take-back"),
    path("exercises/", exercises.own, name="my-exercises"),
    path("exercises/<int:pk>/done/", exercises.done, name="my-exercise-done"),
    path("exercises/<int:pk>/undone/", exercises.undone, name="my-exercise-undone"),
    path("visits/<int:pk>/summary/", summaries.own, name="my-summary"),
]
