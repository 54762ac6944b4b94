"""What the style guide shows: made-up forms, rows and drawings, passed to the real parts of the pages."""

from dataclasses import dataclass
from datetime import time, timedelta

from crispy_forms.helper import FormHelper
from django import forms
from django.core.paginator import Paginator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from aftercare.outcomes.pain_charts import PainPoint, pain_chart
from clinic.forms.fields import BirthDateField, EmailField, NameField, TextField
from clinic.lib import civil_time
from clinic.scheduling.diary import OpenTime
from procedures.models import BodyArea, BodyView, Side
from procedures.website import body_picture, pain_sources

REGION, REGION_NEAR = "head", 64  # of the picture's regions, and how much it is enlarged
ICONS = (
    "calendar clock pin phone mail check alert stop info person arrow-right arrow-left pain lifting physiotherapy "
    "needle ultrasound print dot foot bus car step-free"
).split()
STEPS = "talk lie feel gel screen needle needle-seen more rest move".split()
EXERCISES = 20
SCORES = [(score, str(score)) for score in range(11)]
WHO = [("me", _("For me")), ("child", _("For my child")), ("other", _("For somebody else"))]
WHY = [("neck", _("Neck")), ("back", _("Back")), ("knee", _("Knee"))]


class SampleForm(forms.Form):
    """One field of each kind."""

    given_name = NameField(label=_("Given name"), help_text=_("As it stands in your passport."))
    email = EmailField(label=_("E-mail"))
    born = BirthDateField(label=_("Birth date"), help_text=_("For example 27 3 1985"))
    place = forms.ChoiceField(label=_("Where does it hurt?"), choices=WHY)
    who = forms.ChoiceField(label=_("Who is the visit for?"), choices=WHO, widget=forms.RadioSelect)
    words = TextField(label=_("In your own words"), required=False)
    number = forms.CharField(label=_("Number of the visit"), initial="P-1042", disabled=True, required=False)
    agreed = forms.BooleanField(label=_("I have read what can go wrong"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False


class OneFieldForm(forms.Form):
    """A form to draw by hand: one choice of few, or places on the body."""

    pain = forms.ChoiceField(label=_("Pain before the injection"), choices=SCORES, widget=forms.RadioSelect)
    places = forms.ModelMultipleChoiceField(
        BodyArea.objects.none(), label=_("Where does it hurt?"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["places"].queryset = BodyArea.objects.filter(view=BodyView.HEAD).select_related("region")


@dataclass(frozen=True)
class Message:
    """Of django.contrib.messages."""

    level_tag: str
    text: str

    def __str__(self):
        return str(self.text)


@dataclass(frozen=True)
class Muscle:
    region_id: str


@dataclass(frozen=True)
class Site:
    """Of an injection, for the picture of what was done."""

    muscle: Muscle
    side: str

    def __str__(self):
        return str(_("Left shoulder"))


def all_samples():
    return forms_to_fill() | booking() | days_after() | body() | drawings()


def forms_to_fill():
    wrong = {
        "wrong-given_name": "R2-D2",
        "wrong-email": "ana at example",
        "wrong-born_day": "31",
        "wrong-born_month": "2",
    }
    return {
        "form": SampleForm(),
        "wrong_form": SampleForm(wrong | {"wrong-born_year": "1985", "wrong-place": "neck"}, prefix="wrong"),
        "pills": OneFieldForm({"pills-pain": "6"}, prefix="pills", use_required_attribute=False)["pain"],
        "messages_shown": [
            Message("success", _("Your visit is booked.")),
            Message("warning", _("We could not reach you by phone.")),
            Message("error", _("This time was taken a moment ago. Please choose another.")),
            Message("info", _("We sent the code again.")),
        ],
    }


def booking():
    tomorrow = timezone.localdate() + timedelta(days=1)
    start = civil_time.at(tomorrow, time(9, 30))
    times = [OpenTime(start + timedelta(minutes=30 * step), 30, 0, "Dr Ada Lind") for step in range(3)]
    return {
        "days": [{"day": tomorrow, "times": times}],
        "next_free": times[0],
        "until": timezone.now() + timedelta(hours=5),
        "page_shown": Paginator(range(30), 10).page(2),
        "rows": [(_("Visit"), _("First consultation")), (_("When"), start), (_("Phone"), "+370 600 00000", "#buttons")],
    }


def days_after():
    today = timezone.localdate()
    told = [6, 6, 5, 5, 4, 3, 3]
    points = [PainPoint(today - timedelta(days=7), before=7, after=4)]
    points += [PainPoint(today - timedelta(days=6 - number), told=score) for number, score in enumerate(told)]
    return {"points": points, "chart": pain_chart(points)}


def body():
    areas = list(BodyArea.objects.select_related("region"))
    near = [area for area in areas if area.region_id == REGION]
    return {
        "areas": areas,
        "regions": sorted({area.region for area in areas}, key=lambda region: region.position),
        "looks": list(body_picture.looks_at(near, least=REGION_NEAR)) if near else [],
        "chosen": near[0].pk if near else "",
        "muscle": muscle_drawn(areas),
        "felt": near[:1],
        "injected": [Site(Muscle("shoulder_arm"), Side.LEFT)],
        "places": OneFieldForm({"body-places": [area.pk for area in near[:1]]}, prefix="body")["places"],
    }


def muscle_drawn(areas):
    """The first whose pain is felt elsewhere than at the muscle."""
    muscles = [each for each in pain_sources.of_region(REGION).values() if each.felt_in - each.lies_in - {None}]
    for muscle in muscles[:1]:
        muscle.draw(areas, side=Side.LEFT)
    return next(iter(muscles), None)


def drawings():
    return {
        "icons": ICONS,
        "steps": STEPS,
        "exercises": [f"img/exercises/x{number:02}.svg" for number in range(1, EXERCISES + 1)],
        "tones": ["stop", "wait", "go", "note", "quiet"],
        "booking_steps": [_("Time"), _("Who is coming"), _("Check"), _("Booked")],
    }
