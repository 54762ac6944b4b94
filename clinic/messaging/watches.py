"""Which patients the physicians watch over at the moment. The package that has a reason registers it."""

from collections.abc import Callable
from dataclasses import dataclass

from clinic.lib.registry import Registry


@dataclass(frozen=True)
class Watch:
    """One reason: `covers(patient, at=)` says whether it holds for a patient at that time."""

    code: str
    covers: Callable


WATCHES = Registry("reason to watch over a patient")


def is_watched(patient, *, at):
    return any(watch.covers(patient, at=at) for watch in WATCHES)
