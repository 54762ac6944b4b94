"""The demo clinic once its visits stand: records, answers and messages are written around them."""

from dataclasses import dataclass

from aftercare.demo.appointment_book import Visit
from aftercare.demo.moments import Moment
from aftercare.demo.staff import Team
from aftercare.demo.stages import Stages


@dataclass(frozen=True)
class DemoClinic:
    """All visits, those among them that show a stage of care, who works there, and the moment it is made."""

    visits: list[Visit]
    stages: Stages
    team: Team
    moment: Moment
