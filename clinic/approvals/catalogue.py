"""The catalogue's side: what a manager saves of clinical rows is proposed, and nothing of it is in force yet."""

from functools import partial

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.db import transaction
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.approvals import changes, rows
from clinic.approvals.changes import Proposal
from clinic.approvals.clinical_models import register
from clinic.models import ChangeVerb, ClinicalChange


class ProposingAdmin:
    """Before ModelAdmin in a list of bases. What is saved is tried with all its rules, taken back, and proposed."""

    def __init__(self, model, admin_site):
        super().__init__(model, admin_site)
        self.children = tuple(inline.model for inline in self.inlines)
        register(model, children=self.children, fixed=partial(self.get_readonly_fields, None))

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        extra_context = {"subtitle": self._approval(object_id), **(extra_context or {})}
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        request.proposal = None
        with transaction.atomic():
            answer = super().changeform_view(request, object_id, form_url, extra_context)
            transaction.set_rollback(request.proposal is not None)
        return self._proposed(request, request.proposal) if request.proposal else answer

    def save_model(self, request, obj, form, change):
        request.before = self._snapshot(self.model._default_manager.get(pk=obj.pk)) if change else []
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        saved = self.model._default_manager.get(pk=form.instance.pk)
        verb = ChangeVerb.CHANGE if change else ChangeVerb.ADD
        request.proposal = Proposal(saved, verb, before=request.before, after=self._snapshot(saved))

    def response_add(self, request, obj, post_url_continue=None):
        return HttpResponseRedirect(self._list())

    def response_change(self, request, obj):
        return HttpResponseRedirect(self._list())

    def delete_model(self, request, obj):
        self._proposed(request, Proposal(obj, ChangeVerb.DELETE, before=self._snapshot(obj)))

    def get_actions(self, request):
        """Rows are removed one by one: Django's own sentence would say that all of them are gone."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def log_deletions(self, request, queryset):
        """Nothing was deleted."""

    def response_delete(self, request, obj_display, obj_id):
        return HttpResponseRedirect(self._list())

    def _snapshot(self, row):
        return rows.snapshot(row, self.children)

    def _proposed(self, request, proposal):
        if changes.propose(proposal, by=request.user, at=timezone.now()):
            sentence = _("Proposed. It is in force once a physician has approved it.")
            self.message_user(request, sentence, messages.WARNING)
        else:
            self.message_user(request, _("Nothing was changed."), messages.INFO)
        return HttpResponseRedirect(self._list())

    def _list(self):
        meta = self.model._meta
        return reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")

    def _approval(self, object_id):
        """Who approved what stands here, or that it waits, or that nobody has."""
        if object_id is None:
            return _("A physician has to approve it.")
        about = ClinicalChange.objects.filter(model=self.model._meta.label_lower, row=unquote(object_id))
        if about.open().exists():
            return _("A change of this waits for a physician.")
        last = about.approved().select_related("decided_by").order_by("-decided_at").first()
        if last is None:
            return _("Not approved by a physician here yet.")
        when = timezone.localtime(last.decided_at)
        return _("Approved by %(who)s on %(day)s.") % {"who": last.decided_by, "day": f"{when:%Y-%m-%d %H:%M}"}
