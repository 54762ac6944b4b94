"""The rows of injection sites."""

from django import forms
from django.utils.translation import gettext_lazy as _

from procedures.forms.practice.record_fields import PillsField, field_of, one_of, sentences
from procedures.forms.practice.record_rows import RowForm, RowFormSet, formset_of
from procedures.models import Guidance, InjectionSite, Side, Twitch

ANY_SITE = "on"
# A row is one line: the words of the choices are short, and the label says what they are about.
GUIDANCE_IN_SHORT = [(Guidance.LANDMARK, _("By touch")), (Guidance.ULTRASOUND, _("Ultrasound"))]
TWITCH_IN_SHORT = [(Twitch.SEEN, _("Seen")), (Twitch.NONE, _("None")), (Twitch.NOT_SOUGHT, _("Not sought"))]


class SiteForm(RowForm):
    muscle = forms.TypedChoiceField(label=_("Muscle"), error_messages={"required": _("Choose the muscle.")})
    side = PillsField(label=_("Side"), choices=Side, error_messages={"required": _("Choose left, right or middle.")})
    guidance = forms.ChoiceField(label=_("Guidance"), choices=GUIDANCE_IN_SHORT, show_hidden_initial=True)
    no_ultrasound_reason = field_of(
        InjectionSite,
        "no_ultrasound_reason",
        label=_("Near the lung: why without ultrasound"),
    )
    needle_gauge = field_of(
        InjectionSite,
        "needle_gauge",
        label=_("Gauge (G)"),
        show_hidden_initial=True,
        error_messages=sentences(
            required=_("Write the gauge of the needle."), wrong=_("The gauge is a number from 18 to 34.")
        ),
    )
    needle_length_mm = field_of(
        InjectionSite,
        "needle_length_mm",
        label=_("Length (mm)"),
        show_hidden_initial=True,
        error_messages=sentences(
            required=_("Write the length of the needle."), wrong=_("The length is from 10 to 120 mm.")
        ),
    )
    depth_mm = field_of(
        InjectionSite,
        "depth_mm",
        label=_("Depth (mm)"),
        error_messages=sentences(wrong=_("The depth is from 1 to 120 mm.")),
    )
    twitch = PillsField(label=_("Twitch"), choices=TWITCH_IN_SHORT, required=False)
    pain_felt = forms.TypedChoiceField(label=_("Pain felt at"), required=False, empty_value=None)
    is_confirmed = forms.BooleanField(
        label=_("I said the side and the spot aloud, and the patient agreed"), required=False
    )

    which_muscle = field_of(InjectionSite, "which_muscle", label=_("Which muscle"), initial=None)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["muscle"].choices = self.shelf.muscle_choices
        self.fields["muscle"].coerce = one_of(self.shelf.muscles)
        self.fields["pain_felt"].choices = self.shelf.area_choices
        self.fields["pain_felt"].coerce = one_of(self.shelf.areas)
        for name in ("needle_gauge", "needle_length_mm", "depth_mm"):
            self.fields[name].widget.attrs |= {"inputmode": "numeric", "placeholder": " "}

    def clean(self):
        depth_mm, length_mm = self.cleaned_data.get("depth_mm"), self.cleaned_data.get("needle_length_mm")
        if depth_mm and length_mm and depth_mm > length_mm:
            sentence = _("The needle is %(length)s mm long, so the depth cannot be %(depth)s mm.")
            self.add_error("depth_mm", sentence % {"length": length_mm, "depth": depth_mm})
        self.cleaned_data["is_confirmed"] = self.is_agreed

    @property
    def site_key(self):
        """Muscle and side as entered in the row; "on" while one is missing."""
        muscle, side = self["muscle"].value(), self["side"].value()
        return f"{muscle}:{side}" if muscle and side else ANY_SITE

    @property
    def is_agreed(self):
        """The patient's agreement is for that muscle and side only: it is asked for again if they change."""
        if not self.is_bound:
            return bool(self["is_confirmed"].value())
        return self.data.get(self.add_prefix("is_confirmed")) in (ANY_SITE, self.site_key)

    @property
    def words(self):
        return self.shelf.site_words(self["muscle"].value(), self["side"].value())

    @property
    def usual_depth(self):
        return self.shelf.depths.get(self["muscle"].value())

    @property
    def says_depth(self):
        """While the needle is being chosen, and when the depth is not a usual one."""
        depth = str(self["depth_mm"].value() or "")
        is_usual = not depth.isdecimal() or (self.usual_depth is not None and self.usual_depth.has(int(depth)))
        return self.usual_depth is not None and not (self["needle_gauge"].value() and is_usual)

    @property
    def asks_which(self):
        muscle = self.shelf.muscles.get(self["muscle"].value())
        return bool(
            (muscle and muscle.is_free_entry) or self["which_muscle"].value() or self.errors.get("which_muscle")
        )

    @property
    def has_middle(self):
        """Can the muscle be treated in the middle? Yes while none is chosen."""
        muscle = self.shelf.muscles.get(self["muscle"].value())
        return muscle is None or muscle.has_middle or self["side"].value() == Side.MIDDLE

    @property
    def asks_reason(self):
        """Is the muscle near the lung and done by touch, or is something entered already?"""
        muscle = self.shelf.muscles.get(self["muscle"].value())
        by_touch = self["guidance"].value() == Guidance.LANDMARK
        return bool((muscle and muscle.has_lung_risk and by_touch) or self["no_ultrasound_reason"].value())

    @property
    def typed(self):
        return super().typed | {"is_confirmed": self.is_agreed}

    def make_row(self):
        self.row = InjectionSite(**self.contents)
        return self.row


class SiteRows(RowFormSet):
    default_error_messages = {"too_many_forms": _("One record holds 12 sites at most.")}

    @property
    def numbered(self):
        """(number of the row, muscle, side) as entered, for the figure."""
        return [(form.index + 1, form["muscle"].value(), form["side"].value()) for form in self.kept_forms]

    @property
    def choices(self):
        """For a drug that was given at one of them: the number of the row, and its label."""
        label = _("Site %(number)s")
        return [(str(form.index), label % {"number": form.index + 1}) for form in self.kept_forms]


SiteFormSet = formset_of(SiteForm, SiteRows, most=12)
