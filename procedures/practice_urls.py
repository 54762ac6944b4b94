from django.urls import path

from procedures.views import practice

urlpatterns = [
    path("visits/<int:pk>/seen/", practice.seen, name="practice-seen"),
    path("visits/<int:pk>/record/", practice.record, name="practice-record"),
    path("visits/<int:pk>/record/review/", practice.review, name="practice-record-review"),
    path("visits/<int:pk>/record/addenda/", practice.addenda, name="practice-record-addenda"),
]
