"""Signing in by a code, on django-allauth's pages: the clinic decides who gets one, and the account is made by it."""

from allauth.account import views
from allauth.account.internal.decorators import login_stage_required
from allauth.account.stages import LoginByCodeStage
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.generic import FormView

from clinic.forms.my.sign_in import SignInCodeForm
from clinic.views.shared import sign_in_codes
from clinic.views.shared.sign_in_codes import Address, SignInCode

ASK = "account_request_login_code"


class RequestLoginCodeView(views.RequestLoginCodeView):
    form_class = SignInCodeForm

    def form_valid(self, form):
        address = Address.of(**form.address)
        SignInCode.begin(self.request, address, counts=sign_in_codes.is_known(address))
        return FormView.form_valid(self, form)


@method_decorator(login_stage_required(stage=LoginByCodeStage.key, redirect_urlname=ASK), name="dispatch")
class ConfirmLoginCodeView(views.ConfirmLoginCodeView):
    def dispatch(self, request, *args, **kwargs):
        self._process = SignInCode.resume(request._login_stage)
        if not self._process:
            return HttpResponseRedirect(reverse(ASK))
        return FormView.dispatch(self, request, *args, **kwargs)

    def get_form_kwargs(self):
        return FormView.get_form_kwargs(self) | {"process": self._process}


request_login_code = RequestLoginCodeView.as_view()
confirm_login_code = ConfirmLoginCodeView.as_view()
