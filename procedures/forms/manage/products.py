"""The catalogue's products, as the manager proposes them."""

from copy import copy

from django import forms

from procedures.dosing import contradictions, dose_meter


class PreparationForm(forms.ModelForm):
    """Catches a percentage typed as mg per mL before anybody injects according to it."""

    def clean(self):
        entered = super().clean()
        is_known = "drug" in entered and "mg_per_ml" in entered
        if is_known and (sentence := dose_meter.strength_refusal(entered["drug"], entered["mg_per_ml"])):
            self.add_error("mg_per_ml", sentence)
        elif not self.errors:
            self._refuse_contradictions(entered)
        return entered

    def _refuse_contradictions(self, entered):
        product = copy(self.instance)
        for name in entered.keys() - {"ingredients"}:
            setattr(product, name, entered[name])
        found = [*contradictions.of_product(product)]
        if "ingredients" in entered:
            found += contradictions.of_ingredients(product, list(entered["ingredients"]))
        for field, sentence in found:
            self.add_error(field if field in self.fields else None, sentence)
