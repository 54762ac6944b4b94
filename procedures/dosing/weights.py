"""The weight that a dose is calculated with: a suggestion for obese patients, and what was measured."""

from decimal import ROUND_DOWN, Decimal

OBESE_FROM_BMI = 30
# kg per square metre: a labelled suggestion, see `suggested_weight`.
SUGGESTED_BMI, SUGGESTED_AT_MOST_KG = Decimal(22), Decimal(75)


def suggested_weight(*, weight_kg, height_cm):
    """A dosing weight for an obese patient (BMI 30 and more), in whole kg rounded down; None for all others.

    Sources ask for the ideal weight in obesity (Metodebok Norway 2023, "never above 75 kg"; BNF copy) and name no
    formula. Common ones need the patient's sex, which is not stored; so this is the weight at BMI 22, which only a weak
    source gives as ideal (droracle.ai/articles/386050). The physician decides.
    """
    if not (weight_kg and height_cm):
        return None
    square_metres = (Decimal(height_cm) / 100) ** 2
    if weight_kg / square_metres < OBESE_FROM_BMI:
        return None
    return min(SUGGESTED_BMI * square_metres, SUGGESTED_AT_MOST_KG).quantize(Decimal(1), ROUND_DOWN)


def note_weight(patient, *, weight_kg, height_cm, on, by):
    """Save a weight (kg) and height (cm) of a civil day, unless the newest measurement is the same."""
    newest = patient.measurements.first()
    if newest and (newest.weight_kg, newest.height_cm, newest.measured_on) == (weight_kg, height_cm, on):
        return newest
    return patient.measurements.create(weight_kg=weight_kg, height_cm=height_cm, measured_on=on, noted_by=by)
