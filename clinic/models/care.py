"""In whose care a patient is. Each package registers its reasons, and the models below know none by name."""

from collections.abc import Callable
from dataclasses import dataclass

from clinic.lib.registry import Registry


@dataclass(frozen=True)
class WayIntoCare:
    """One reason why somebody who treats patients sees a patient: a visit with them, a referral.

    `patients` takes the account, which has a practitioner (`treats_as`), and gives a query of the patients' keys.
    """

    code: str
    patients: Callable


WAYS_INTO_CARE = Registry("way into care")
