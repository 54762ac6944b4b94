"""What can be found on the public pages, read in one query."""

from dataclasses import dataclass

from django.db.models import CharField, Value
from django.db.models.functions import Cast
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from clinic.models import GlossaryTerm, Page, PageSection, Practitioner, Synonyms
from procedures.models import BodyRegion, Muscle, ProcedureDefinition, ProcedureQuestion, Risk, Urgency

NOTHING = Value("", output_field=CharField())
TEXTS = 4

# kind: (its label, its weight)
KINDS = {
    "region": (_("Part of the body"), 1.4),
    "procedure": (_("Procedure"), 1.4),
    "page": (_("Page"), 1.3),
    "risk": (_("Risk"), 1.1),
    "section": (_("On a page"), 1.0),
    "person": (_("Person"), 1.2),
    "term": (_("Word we use"), 1.0),
    "muscle": (_("Muscle"), 1.1),
    "question": (_("Question people ask"), 0.9),
}


@dataclass(frozen=True)
class Entry:
    """Something that a visitor may search for, and its address. `extra` is another name of it."""

    kind: str
    key: str
    anchor: str
    title: str
    extra: str
    within: str
    text: str

    @property
    def label(self):
        return KINDS[self.kind][0]

    @property
    def weight(self):
        return KINDS[self.kind][1]

    @property
    def is_emergency(self):
        return self.kind == "risk" and self.key == Urgency.EMERGENCY

    @property
    def url(self):
        try:
            address = _address(self.kind, self.key, self.title)
        except NoReverseMatch:
            return None  # the text of a page that this installation does not have
        return f"{address}#{self.anchor}" if self.anchor else address


def _address(kind, key, title):
    if kind in ("page", "section"):
        return reverse(key)
    if kind in ("region", "muscle"):
        return reverse("region", args=[key])
    if kind in ("procedure", "question"):
        return reverse("procedure", args=[key])
    if kind == "person":
        return Practitioner(pk=key, name=title).get_absolute_url()
    return reverse({"risk": "risks", "term": "glossary"}[kind])


def read():
    """(what can be found, groups of synonyms): one query for all tables."""
    entries = [Entry(*columns, "\n".join(text for text in texts if text)) for *columns, texts in _all_rows()]
    groups = [entry.title.split(",") for entry in entries if entry.kind == "synonyms"]
    found = {
        (entry.kind, entry.title, entry.text): entry for entry in entries if entry.kind != "synonyms" and entry.url
    }
    return list(found.values()), [[" ".join(words.split()) for words in group] for group in groups]


def _all_rows():
    first, *others = (
        _rows("page", Page.objects, key="slug", title="title", texts=["lead"]),
        _rows(
            *("section", PageSection.objects),
            **{"key": "page__slug", "anchor": "slug", "title": "heading", "within": "page__title", "texts": ["body"]},
        ),
        _rows(
            *("region", BodyRegion.objects),
            **{"key": "key", "title": "name", "texts": ["felt_like", "what_we_do", "see_a_doctor_first"]},
        ),
        _rows(
            *("muscle", Muscle.objects.for_patients()),
            **{"key": "region_id", "anchor": Value("muscles"), "title": "name", "extra": "latin"},
            **{"within": "region__name", "texts": ["pain_felt"]},
        ),
        _rows(
            *("procedure", ProcedureDefinition.objects.filter(is_active=True)),
            **{"key": "slug", "title": "name", "texts": ["summary", "good_when", "steps", "what_you_may_feel"]},
        ),
        _rows(
            *("risk", Risk.objects),
            **{"key": "urgency", "anchor": "slug", "title": "name"},
            **{"texts": ["meaning", "feels_like", "what_to_do", "call_when"]},
        ),
        _rows("term", GlossaryTerm.objects, key=NOTHING, anchor="slug", title="term", texts=["meaning"]),
        _rows(
            *("person", Practitioner.objects.active()),
            **{"key": Cast("pk", CharField()), "title": "name", "extra": "role", "texts": ["about", "languages"]},
        ),
        _rows(
            *("question", ProcedureQuestion.objects.filter(is_active=True, definitions__is_active=True)),
            **{"key": "definitions__slug", "anchor": Value("questions"), "title": "question", "texts": ["answer"]},
            within="definitions__name",
        ),
        _rows("synonyms", Synonyms.objects, key=NOTHING, title="words", texts=[]),
    )
    for kind, key, anchor, title, extra, within, *texts in first.union(*others, all=True):
        yield kind, key, anchor, title, extra, within, texts


def _rows(kind, rows, *, key, title, texts, anchor=NOTHING, extra=NOTHING, within=NOTHING):
    texts = [*texts, *[NOTHING] * (TEXTS - len(texts))]
    columns = (key, anchor, title, extra, within, *texts)
    values = [column if hasattr(column, "resolve_expression") else Cast(column, CharField()) for column in columns]
    return rows.order_by().values_list(Value(kind), *values)
