from django.urls import path

from aftercare.views import practice

urlpatterns = [
    path("referrals/", practice.referrals, name="practice-referrals"),
]
