"""Who opened a patient's file, for the patient: one line for each person, day and thing, the latest day first."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Max, Min
from django.db.models.functions import TruncDate

from clinic.models import AuditAction, AuditEvent, User


@dataclass(frozen=True)
class Line:
    """`who` is None for nobody signed in; `is_by_link` then says that it was by a link of ours, else by the app."""

    on: date
    who: User | None
    is_by_link: bool
    action: AuditAction
    what: str
    first_at: datetime
    last_at: datetime
    times: int

    @property
    def roles(self):
        """What the person worked as here at that time."""
        all_of_them = self.who.employments.all() if self.who else []
        was_it = [
            each for each in all_of_them if each.since <= self.last_at and (each.until or self.last_at) >= self.first_at
        ]
        return list(dict.fromkeys(each.get_role_display() for each in was_it))


def rows(patient):
    """What `lines` makes lines of: a QuerySet to take a page from. Also of the entries that were merged into theirs."""
    events = AuditEvent.objects.of_people([patient])
    same = events.annotate(on=TruncDate("at")).order_by().values("on", "by", "action", "what")
    return same.annotate(times=Count("pk"), first_at=Min("at"), last_at=Max("at"), addresses=Count("address")).order_by(
        "-on", "-last_at", "what"
    )


def lines(rows):
    users = User.objects.prefetch_related("employments").in_bulk({row["by"] for row in rows} - {None})
    return [
        Line(
            on=row["on"],
            who=users.get(row["by"]),
            is_by_link=bool(row["addresses"]),
            action=AuditAction(row["action"]),
            what=row["what"],
            first_at=row["first_at"],
            last_at=row["last_at"],
            times=row["times"],
        )
        for row in rows
    ]
