"""A sealed row says itself what it pointed to: its foreign keys then read as they were, whatever the rows say today.

A row that is sealed (signed, prescribed) keeps copies of what matters of another row in columns of its own. Code that
reads `site.muscle.name` need not know of it: for a sealed row `site.muscle` is a copy of the muscle of today, with the
name of then. The copy cannot be saved.
"""

from copy import copy

from django.db.models import CharField, ForeignKey, OuterRef, Subquery
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor

OVERLAY = "_as_it_was"


def sealed_words(length):
    """A column for what a row that is pointed to is called; empty until the row that points to it is sealed."""
    return CharField(max_length=length, blank=True, default="", db_default="", editable=False)


class AsItWas(ForwardManyToOneDescriptor):
    """The row of today for a row that is not sealed, else the same row with what its sealed columns say."""

    def __get__(self, instance, cls=None):
        row = super().__get__(instance, cls)
        if instance is None or row is None or OVERLAY in vars(row):
            return row
        overlay = self.field.overlay_of(instance)
        return self._keep(instance, row, overlay) if overlay else row

    def _keep(self, instance, row, overlay):
        was = copied(row, overlay)
        self.field.set_cached_value(instance, was)
        return was


class AsItWasForeignKey(ForeignKey):
    """A foreign key whose row is read as it was when the row that holds the key was sealed.

    `sealed` maps a name of the other row to the column of this row that keeps it; "region.name" is the name of the row
    to which the other one's key `region` points, which must be such a key, too. The first column is empty until the row
    is sealed. For migrations it is a ForeignKey like any other.
    """

    forward_related_accessor_class = AsItWas

    def __init__(self, *args, sealed=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.sealed = sealed or {}

    def deconstruct(self):
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.ForeignKey", args, kwargs

    def overlay_of(self, instance):
        """{name: value} as the row was; {"region": {...}} for what lies behind it; {} for what is not sealed."""
        if not self.sealed:
            return vars(instance).get(OVERLAY, {}).get(self.name, {})
        if not self.is_sealed(instance):
            return {}
        overlay = {}
        for name, column in self.sealed.items():
            *through, last = name.split(".")
            inner = overlay.setdefault(through[0], {}) if through else overlay
            inner[last] = getattr(instance, column)
        return overlay

    def is_sealed(self, instance):
        return bool(getattr(instance, next(iter(self.sealed.values()))))


def copied(row, overlay):
    """A copy of `row` that says what `overlay` says."""
    was = copy(row)
    for name, value in overlay.items():
        if isinstance(value, dict):
            _point_to(was, name, value)
        else:
            setattr(was, name, value)
    setattr(was, OVERLAY, {name: value for name, value in overlay.items() if isinstance(value, dict)})
    was.save = was.delete = refuse
    return was


def _point_to(was, name, value):
    """Its key leads to where it led then."""
    field = was._meta.get_field(name)
    key = value.get(field.target_field.name)
    if key and key != getattr(was, field.attname):
        setattr(was, field.attname, key)


def refuse(*args, **kwargs):
    raise TypeError("This is a row as it was when another one was sealed: it is not saved.")


def seal(rows):
    """Fill the columns of the rows of a query set from what their keys point to in the database now."""
    for field in kept_keys(rows.model):
        today = field.related_model._base_manager.filter(pk=OuterRef(field.attname))
        columns = {column: Subquery(today.values(name.replace(".", "__"))[:1]) for name, column in field.sealed.items()}
        rows.filter(**{f"{field.name}__isnull": False}).update(**columns)


def kept_keys(model):
    """The keys of a model of which its own columns keep something."""
    return [field for field in model._meta.concrete_fields if getattr(field, "sealed", None)]
