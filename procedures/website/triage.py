"""Who should I see: four questions, and where their answers lead. Answers are not stored.

Signs of an emergency override all other answers. The signs are drafts that a clinician signs off.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

YES, NO = "yes", "no"


class Route(StrEnum):
    URGENT = "urgent"
    DOCTOR = "doctor"
    CONSULTATION = "consultation"
    BLOCK = "block"
    PHYSIOTHERAPY = "physiotherapy"

    @property
    def is_urgent(self):
        return self is Route.URGENT

    @property
    def is_to_own_doctor(self):
        return self is Route.DOCTOR

    @property
    def is_block(self):
        return self is Route.BLOCK

    @property
    def is_physiotherapy(self):
        return self is Route.PHYSIOTHERAPY


@dataclass(frozen=True)
class Choice:
    """One answer; `because` is its wording in the reason for the route."""

    value: str
    label: str
    because: str = ""


@dataclass(frozen=True)
class Question:
    key: str
    text: str
    short: str
    choices: tuple
    signs: tuple = ()
    hint: str = ""

    @property
    def is_of_emergency(self):
        return self is EMERGENCY

    def choice(self, value):
        return next((choice for choice in self.choices if choice.value == value), None)


EMERGENCY = Question(
    "emergency",
    _("Do you have one of these signs now?"),
    _("Signs of an emergency"),
    (
        Choice(YES, _("Yes, one or more"), _("You have a sign that needs help at once.")),
        Choice(NO, _("No, none of them")),
    ),
    signs=(
        _("Your chest feels tight or heavy."),
        _("You are short of breath, or a breath gives you a sharp pain."),
        _("Your face, an arm or a leg went weak all at once."),
        _("You cannot see or speak well."),
        _("A very bad headache came all at once."),
        _("You have a fever and a stiff neck."),
        _("You are numb between the legs."),
        _("You cannot pass water, or you cannot hold it."),
        _("You had a crash, a bad fall or a blow to the head."),
        _("Your mouth or throat swells, or you are about to faint."),
    ),
)
DOCTOR = Question(
    "doctor",
    _("Do you have one of these?"),
    _("Signs for your own doctor"),
    (
        Choice(YES, _("Yes, one or more"), _("You have a sign that a doctor should look at today.")),
        Choice(NO, _("No, none of them")),
    ),
    signs=(
        _("You have a fever, or you feel very ill."),
        _("You lose weight and do not know why."),
        _("One calf or one joint is red, hot or swollen."),
        _("An arm or a leg is numb or weak."),
        _("It began after a fall."),
        _("Your belly hurts."),
    ),
)
SEEN = Question(
    "seen",
    _("Have you seen a pain doctor at our clinic?"),
    _("Seen a pain doctor here"),
    (
        Choice(NO, _("No, I am new"), _("You are new here.")),
        Choice(YES, _("Yes"), _("You know our clinic.")),
    ),
)
NEXT = Question(
    "next",
    _("What comes next for you?"),
    _("What comes next"),
    (
        Choice("block", _("My doctor and I agreed on a block"), _("You and your doctor agreed on a block.")),
        Choice("after", _("I had my block"), _("After a block we want to see you within 7 days.")),
        Choice("again", _("The pain is back, or it is new"), _("A doctor should look at pain that is back or new.")),
        Choice("unsure", _("I do not know"), _("A pain doctor helps you to find out.")),
    ),
)
SENT = Question(
    "sent",
    _("Did a doctor tell you to do exercises?"),
    _("Sent for exercises"),
    (
        Choice(YES, _("Yes"), _("A doctor told you to do exercises.")),
        Choice(NO, _("No"), _("First a pain doctor looks for the cause.")),
        Choice("unsure", _("I do not know"), _("A pain doctor helps you to find out.")),
    ),
)
COUNT = 4

ROUTES = {
    (NEXT.key, "block"): Route.BLOCK,
    (NEXT.key, "after"): Route.PHYSIOTHERAPY,
    (SENT.key, YES): Route.PHYSIOTHERAPY,
}


@dataclass(frozen=True)
class TriageStep:
    """What was answered so far, in order, and the next question or the route."""

    answered: tuple  # of (question, choice)
    question: Question | None = None
    route: Route | None = None

    @property
    def number(self):
        return len(self.answered) + 1


def step_for(answers):
    """The next question, or the route; `answers` are values by key. After an unknown one the rest are ignored."""
    answered = []
    for ask in (EMERGENCY, DOCTOR, SEEN, None):
        question = ask or (NEXT if answers[SEEN.key] == YES else SENT)
        choice = question.choice(answers.get(question.key))
        if choice is None:
            return TriageStep(tuple(answered), question=question)
        answered.append((question, choice))
        if choice.value == YES and question in (EMERGENCY, DOCTOR):
            route = Route.URGENT if question is EMERGENCY else Route.DOCTOR
            return TriageStep(tuple(answered), route=route)
    return TriageStep(tuple(answered), route=ROUTES.get((question.key, choice.value), Route.CONSULTATION))
