"""What each message and work item is about, taken once from its key, which nobody reads from now on."""

from collections import Counter

from django.db import migrations
from django.db.models import BigIntegerField, CharField, F, Func, Max, Value
from django.db.models.functions import Cast, Replace, Substr

BATCH = 50_000
ABOUT = ["purpose", "cause", "occasion", "sequence"]
AGAIN, INSTEAD, MISSING = ":again:", ":instead", "missing:"
OLD_REMINDER, NEW_REMINDER = Value(":reminder:"), Value(":visit-reminder:")
OF_PLANS = "no-heavy-lifting|lifting-allowed|check-breathing|how-are-you|book-physiotherapy"

# Columns by the shape of a key: the number of the part between colons, or the words themselves.
REMINDERS = (r"^appointment:[0-9]+:reminder:[0-9]+h:[0-9]+(:|$)", {"cause": 2, "occasion": 4, "sequence": 5})
MESSAGES = [
    (r"^sign-in:", {"purpose": Value("sign-in")}),
    (r"^appointment:[0-9]+:visit-(booked|moved|cancelled):[0-9]+(:|$)", {"cause": 2, "purpose": 3, "sequence": 4}),
    (r"^waitlist:[0-9]+:waitlist-offer(:|$)", {"cause": 2, "purpose": 3}),
    (rf"^procedure:[0-9]+:({OF_PLANS}):[^:]+(:|$)", {"cause": 2, "purpose": 3, "occasion": 4}),
]
WORK_ITEMS = [
    (r"^message:[0-9]+:[a-z-]+$", {"cause": 2, "occasion": 3}),
    (r"^(screening-amber|unsigned|void|symptom-check):[0-9]+$", {"cause": 2}),
    (r"^consent:[0-9]+:taken-back$", {"cause": 2}),
    (r"^procedure:[0-9]+:(physiotherapy-late|physiotherapy-moved-late|second-person)$", {"cause": 2}),
    (r"^waitlist:[0-9]+:[0-9]+-[0-9]+-[0-9]+$", {"cause": 2, "occasion": 3}),
    (r"^visit:[0-9]+:hit:[0-9]+$", {"cause": 2, "sequence": 4}),
    (r"^appointment:[0-9]+:(must-move|no-answer):[0-9]+$", {"cause": 2, "occasion": 3, "sequence": 4}),
]


def fill(apps, schema_editor):
    """In batches, each of its own; rows that were filled are left, so that it may be begun again."""
    _teach_sqlite(schema_editor.connection)
    live, older, items = _tables(apps)
    for rows in _batches(live):
        # One that a provider may have heard of keeps the key that was told.
        _fill_reminders(rows.filter(status="sending") | rows.exclude(in_doubt_since=None))
        _fill_reminders(rows, key=Replace("key", OLD_REMINDER, NEW_REMINDER))
        _fill(rows, MESSAGES)
    for rows in _batches(older):
        _fill_reminders(rows, key=Replace("key", OLD_REMINDER, NEW_REMINDER))
        _fill(rows, MESSAGES)
    _number_sendings([live, older])
    _fill_work_items(items.objects.all())


def take_back(apps, schema_editor):
    """The columns go with the migration before; the keys of reminders are again as they were."""
    for model in _tables(apps):
        for rows in _batches(model):
            rows.filter(purpose="visit-reminder").update(key=Replace("key", NEW_REMINDER, OLD_REMINDER))


def _tables(apps):
    return [apps.get_model("clinic", name) for name in ("Message", "ArchivedMessage", "WorkItem")]


def _teach_sqlite(connection):
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        connection.connection.create_function("SPLIT_PART", 3, _split_part, deterministic=True)


def _split_part(text, delimiter, number):
    """As PostgreSQL's: the first part is 1, one that is not there is empty."""
    return (text.split(delimiter) + [""] * number)[number - 1]


def _batches(model):
    last = model.objects.aggregate(last=Max("pk"))["last"] or 0
    for first in range(1, last + 1, BATCH):
        yield model.objects.filter(pk__range=(first, first + BATCH - 1))


def _fill_reminders(rows, key_read=F("key"), **more):
    shape, columns = REMINDERS
    _fill(rows, [(shape, {**columns, "purpose": Value("visit-reminder"), **more})], key_read)


def _fill(rows, shapes, key_read=F("key")):
    for shape, columns in shapes:
        found = rows.filter(purpose="", cause=None).alias(key_read=key_read).filter(key_read__regex=shape)
        found.update(**{name: _value(name, what, key_read) for name, what in columns.items()})


def _value(name, what, key_read):
    if not isinstance(what, int):
        return what
    part = Func(key_read, Value(":"), Value(what), function="SPLIT_PART", output_field=CharField())
    return Cast(part, BigIntegerField()) if name in ("cause", "sequence") else part


def _number_sendings(models):
    """What a colleague sent again, in the order in which that happened; its twin has the same number."""
    numbers, sendings = {}, Counter()
    again = [model.objects.filter(key__contains=AGAIN).exclude(purpose="") for model in models]
    for _pk, key, *about in sorted(row for rows in again for row in rows.values_list("pk", "key", *ABOUT)):
        one = key.removesuffix(INSTEAD)
        if one not in numbers:
            sendings[tuple(about)] += 1
            numbers[one] = numbers[f"{one}{INSTEAD}"] = 1 + sendings[tuple(about)]
    for key, number in numbers.items():
        for model in models:
            model.objects.filter(key=key).update(sending=number)


def _fill_work_items(items):
    _fill_reminders(items, key=Replace("key", OLD_REMINDER, NEW_REMINDER))
    _fill(items, [*WORK_ITEMS, *MESSAGES])
    _fill(items.filter(key__startswith=MISSING), MESSAGES, key_read=Substr("key", len(MISSING) + 1))


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("clinic", "0016_what_it_is_about")]

    operations = [migrations.RunPython(fill, take_back)]
