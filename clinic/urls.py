"""Every address of the site. Upward packages hang in here by name only."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from clinic.views import (
    booking,
    check_in,
    demo,
    desk,
    desk_booking,
    desk_moving,
    health,
    hours,
    icon,
    messages,
    my,
    patients,
    people,
    practice,
    waitlist,
    worklist,
    workplace,
)

# One way in for everybody, with its limits on trying: the catalogue has no sign-in page of its own.
admin.site.login = secure_admin_login(admin.site.login)

urlpatterns = [
    path("", include("procedures.public_urls")),
    path("", include("aftercare.public_urls")),
    path("people/", people.people, name="people"),
    # Booking
    path("book/", booking.visit_types, name="book"),
    path("book/times.json", booking.times_json, name="book-times-json"),
    path("book/<slug:visit_type>/", booking.times, name="book-times"),
    path("book/<slug:visit_type>/hold/", booking.hold, name="book-hold"),
    path("book/<slug:visit_type>/<str:token>/details/", booking.details, name="book-details"),
    path("book/<slug:visit_type>/<str:token>/check/", booking.check, name="book-check"),
    path("book/<slug:visit_type>/<str:token>/booked/", booking.booked, name="book-booked"),
    path("book/<slug:visit_type>/<str:token>/visit.ics", booking.calendar, name="book-calendar"),
    # The patient's phone at the door
    path("check-in/<slug:code>/", check_in.visits, name="check-in"),
    path("check-in/<slug:code>/<int:pk>/", check_in.here, name="check-in-here"),
    # The patient's own pages
    path("my/", my.home, name="my"),
    path("my/visits/<int:pk>/visit.ics", my.calendar, name="my-calendar"),
    path("my/visits/<int:pk>/cancel/", my.cancel, name="my-cancel"),
    path("my/visits/<int:pk>/undo-cancel/", my.undo_cancel, name="my-undo-cancel"),
    path("my/visits/<int:pk>/move/", my.move, name="my-move"),
    path("my/waitlist/", waitlist.waitlist, name="my-waitlist"),
    path("my/waitlist/join/<slug:visit_type>/", waitlist.join, name="my-waitlist-join"),
    path("my/waitlist/<int:pk>/take/", waitlist.take, name="my-waitlist-take"),
    path("my/waitlist/<int:pk>/leave/", waitlist.leave, name="my-waitlist-leave"),
    path("my/", include("procedures.my_urls")),
    path("my/", include("aftercare.my_urls")),
    # The desk
    path("desk/", desk.day, name="desk"),
    path("desk/day-sheet/", desk.day_sheet, name="desk-day-sheet"),
    path("desk/check-in-code/", check_in.code, name="desk-check-in-code"),
    path("desk/appointments/<int:pk>/", desk.appointment, name="desk-appointment"),
    path("desk/appointments/<int:pk>/check-in/", desk.check_in, name="desk-check-in"),
    path("desk/appointments/<int:pk>/undo-check-in/", desk.undo_check_in, name="desk-undo-check-in"),
    path("desk/appointments/<int:pk>/did-not-attend/", desk.did_not_attend, name="desk-did-not-attend"),
    path("desk/appointments/<int:pk>/cancel/", desk.cancel, name="desk-cancel"),
    path("desk/appointments/<int:pk>/undo-cancel/", desk.undo_cancel, name="desk-undo-cancel"),
    path("desk/appointments/<int:pk>/move/", desk_booking.move, name="desk-move"),
    path("desk/appointments/<int:pk>/move-to/", desk_moving.move_to, name="desk-move-to"),
    path("desk/", include("procedures.desk_urls")),
    path("desk/patients/", patients.patients, name="desk-patients"),
    path("desk/patients/<int:pk>/", patients.patient, name="desk-patient"),
    path("desk/patients/<int:pk>/book/", desk_booking.for_patient, name="desk-book-patient"),
    path("desk/patients/<int:pk>/doubles/", patients.doubles, name="desk-doubles"),
    path("desk/patients/<int:pk>/doubles/<int:other>/", patients.merge, name="desk-merge"),
    path("desk/book/", patients.who, name="desk-book"),
    path("desk/book/new/", desk_booking.for_newcomer, name="desk-book-new"),
    path("desk/hours/", hours.overview, name="desk-hours"),
    path("desk/hours/<slug:kind>/new/", hours.add, name="desk-hours-add"),
    path("desk/hours/<slug:kind>/<int:pk>/", hours.change, name="desk-hours-change"),
    path("desk/hours/<slug:kind>/<int:pk>/remove/", hours.remove, name="desk-hours-remove"),
    path("desk/messages/", messages.messages, name="desk-messages"),
    path("desk/messages/<int:pk>/", messages.message, name="desk-message"),
    path("desk/work/", worklist.work_items, name="desk-work"),
    path("desk/work/<int:pk>/done/", worklist.done, name="desk-work-done"),
    path("desk/work/<int:pk>/tomorrow/", worklist.tomorrow, name="desk-work-tomorrow"),
    # Physicians and physiotherapists
    path("practice/", practice.day, name="practice"),
    path("practice/visits/<int:pk>/", practice.visit, name="practice-visit"),
    path("practice/", include("procedures.practice_urls")),
    path("practice/", include("aftercare.practice_urls")),
    # Everybody
    path("manage/", admin.site.urls),
    path("accounts/", include("clinic.account_urls")),
    path("workplace/", workplace.workplace, name="workplace"),
    path("demo/", demo.demo, name="demo"),
    path("demo/sign-in/<slug:role>/", demo.sign_in, name="demo-sign-in"),
    path("favicon.ico", icon.icon, name="favicon"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
