"""Amber safety answers that no physician has reviewed: newer answers do not hide them."""

from django.utils.translation import gettext as _

from procedures.models import ScreeningAnswer

DETAIL = ScreeningAnswer._meta.get_field("detail").max_length


def carried_over(rows, before):
    """These rows of newer answers, with what was amber in the answers `before` that no physician has reviewed: answered
    otherwise now, or not at all, it is still reviewed.
    """
    unseen = {row.question_id: row for row in before.answers.filter(is_amber=True).select_related("question")}
    for row in rows:
        earlier = unseen.pop(row.question_id, None)
        if earlier and not row.is_amber:
            row.is_amber = True
            row.detail = _with_earlier(row, earlier)[:DETAIL]
    left = [row for row in unseen.values() if row.question.is_active]
    return rows + [
        ScreeningAnswer(question=row.question, answer=row.answer, detail=row.detail, is_amber=True) for row in left
    ]


def _with_earlier(row, earlier):
    if earlier.answer == row.answer:
        return row.detail or earlier.detail
    said = _("Before: %(answer)s.") % {"answer": earlier.get_answer_display()}
    return " ".join(filter(None, [said, earlier.detail, row.detail]))
