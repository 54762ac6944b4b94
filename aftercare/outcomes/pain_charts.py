"""Where the points of a chart are, so that a template can draw it as SVG."""

from dataclasses import dataclass
from datetime import date

from aftercare.symptoms.pain_diary import WORST, noticed

LEFT, RIGHT, TOP, BOTTOM = 30, 372, 12, 172  # of the plot, in the picture's own units
WIDTH, HEIGHT = 384, 200
MAX_AXIS_LABELS = 4


@dataclass(frozen=True)
class PainPoint:
    """Pain from 0 to 10 on a day: before and after an injection, or as reported at home."""

    on: date
    before: int | None = None
    after: int | None = None
    told: int | None = None


def pain_chart(points, *, until=None):
    """The picture of the points, in order of their days, at least to the day `until`; None without any point."""
    points = sorted(points, key=lambda point: point.on)
    if not points:
        return None
    first, last = points[0].on, max(points[-1].on, until or points[-1].on)
    drawn = [_drawn(point, x_of(point.on, first, last)) for point in points]
    line = [(point["x"], point["before_y"]) for point in drawn if point["before_y"] is not None]
    told = [(point["x"], point["told_y"]) for point in drawn if point["told_y"] is not None]
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "right": RIGHT,
        "bottom": BOTTOM,
        "grid": [{"score": score, "y": y_of(score), "text_y": y_of(score) + 4} for score in (0, 5, WORST)],
        "points": drawn,
        "line": _line(line),
        "told_line": _line([*line[:1], *told]),
        "bands": _bands(drawn),
        "days": _axis_labels(first, last),
        "first": first,
        "last": last,
    }


def x_of(day, first, last):
    """A single day is in the middle."""
    span = (last - first).days
    share = (day - first).days / span if span else 0.5
    return round(LEFT + 8 + share * (RIGHT - LEFT - 16), 1)


def y_of(score):
    return None if score is None else round(BOTTOM - score / WORST * (BOTTOM - TOP), 1)


def _drawn(point, x):
    told_y = y_of(point.told)
    return {
        "point": point,
        "x": x,
        "before_y": y_of(point.before),
        "after_y": y_of(point.after),
        "told_y": told_y,
        "told_path": told_y is not None and f"M{x} {told_y - 5}l5 5l-5 5l-5 -5z",
    }


def _line(places):
    return " ".join(f"{x},{y}" for x, y in places) if len(places) > 1 else ""


def _bands(drawn):
    """After each injection, until the next: the range in which pain is noticeably less than before it."""
    treated = [each for each in drawn if each["point"].before is not None]
    ends = [each["x"] for each in [*treated[1:], {"x": RIGHT}]]
    return [_band(each, end) for each, end in zip(treated, ends, strict=bool(treated)) if each["point"].before]


def _band(each, end):
    top = y_of(each["point"].before - noticed(each["point"].before))
    return {"x": each["x"], "width": round(end - each["x"], 1), "y": top, "height": round(BOTTOM - top, 1)}


def _axis_labels(first, last):
    """The first, the last and some between, so that none overlap."""
    if first == last:
        return [{"day": first, "x": x_of(first, first, last), "anchor": "middle"}]
    steps = min(MAX_AXIS_LABELS, max(2, (last - first).days // 20 + 2)) - 1
    days = [first + (last - first) * step / steps for step in range(steps + 1)]
    anchors = ["start", *["middle"] * (steps - 1), "end"]
    return [
        {"day": day, "x": x_of(day, first, last), "anchor": anchor} for day, anchor in zip(days, anchors, strict=True)
    ]
