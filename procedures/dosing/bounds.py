"""The most of a drug that any limit of this clinic can allow for one procedure, whoever signs it.

No page and no row lifts these numbers: each is the highest that a source read for this program gives an adult, and the
program has to be changed for more. Where none is given, nobody knows a bound, and no limit can be signed.
"""

from dataclasses import dataclass
from decimal import Decimal

from procedures.models import DrugKind

OLSON = "Poisoning and Drug Overdose, 8th ed., table II-2, https://download.skyscape.com/download/ota/lonestar/077DE147-649A-4DA7-B2C3-415B395210D4/poisonod.ed8/content/HTML/b/tl0.htm"
CMAJ = "CMAJ 2022;194:E1288, https://cmaj.ca/content/194/37/E1288.full.txt"
CARBOCAINE = "Carbocaine US label, https://www.pfizermedicalinformation.com/carbocaine/dosage-admin"
SWEDISH = (
    "Swedish table, http://backenbottenutbildning.se/index.php/utbildningsmaterial/bedovning-efter-forlossning/"
    "lokalbedovning-jamforande-tabell"
)


@dataclass(frozen=True)
class Bound:
    """For one procedure: mg per kg of body weight, and mg."""

    mg_per_kg: Decimal | None
    max_mg: Decimal
    source: str


def _bound(mg_per_kg, max_mg, source):
    return Bound(None if mg_per_kg is None else Decimal(mg_per_kg), Decimal(max_mg), source)


# (drug, with adrenaline)
BOUNDS = {
    ("lidocaine", False): _bound("5", "300", f"{CMAJ}; 300 mg: https://www.empr.com/drug/xylocaine-injection/"),
    ("lidocaine", True): _bound("7", "500", f"{CMAJ}; {OLSON}"),
    ("bupivacaine", False): _bound("2", "175", OLSON),
    ("bupivacaine", True): _bound("3", "225", OLSON),
    ("levobupivacaine", False): _bound("2", "200", OLSON),
    ("levobupivacaine", True): _bound("3", "225", OLSON),
    ("ropivacaine", False): _bound("3", "300", f"{CMAJ}; 300 mg: {SWEDISH}"),
    ("ropivacaine", True): _bound("3", "300", f"{CMAJ}; 300 mg: {SWEDISH}"),
    ("mepivacaine", False): _bound("5", "400", f"{CMAJ}; 400 mg: {CARBOCAINE}"),
    ("mepivacaine", True): _bound("7", "500", f"{CMAJ}; {OLSON}"),
    ("prilocaine", False): _bound("6", "400", OLSON),
    ("prilocaine", True): _bound("8", "600", OLSON),
    ("chloroprocaine", False): _bound("10", "800", OLSON),
    ("chloroprocaine", True): _bound("12", "1000", OLSON),
    ("procaine", False): _bound("10", "600", OLSON),
    ("procaine", True): _bound("10", "600", f"{OLSON}; a table at https://www.droracle.ai/articles/322255/ agrees"),
    ("triamcinolone", False): _bound(
        None,
        "80",
        "Kenalog-40 US label, several joints together (a clinician confirms: the stored copy ended before the figure),"
        " https://studylib.net/doc/25803702/014901s038lbl",
    ),
    ("methylprednisolone", False): _bound(
        None, "80", "Depo-Medrone SmPC, large joint 20-80 mg, https://smarthub.pfizerpro.co.uk/depo-medrone/dosing"
    ),
    ("dexamethasone", False): _bound(
        None,
        "8",
        "US label: soft tissue 2 to 4 mg, at 1 or 2 sites,"
        " https://medlibrary.org/lib/rx/meds/dexamethasone-sodium-phosphate-29/page/3/",
    ),
}

# Known as local anaesthetics whatever the catalogue calls them, so that no change of a kind takes them off the meter.
ANAESTHETICS = {drug for drug, _with_adrenaline in BOUNDS if drug.endswith("caine")}
STEROIDS = {drug for drug, _with_adrenaline in BOUNDS} - ANAESTHETICS


def is_anaesthetic(drug):
    return drug.kind == DrugKind.LOCAL_ANAESTHETIC or drug.pk in ANAESTHETICS


def is_steroid(drug):
    return drug.kind == DrugKind.STEROID or drug.pk in STEROIDS


def of(drug, *, with_adrenaline):
    """The Bound of a drug (its key), or None where no source was read."""
    return BOUNDS.get((drug, bool(with_adrenaline)))
