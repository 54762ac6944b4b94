"""What anybody may open: who works here, booking, and the links in the clinic's messages and at its door."""

from django.urls import include, path

from clinic.views.my import check_in, messages
from clinic.views.public import (
    access_objection,
    booking,
    clinic,
    invitation,
    people,
    privacy,
    times,
    visit_link,
)

urlpatterns = [
    path("", include("procedures.urls.public")),
    path("", include("aftercare.urls.public")),
    path("people/", people.people, name="people"),
    path("people/<slug:slug>/", people.person, name="person"),
    path("people/photos/<str:name>", people.photo, name="person-photo"),
    path("clinic/", clinic.the_clinic, name="clinic"),
    path("privacy/", privacy.privacy, name="privacy"),
    # The links in invitations of colleagues and in reminders
    path("invitations/<str:token>/", invitation.invitation, name="invitation"),
    path("reminders/<str:token>/", messages.reminders, name="reminders"),
    path("visits/<str:token>/", visit_link.visit, name="visit"),
    # The link in the message that somebody was given access
    path("access/<str:token>/", access_objection.objection, name="access-objection"),
    # Booking
    path("book/", times.visit_types, name="book"),
    path("book/times.json", times.times_json, name="book-times-json"),
    path("book/<slug:visit_type>/", times.times, name="book-times"),
    path("book/<slug:visit_type>/hold/", booking.hold, name="book-hold"),
    path("book/<slug:visit_type>/<str:token>/details/", booking.details, name="book-details"),
    path("book/<slug:visit_type>/<str:token>/check/", booking.review, name="book-check"),
    path("book/<slug:visit_type>/<str:token>/code/", booking.code, name="book-code"),
    path("book/<slug:visit_type>/<str:token>/booked/", booking.booked, name="book-booked"),
    path("book/<slug:visit_type>/<str:token>/visit.ics", booking.calendar, name="book-calendar"),
    # The patient's phone at the door
    path("check-in/<slug:code>/", check_in.visits, name="check-in"),
    path("check-in/<slug:code>/<int:pk>/", check_in.here, name="check-in-here"),
]
