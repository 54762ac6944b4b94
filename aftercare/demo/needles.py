"""How the demo's needles went: as deep as each muscle lies, with the needle for it, and what was said about it."""

from procedures.models import Complication, ComplicationKind, DepthHint, Guidance, InjectionSite, MuscleGeometry, Twitch

TWITCHES = [Twitch.SEEN, Twitch.SEEN, Twitch.NONE, Twitch.NOT_SOUGHT]
OUTSIDE_MM = 5
# How the lung is kept away from the needle where a muscle can be lifted off the ribs, and where it cannot.
PINCHED = {"trap_upper", "levator", "scm", "latissimus", "pect_major"}
LIFTED = "Muscle lifted between two fingers, needle along it and away from the chest."
OVER_RIB = "Rib held between two fingers, needle flat and towards the bone only."
BELOW_RIB = "Well below the 12th rib, needle towards the transverse process."
WENT_WRONG = [
    (
        ComplicationKind.FAINT,
        "Pale and sweating. Laid flat, legs up: well after 10 minutes, pulse 64.",
    ),
    (ComplicationKind.BLEEDING, "Bled a little more than usual. Pressed for three minutes, then dry."),
    (ComplicationKind.HEMATOMA, "Lump of 2 cm. Pressed for five minutes, cold pack, told to look at it at home."),
]
SHARE_WRONG = 0.03


class Depths:
    """Of every muscle the usual depths and needle, and the nearest danger, read once."""

    def __init__(self):
        self.usual = MuscleGeometry.objects.in_bulk()
        self.danger = {}
        for muscle, danger_mm in DepthHint.objects.exclude(danger_mm=None).values_list("muscle", "danger_mm"):
            self.danger[muscle] = min(danger_mm, self.danger.get(muscle, danger_mm))

    def fields(self, muscle, chance):
        """Depth and needle of one site: mostly in the middle of the muscle, never where danger begins."""
        usual = self.usual[muscle.pk]
        most = min(
            usual.depth_to_mm,
            usual.needle_length_mm - OUTSIDE_MM,
            (usual.danger_mm or 999) - 1,
            self.danger.get(muscle.pk, 999) - 1,
        )
        depth_mm = round(chance.triangular(usual.depth_from_mm, most))
        return {
            "depth_mm": depth_mm,
            "needle_gauge": usual.needle_gauge,
            "needle_length_mm": usual.needle_length_mm,
        }


def site(procedure, muscle, side, depths, chance):
    guidance = procedure.definition.guidance
    near_lung = muscle.has_lung_risk and guidance == Guidance.LANDMARK
    return InjectionSite(
        procedure=procedure,
        muscle=muscle,
        side=side,
        guidance=guidance,
        no_ultrasound_reason=_kept_away(muscle) if near_lung else "",
        twitch=chance.choice(TWITCHES),
        is_confirmed=True,
        **depths.fields(muscle, chance),
    )


def _kept_away(muscle):
    if muscle.region_id == "lower_back":
        return BELOW_RIB
    return LIFTED if muscle.pk in PINCHED else OVER_RIB


def note(pain_before, pain_after, chance):
    """What a physician writes fits what the patient said."""
    better = pain_before - pain_after
    if better >= 4:
        return chance.choice(
            ["Felt easier at once.", "Taut band gone under the finger; pain as the patient knows it.", ""]
        )
    if better >= 2:
        return chance.choice(["Tender band, pain as the patient knows it.", "Moves more freely than before.", ""])
    return chance.choice(["Little change yet; look again at the next visit.", "Sore at the spot, well after rest."])


def complication(procedure, chance):
    """In a few of a hundred: what went wrong, and what was done; else None."""
    if chance.random() >= SHARE_WRONG:
        return None
    kind, what_was_done = chance.choice(WENT_WRONG)
    procedure.had_complications = True
    return Complication(procedure=procedure, kind=kind, what_was_done=what_was_done)
