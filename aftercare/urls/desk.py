"""The desk's pages about physiotherapy."""

from django.urls import path

from aftercare.views.desk import referral_answers

urlpatterns = [
    path("patients/<int:pk>/physiotherapy/", referral_answers.of_patient, name="desk-physiotherapy"),
    path("referrals/<int:pk>/answer/", referral_answers.at_desk, name="desk-referral-answer"),
    path("referrals/<int:pk>/take-back/", referral_answers.take_back_at_desk, name="desk-referral-take-back"),
]
