"""The patient's own pages, below /my/."""

from django.urls import include, path

from clinic.views.my import access, access_log, data, home, messages, sign_in, waitlist

urlpatterns = [
    path("", home.home, name="my"),
    path("messages/", messages.own, name="my-messages"),
    path("messages/<int:pk>/", messages.choose_own, name="my-messages-choose"),
    path("sign-in/", sign_in.addresses, name="my-sign-in"),
    path("sign-in/code/", sign_in.code, name="my-sign-in-code"),
    path("sign-in/<int:pk>/end/", sign_in.end, name="my-sign-in-end"),
    path("access/", access.of_own, name="my-access"),
    path("access/<int:pk>/end/", access.end, name="my-access-end"),
    path("data/", data.data, name="my-data"),
    path("data/<int:pk>/download/", data.take_along, name="my-data-take-along"),
    path("data/<int:pk>/correct/", data.put_right, name="my-data-put-right"),
    path("data/<int:pk>/erase/", data.remove, name="my-data-remove"),
    path("visits/<int:pk>/visit.ics", home.calendar, name="my-calendar"),
    path("visits/<int:pk>/cancel/", home.cancel, name="my-cancel"),
    path("visits/<int:pk>/undo-cancel/", home.undo_cancel, name="my-undo-cancel"),
    path("visits/<int:pk>/move/", home.move, name="my-move"),
    path("access-log/", access_log.own, name="my-access-log"),
    path("waitlist/", waitlist.entries, name="my-waitlist"),
    path("waitlist/join/<slug:visit_type>/", waitlist.join, name="my-waitlist-join"),
    path("waitlist/<int:pk>/take/", waitlist.take, name="my-waitlist-take"),
    path("waitlist/<int:pk>/leave/", waitlist.leave, name="my-waitlist-leave"),
    path("", include("procedures.urls.my")),
    path("", include("aftercare.urls.my")),
]
