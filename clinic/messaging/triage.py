"""What the words of an SMS sound like, by the list that the manager keeps. When in doubt: an emergency."""

from clinic.models import SymptomWords, TakenFor, WordLevel
from clinic.models.patients import plain_words

TAKEN_FOR = {WordLevel.RED: TakenFor.RED, WordLevel.SYMPTOM: TakenFor.SYMPTOM}


def sounds_of(text):
    """RED, SYMPTOM or WORDS (`TakenFor`), by the worst words in it.

    "No chest pain" is red as well, and so is everything while the clinic has no list of red words.
    """
    message = plain_words(text)
    rows = list(SymptomWords.objects.filter(is_active=True))
    if not any(row.level == WordLevel.RED for row in rows):
        return TakenFor.RED
    found = {row.level for row in rows if row.are_in(message)}
    return next((TAKEN_FOR[level] for level in (WordLevel.RED, WordLevel.SYMPTOM) if level in found), TakenFor.WORDS)
