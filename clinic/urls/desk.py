"""The desk's pages, below /desk/."""

from django.urls import include, path

from clinic.views.desk import booking, check_in_code, day, hours, messages, moved_visits, patients, received, worklist

urlpatterns = [
    path("", day.day, name="desk"),
    path("day-sheet/", day.day_sheet, name="desk-day-sheet"),
    path("check-in-code/", check_in_code.code, name="desk-check-in-code"),
    path("appointments/<int:pk>/", day.appointment, name="desk-appointment"),
    path("appointments/<int:pk>/check-in/", day.check_in, name="desk-check-in"),
    path("appointments/<int:pk>/undo-check-in/", day.undo_check_in, name="desk-undo-check-in"),
    path("appointments/<int:pk>/did-not-attend/", day.did_not_attend, name="desk-did-not-attend"),
    path("appointments/<int:pk>/cancel/", day.cancel, name="desk-cancel"),
    path("appointments/<int:pk>/undo-cancel/", day.undo_cancel, name="desk-undo-cancel"),
    path("appointments/<int:pk>/move/", booking.move, name="desk-move"),
    path("appointments/<int:pk>/move-to/", moved_visits.move_to, name="desk-move-to"),
    path("patients/", patients.patients, name="desk-patients"),
    path("patients/<int:pk>/", patients.patient, name="desk-patient"),
    path("patients/<int:pk>/book/", booking.for_patient, name="desk-book-patient"),
    path("patients/<int:pk>/doubles/", patients.duplicates, name="desk-duplicates"),
    path("patients/<int:pk>/doubles/<int:other>/", patients.merge, name="desk-merge"),
    path("book/", patients.search_for_booking, name="desk-book"),
    path("book/new/", booking.for_newcomer, name="desk-book-new"),
    path("hours/", hours.overview, name="desk-hours"),
    path("hours/<slug:kind>/new/", hours.add, name="desk-hours-add"),
    path("hours/<slug:kind>/<int:pk>/", hours.change, name="desk-hours-change"),
    path("hours/<slug:kind>/<int:pk>/remove/", hours.remove, name="desk-hours-remove"),
    path("messages/", messages.messages, name="desk-messages"),
    path("messages/received/", received.received, name="desk-received"),
    path("messages/received/<int:pk>/", received.incoming, name="desk-incoming"),
    path("messages/<int:pk>/", messages.message, name="desk-message"),
    path("messages/<int:pk>/again/", messages.send_again, name="desk-message-again"),
    path("patients/<int:pk>/messages/", messages.of_patient, name="desk-patient-messages"),
    path("patients/<int:pk>/messages/answer/", messages.answer, name="desk-patient-answer"),
    path("patients/<int:pk>/messages/choose/", messages.choose, name="desk-patient-choose"),
    path("patients/<int:pk>/contacts/<int:contact>/", messages.fix_contact, name="desk-contact"),
    path("work/", worklist.work_items, name="desk-work"),
    path("work/<int:pk>/done/", worklist.done, name="desk-work-done"),
    path("work/<int:pk>/tomorrow/", worklist.postpone, name="desk-work-tomorrow"),
    path("", include("procedures.urls.desk")),
    path("", include("aftercare.urls.desk")),
]
