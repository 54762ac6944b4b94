"""What keeps messages from going out: ways out that are paused, and how late the oldest is that should have gone."""

from datetime import timedelta

from clinic.messaging.channels import registry
from clinic.models import ChannelPause, Message, MessageChannel

LATE_AFTER = timedelta(minutes=5)


def paused():
    """Since when each way out is paused, by its name; those that this clinic no longer has are left out."""
    names = {way.name for channel in MessageChannel for way in registry.ways_out(channel)}
    return dict(ChannelPause.objects.filter(name__in=names).values_list("name", "since"))


def down():
    """Since when nothing goes out by a channel, for those of which every way out is paused."""
    pauses = paused()
    if not pauses:
        return {}
    ways = {channel: [way.name for way in registry.ways_out(channel)] for channel in MessageChannel}
    return {
        channel: max(pauses[name] for name in names)
        for channel, names in ways.items()
        if names and all(name in pauses for name in names)
    }


def not_set_up():
    """The channels by which this clinic sends nothing."""
    return [channel for channel in MessageChannel if not registry.is_set_up(channel)]


def oldest_due(*, at):
    """How long the oldest message waits that is due, or that a dead worker left behind. Nothing: a duration of 0."""
    due = Message.objects.due(at=at).order_by("next_try_at").values_list("next_try_at", flat=True)[:1]
    left_behind = Message.objects.abandoned().order_by("leased_until").values_list("leased_until", flat=True)[:1]
    return max([at - since for since in (*due, *left_behind)], default=timedelta())
