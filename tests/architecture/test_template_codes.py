"""A template says what is; it knows no code of a status, a kind or an answer."""

import pytest

from tests.architecture.template_codes import MAY_BE_COMPARED, codes_in_templates, compared_with_codes, comparisons_in

pytestmark = pytest.mark.once


def test_no_template_compares_a_code():
    assert codes_in_templates() == []


def test_each_exception_is_needed():
    assert set(MAY_BE_COMPARED) - {thing for _place, thing in compared_with_codes()} == set()


@pytest.mark.parametrize(
    ("text", "things"),
    [
        ('{% if visit.status == "noshow" %}', ["visit.status"]),
        ("{% elif visit.status != 'booked' %}", ["visit.status"]),
        (
            '{% if visit.is_booked and visit.patient_answer == "coming" or not level != "red" %}',
            ["visit.patient_answer", "level"],
        ),
        ('{% if "red" == answer.level %}', ["answer.level"]),
        ('{% if item.kind in "late missed" %}', ["item.kind"]),
        ('{% if item.kind not in "late missed" %}', ["item.kind"]),
        ('{% if "late" in item.kind %}', ["item.kind"]),
        ('{% if visit.status|lower=="noshow" %}', ["visit.status"]),
        ('<p\n  {% if  state\n == "history" %}>', ["state"]),
        ('{% if a|date:"Y" == b|date:"Y" and c|cut:" " != "7" %}', ["c"]),
        ("{% if visit.is_booked and count == 1 and here == there %}", []),
        ('{% translate "Checked in" as label %} a == "b"', []),
    ],
)
def test_one_that_does_is_found(text, things):
    assert [thing for _line, thing in comparisons_in(text)] == things
