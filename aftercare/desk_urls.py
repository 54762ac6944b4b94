"""What the desk may say and see about physiotherapy."""

from django.urls import path

from aftercare.views import answers

urlpatterns = [
    path("patients/<int:pk>/physiotherapy/", answers.of_patient, name="desk-physiotherapy"),
    path("referrals/<int:pk>/answer/", answers.at_desk, name="desk-referral-answer"),
    path("referrals/<int:pk>/take-back/", answers.take_back_at_desk, name="desk-referral-take-back"),
]
