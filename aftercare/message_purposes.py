"""Why patients hear from the clinic in the days after. The cause is the signed procedure."""

from clinic.models import MessageCategory
from clinic.models.purposes import PURPOSES, Purpose


def _of_procedure(code, topic, category=MessageCategory.REMINDER):
    return PURPOSES.register(Purpose(code, category, topic=topic, cause="procedure"))


NO_HEAVY_LIFTING = _of_procedure("no-heavy-lifting", "care_plans", MessageCategory.SAFETY)
LIFTING_ALLOWED = _of_procedure("lifting-allowed", "care_plans")
CHECK_BREATHING = _of_procedure("check-breathing", "symptoms", MessageCategory.SAFETY)
HOW_ARE_YOU = _of_procedure("how-are-you", "symptoms")
BOOK_PHYSIOTHERAPY = _of_procedure("book-physiotherapy", "physiotherapy")

CODES = [p.code for p in (NO_HEAVY_LIFTING, LIFTING_ALLOWED, CHECK_BREATHING, HOW_ARE_YOU, BOOK_PHYSIOTHERAPY)]


def about(procedure):
    """What a message, or a work item, about the days after it has."""
    return {"purpose__in": CODES, "cause": procedure.pk}
