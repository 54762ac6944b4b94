"""Fields that several forms share."""

import pytest

from clinic.forms.fields import TextField, VisibleTextField


@pytest.mark.parametrize("field", [TextField, VisibleTextField])
def test_end_of_a_line_counts_as_one_character(field):
    sent = "\r\n".join(["x" * 9] * 50)  # 499 characters for the person typing, 548 as browsers send them

    assert field(max_length=499).clean(sent) == "\n".join(["x" * 9] * 50)
