"""What the physician intends to do at a visit, row by row; rows filled in with one tap are never saved unread."""

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.errors import DomainError
from clinic.lib.texts import has_visible_text
from procedures.consent import visit_plans
from procedures.consent.visit_plans import Intended, Place
from procedures.forms.practice.muscle_choices import choices_of, regions_of
from procedures.models import Guidance, Muscle, PlannedSite, ProcedureDefinition, ProcedurePlan, Side

SITES, FIRST_ROWS = "sites", 3
PLAN_FIELDS = ["definition", "guidance", "guidance_reason", "with_steroid"]
YES, NO = "yes", "no"


class PlanForm(forms.Form):
    definition = forms.ModelChoiceField(
        None, label=_("Procedure"), empty_label="", error_messages={"required": _("Choose the procedure.")}
    )
    guidance = forms.ChoiceField(
        label=_("How the spot is found"),
        choices=Guidance,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how the spot is found.")},
    )
    guidance_reason = forms.CharField(
        label=_("Why with or without ultrasound"),
        max_length=ProcedurePlan._meta.get_field("guidance_reason").max_length,
        help_text=_("The patient reads this in the consent. Use plain words."),
        error_messages={"required": _("Write why, in words that the patient understands.")},
    )
    with_steroid = forms.ChoiceField(
        label=_("A steroid too?"),
        choices=[
            (NO, _("No steroid")),
            (YES, _("Yes, with a steroid (off-label: the consent says so)")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether a steroid is planned.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["definition"].queryset = ProcedureDefinition.objects.filter(is_active=True)
        self.fields["definition"].widget.attrs["class"] = "form-select"
        self.fields["guidance_reason"].widget.attrs["class"] = "form-control"

    def clean_with_steroid(self):
        return self.cleaned_data["with_steroid"] == YES


class PlannedSiteForm(forms.Form):
    muscle = forms.ChoiceField(label=_("Muscle"), error_messages={"required": _("Choose the muscle.")})
    side = forms.ChoiceField(
        label=_("Side"),
        choices=Side,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose left, right or middle.")},
    )

    which_muscle = forms.CharField(
        label=_("Which muscle, if it is none of the list"),
        max_length=PlannedSite._meta.get_field("which_muscle").max_length,
        required=False,
    )

    def __init__(self, *args, muscles, choices, **kwargs):
        super().__init__(*args, **kwargs)
        self.muscles = muscles
        self.fields["which_muscle"].widget.attrs["class"] = "form-control"
        self.fields["muscle"].choices = choices
        self.fields["muscle"].widget.attrs["class"] = "form-select"

    def clean(self):
        muscle, side = self.muscles.get(self.cleaned_data.get("muscle")), self.cleaned_data.get("side")
        if muscle and side and not muscle.has_side(side):
            sentence = _("%(muscle)s has a left and a right, and no middle. Choose the side.")
            self.add_error("side", sentence % {"muscle": muscle.clinical_name})
        if muscle and muscle.is_free_entry and not has_visible_text(self.cleaned_data.get("which_muscle", "")):
            self.add_error("which_muscle", _("Write which muscle it is."))

    @property
    def asks_which(self):
        muscle = self.muscles.get(self["muscle"].value())
        return bool((muscle and muscle.is_free_entry) or self["which_muscle"].value())

    @property
    def typed(self):
        return {name: self[name].value() or "" for name in ("muscle", "side")} | self._typed_which

    @property
    def _typed_which(self):
        which = self["which_muscle"].value()
        return {"which_muscle": which} if which else {}

    @property
    def place(self):
        which = self.cleaned_data["which_muscle"].strip()
        return Place(self.muscles[self.cleaned_data["muscle"]], self.cleaned_data["side"], which)


class PlannedSites(forms.BaseFormSet):
    """Empty rows and those ticked for removal are not sites."""

    @property
    def kept_forms(self):
        return [form for form in self.forms if not (self.is_bound and form["DELETE"].value())]

    @property
    def places(self):
        return [form.place for form in self.kept_forms if form.has_changed()]


def rows_of(data=None, initial=None):
    muscles = {muscle.pk: muscle for muscle in Muscle.objects.select_related("region")}
    kwargs = {"muscles": muscles, "choices": choices_of(regions_of(muscles.values()))}
    most = visit_plans.MAX_SITES
    factory = forms.formset_factory(
        PlannedSiteForm, PlannedSites, extra=0, can_delete=True, max_num=most, validate_max=True, absolute_max=2 * most
    )
    if data is not None:
        return factory(data, prefix=SITES, form_kwargs=kwargs)
    return factory(initial=initial, prefix=SITES, form_kwargs=kwargs)


class PlanForms:
    """The form and its rows, which are sent together."""

    def __init__(self, form, rows):
        self.form, self.rows = form, rows

    @classmethod
    def of(cls, appointment, plan):
        """As the page is first shown: the plan, or what the visit already says. Side and steroid have no default."""
        if plan:
            initial = {name: getattr(plan, name) for name in PLAN_FIELDS}
            initial["with_steroid"] = YES if plan.with_steroid else NO
            rows = list(plan.sites.values("muscle", "which_muscle", "side"))
        else:
            definition = ProcedureDefinition.objects.filter(
                visit_type=appointment.visit_type_id, is_active=True
            ).first()
            initial = {"definition": definition, "guidance": definition and definition.guidance}
            rows = []
        return cls(PlanForm(initial=initial), rows_of(initial=rows or [{}] * FIRST_ROWS))

    @classmethod
    def sent(cls, data):
        return cls(PlanForm(data), rows_of(data))

    def with_more(self, added):
        """What was typed, unchecked and unsaved, with those `added` rows that are new; one empty row if none."""
        typed = [row.typed for row in self.rows.kept_forms]
        filled = [row for row in typed if row["muscle"] or row["side"]]
        filled += [row for row in added if row not in filled]
        filled += [{}] if not added else []
        again = PlanForm(initial={name: self.form[name].value() for name in self.form.fields})
        return PlanForms(again, rows_of(initial=filled[: visit_plans.MAX_SITES]))

    def is_valid(self):
        return all([self.form.is_valid(), self.rows.is_valid()])

    def save(self, appointment, *, by, at):
        """The plan and the consent that it ended; None when an error was added to its field instead."""
        intended = Intended(**self.form.cleaned_data, sites=self.rows.places)
        try:
            return visit_plans.plan(appointment, intended, by=by, at=at)
        except DomainError as refusal:
            if not refusal.field:
                raise
            self.form.add_error(refusal.field if refusal.field in self.form.fields else None, str(refusal))
            return None
