"""What each demo patient suffers from: the same in the booking, on the picture, in plan and record."""

from dataclasses import dataclass
from functools import cache

from procedures.models import Side

LEFT, RIGHT = (Side.LEFT,), (Side.RIGHT,)
BOTH = LEFT + RIGHT


@dataclass(frozen=True)
class Complaint:
    words: str  # in the patient's own words, at the booking
    places: tuple[str, ...]  # of the body picture
    muscles: tuple[str, ...]  # where the needle goes
    sides: tuple[Side, ...]
    score: int
    qualities: tuple[str, ...]
    triggers: tuple[str, ...]
    causes: tuple[str, ...]


COMPLAINTS = [
    Complaint(
        "My neck is stiff when I wake up",
        ("neck-back-right", "shoulder-top-right"),
        ("levator", "splenius_cerv", "trap_upper"),
        *(RIGHT, 6, ("dull", "tight"), ("night", "stress"), ("posture", "sleep")),
    ),
    Complaint(
        "A dull ache between my shoulder blades",
        ("between-blades-left", "shoulder-blade-left"),
        ("rhomboids", "trap_mid"),
        *(LEFT, 5, ("dull", "burning"), ("sitting",), ("posture", "stress")),
    ),
    Complaint(
        "Headache that starts in the neck",
        ("under-skull-right", "back-of-head-right", "temple-right"),
        ("suboccipital", "splenius_cap", "semispinalis"),
        *(RIGHT, 7, ("throbbing",), ("stress", "night"), ("stress", "sleep")),
    ),
    Complaint(
        "Low back pain after a long drive",
        ("lower-back-right", "sacrum"),
        ("quadratus_l", "multifidus_lum"),
        *(RIGHT, 7, ("deep",), ("lifting", "sitting"), ("overload",)),
    ),
    Complaint(
        "My shoulder hurts when I lift my arm",
        ("shoulder-back-left", "shoulder-front-left"),
        ("infraspinatus", "teres_minor", "deltoid"),
        *(LEFT, 6, ("deep", "sharp"), ("moving", "lifting"), ("overload",)),
    ),
    Complaint(
        "Pain in the buttock that goes down the leg",
        ("buttock-right", "thigh-back-right"),
        ("piriformis", "glut_min", "glut_med"),
        *(RIGHT, 7, ("deep", "tingling"), ("sitting", "moving"), ("overload", "posture")),
    ),
    Complaint(
        "Tension at the top of both shoulders",
        ("shoulder-top-left", "shoulder-top-right"),
        ("trap_upper", "levator"),
        *(BOTH, 6, ("dull", "tight"), ("sitting", "stress"), ("posture", "stress")),
    ),
    Complaint(
        "A sore spot beside the spine",
        ("lower-back-left",),
        ("longissimus", "iliocost_lum"),
        *(LEFT, 5, ("dull",), ("lifting",), ("overload", "sleep")),
    ),
    Complaint(
        "My jaw aches and my temples too",
        ("jaw-left", "jaw-right", "temple-left"),
        ("masseter", "temporalis"),
        *(BOTH, 6, ("tight", "throbbing"), ("stress", "tension"), ("stress",)),
    ),
    Complaint(
        "Pain in the calf when I climb stairs",
        ("calf-left",),
        ("gastroc", "soleus"),
        *(LEFT, 5, ("sharp",), ("moving", "tension"), ("overload",)),
    ),
]


@cache
def of(name):
    """By the patient's name, so that it is the same at every visit and in every run."""
    return COMPLAINTS[sum(map(ord, name)) % len(COMPLAINTS)]


def sites(patient, shelf, chance, *, most):
    """(muscle, side) of one to `most` places. Pain on both sides is treated on both, but near the lung on one side a
    visit; other pain where it is.
    """
    complaint = of(str(patient))
    muscles = chance.sample(complaint.muscles, min(len(complaint.muscles), chance.randint(1, most)))
    muscles = [shelf.muscles[key] for key in muscles]
    if len(complaint.sides) == 1 or any(muscle.has_lung_risk for muscle in muscles):
        side = chance.choice(complaint.sides)
        return [(muscle, side) for muscle in muscles]
    return [(muscles[0], side) for side in complaint.sides]
