"""What anybody may read about the days after, and the links by which patients say how they are."""

from django.urls import path

from aftercare.views.my import pain_diary, symptom_checks
from aftercare.views.public import aftercare

urlpatterns = [
    path("aftercare/", aftercare.aftercare, name="aftercare"),
    path("check/<str:token>/", symptom_checks.by_link, name="care-check"),
    path("check/<str:token>/pain/", pain_diary.by_link, name="care-check-pain"),
]
