"""Kinds of work items come from their owners, each with a meaning of its own; keys are made of what an item is about."""

from django.db import migrations, models
from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast, Coalesce, Concat

import clinic.models.work_kinds

# Those that shared a code with another, by the shape of their key: new code, old code, which of them.
SPLIT = [
    ("visit_affected", "visit_hit", Q()),
    ("physiotherapy_moved", "physiotherapy", Q(key__endswith=":physiotherapy-moved-late")),
    ("void", "second_person", Q(key__startswith="void:")),
    ("message_missing", "message", Q(key__startswith="missing:")),
    ("message_nowhere", "message", Q(key__endswith=":nowhere")),
]
ABOUT = ["purpose", "cause", "occasion", "sequence"]

# Keys as they were, by the new code: columns in braces.
OLD_KEYS = {
    "message": "message:{cause}:{occasion}",
    "visit_affected": "visit:{cause}:hit:{sequence}",
    "physiotherapy": "procedure:{cause}:physiotherapy-late",
    "physiotherapy_moved": "procedure:{cause}:physiotherapy-moved-late",
    "second_person": "procedure:{cause}:second-person",
    "void": "void:{cause}",
    "screening": "screening-amber:{cause}",
    "unsigned": "unsigned:{cause}",
    "waitlist": "waitlist:{cause}:{occasion}",
    "symptom_red": "symptom-check:{cause}",
    "symptom_amber": "symptom-check:{cause}",
    "no_answer": "appointment:{cause}:{occasion}:{sequence}",
    "consent_back": "consent:{cause}:taken-back",
}
OLD_MESSAGE_KEYS = {
    "waitlist-offer": "waitlist:{cause}:{purpose}",
    "visit-reminder": "appointment:{cause}:{purpose}:{occasion}:{sequence}",
    "visit-booked": "appointment:{cause}:{purpose}:{sequence}",
    "visit-moved": "appointment:{cause}:{purpose}:{sequence}",
    "visit-cancelled": "appointment:{cause}:{purpose}:{sequence}",
}
OLD_PLAN_KEY = "procedure:{cause}:{purpose}:{occasion}"


def split(apps, schema_editor):
    items = apps.get_model("clinic", "WorkItem").objects
    for new, old, which in SPLIT:
        items.filter(which, kind=old).update(kind=new)
    _say_the_message(items.filter(kind="message", key__regex=r"^message:[0-9]+:[a-z-]+$"))
    key = Concat(F("kind"), *(part for name in ABOUT for part in (Value(":"), _text(name))), output_field=CharField())
    items.exclude(cause=None).update(key=key)


def _say_the_message(items):
    """Once they were about the letter; two failures of one letter must not get the same key."""
    rows = list(items)
    for item in rows:
        _message, cause, occasion = item.key.split(":")
        item.purpose, item.cause, item.occasion, item.sequence = "", int(cause), occasion, None
    items.bulk_update(rows, ABOUT, batch_size=500)


def join(apps, schema_editor):
    items = apps.get_model("clinic", "WorkItem").objects.exclude(cause=None)
    for kind, key in OLD_KEYS.items():
        items.filter(kind=kind).update(key=_composed(key))
    for kind, key in [("message_nowhere", "{old}:nowhere"), ("message_missing", "missing:{old}")]:
        rows = items.filter(kind=kind)
        for purpose, old in OLD_MESSAGE_KEYS.items():
            rows.filter(purpose=purpose).update(key=_composed(key.replace("{old}", old)))
        rows.exclude(purpose__in=OLD_MESSAGE_KEYS).update(key=_composed(key.replace("{old}", OLD_PLAN_KEY)))
    for new, old, _which in SPLIT:
        apps.get_model("clinic", "WorkItem").objects.filter(kind=new).update(kind=old)


def _composed(key):
    """ "void:{cause}" as an expression of the database."""
    parts = key.replace("{", "}").split("}")
    return Concat(*(_text(part) if part in ABOUT else Value(part) for part in parts), Value(""), output_field=CharField())


def _text(column):
    return Coalesce(Cast(column, CharField()), Value(""))


class Migration(migrations.Migration):
    dependencies = [("clinic", "0017_about_from_keys")]

    operations = [
        migrations.AlterField(
            model_name="workitem",
            name="kind",
            field=models.CharField(choices=clinic.models.work_kinds.choices, max_length=20),
        ),
        migrations.RunPython(split, join),
    ]
