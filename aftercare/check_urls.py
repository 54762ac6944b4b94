"""How are you? By the link of a message, signed in, and for those who follow it up."""

from django.urls import path

from aftercare.views import checks

urlpatterns = [
    path("check/<str:token>/", checks.by_link, name="care-check"),
    path("my/aftercare/<int:pk>/symptoms/", checks.own, name="my-symptoms"),
    path("my/aftercare/<int:pk>/symptoms/<int:check>/", checks.own_said, name="my-symptoms-said"),
    path("practice/checks/<int:pk>/", checks.follow_up, name="practice-check"),
]
