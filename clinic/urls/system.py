"""What programs request, what providers report, and where people are led after signing in."""

from django.urls import include, path

from clinic.views.public import icon, machines
from clinic.views.system import demo, health, receipts, unsent_forms, workplace

urlpatterns = [
    path("messages/receipts/<slug:provider>/", receipts.receipt, name="message-receipts"),
    path("messages/replies/<slug:provider>/", receipts.reply, name="message-replies"),
    path("workplace/", workplace.workplace, name="workplace"),
    path("unsent/", unsent_forms.unsent, name="unsent-forms"),
    path("unsent/keep/", unsent_forms.keep, name="unsent-forms-keep"),
    path("unsent/drop/", unsent_forms.drop, name="unsent-forms-drop"),
    path("demo/", demo.demo, name="demo"),
    path("demo/sign-in/<slug:role>/", demo.sign_in, name="demo-sign-in"),
    path("styleguide/", include("aftercare.urls.demo")),
    path("robots.txt", machines.robots, name="robots"),
    path("site.webmanifest", machines.manifest, name="manifest"),
    path("favicon.ico", icon.icon, name="favicon"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
