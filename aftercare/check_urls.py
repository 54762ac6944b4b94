"""The days after, and how they are: by the link of a message, signed in, and for those who follow it up."""

from django.urls import path

from aftercare.views import checks, diary, plans

urlpatterns = [
    path("check/<str:token>/", checks.by_link, name="care-check"),
    path("check/<str:token>/pain/", diary.by_link, name="care-check-pain"),
    path("my/aftercare/", plans.own, name="my-aftercare"),
    path("my/aftercare/<int:pk>/", plans.of_plan, name="my-aftercare-plan"),
    path("my/aftercare/<int:pk>/next-visit/", plans.next_visit, name="my-aftercare-next-visit"),
    path("my/aftercare/<int:pk>/pain/", diary.tell, name="my-aftercare-pain"),
    path("my/aftercare/<int:pk>/symptoms/", checks.own, name="my-symptoms"),
    path("my/aftercare/<int:pk>/symptoms/<int:check>/", checks.own_said, name="my-symptoms-said"),
    path("practice/checks/<int:pk>/", checks.follow_up, name="practice-check"),
]
