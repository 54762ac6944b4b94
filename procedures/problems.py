from dataclasses import dataclass

from procedures.models import DrugAdministration, InjectionSite


@dataclass(frozen=True)
class Problem:
    """One thing that prevents a record from being signed, and where it can be corrected.

    `part` is "record", "sites", "drugs" or "complications", `field` a field of that part, "" for the part as a whole;
    `row` the site or drug, None for a new one. `url` is the page where it is corrected if the record's own form
    cannot do so.
    """

    sentence: str
    part: str
    field: str = ""
    row: InjectionSite | DrugAdministration | None = None
    url: str = ""
