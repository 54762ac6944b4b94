"""Everything that patients read is easy for a child of ten: Flesch-Kincaid grade 5.0 at most, sentences of at
most 20 words and of 12 on average.

There is no list here: pages come from the URLconf, letters from their folder, texts of the catalogue from the fixtures,
and what a page says only now and then from its templates and from the modules behind it.
`pytest tests/pages/test_readability.py -rP` prints each with its grade, and which names are excepted.
"""

import json
import re
from collections import defaultdict
from importlib import import_module
from inspect import isfunction, unwrap
from pathlib import Path
from types import CodeType

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.db import models, transaction
from django.template.loader import get_template, render_to_string
from django.test.signals import template_rendered
from django.urls import reverse
from django.utils import dates

from clinic.models import Patient, Practitioner, User
from clinic.website.readability import NAMES, words_of
from procedures.models import Drug, Muscle
from tests import factories
from tests.architecture.test_authorisation_matrix import addresses, rule_for
from tests.journeys.steps import TUESDAY
from tests.pages.page_collection import Gathering, names_of_site, open_small_demo, signed_in
from tests.pages.test_every_page import WHO_COMES
from tests.pages.texts import FILLED_IN, Part, Text, table, text_of_module, text_of_page, text_of_template

PACKAGES = ["clinic", "procedures", "aftercare"]
PATIENTS = {"anonymous", "patient", "other patient"}
LEAFLETS_OF = "Royal Orthopaedic Hospital, Tetbury"
NOT_FOR_PATIENTS = {"styleguide": "shows those who build the site what it is built of"}
LEADS_ON = ["account_change_password"]  # patients have no password to change
SAY_NOTHING = ["account/messages/logged_in.txt", "account/messages/login_code_sent.txt"]
INCLUDED = re.compile(r"""{%\s*include\s+"([^"]+)""")
# What the catalogue tells clinicians and crawlers: fields, and whole models.
NOT_TOLD = set("source sources for_physician pain_felt_clinical avoid latin remark shape".split())
OF_CLINICIANS = set(
    "drug ingredient preparation doseprofile doselimit clinicrule depthhint musclegeometry siteset sitesetitem"
    " synonyms".split()
)


def rows():
    """Model and fields of each row of the catalogue's fixtures."""
    for path in sorted(path for package in PACKAGES for path in Path(package, "fixtures").glob("*.json")):
        for row in json.loads(path.read_text()):
            yield apps.get_model(row["model"]), row["fields"]


def excepted():
    """Names of muscles, drugs, the clinic, its street and sources, days and months; and the short list of the app."""
    calendar = (dates.WEEKDAYS, dates.WEEKDAYS_ABBR, dates.MONTHS, dates.MONTHS_3)
    proper = [FILLED_IN, settings.CLINIC_NAME, settings.CLINIC_ADDRESS, LEAFLETS_OF]
    proper += [str(name).capitalize() for names in calendar for name in names.values()]
    latin = [fields["latin"] for model, fields in rows() if model is Muscle]
    scientific = [name for name in latin if not name.startswith("another muscle")]  # free entries are in plain words
    scientific += [fields["name"] for model, fields in rows() if model is Drug]
    return NAMES | set(words_of(" ".join(proper))) | set(words_of(" ".join(scientific).lower()))


EXCEPTED = excepted()


class Reading(Gathering):
    """Pages as patients find them: all that differ by at least a word."""

    links_followed = 100

    def __init__(self):
        names = (name for name in names_of_site() if is_for(name, PATIENTS))
        super().__init__(name for name in names if name not in NOT_FOR_PATIENTS)
        self.shown, self.templates, self.people = {}, set(), set()

    def open_doors(self):
        return ((name, person) for name, person in super().open_doors() if person in PATIENTS)

    def keep(self, page):
        if page.status < 400:
            self.found.add(page.name)
        self.shown.setdefault(text_of_page(page.html), page)
        return page

    def of_demo(self, clients):
        """What everybody may open, only as a stranger."""
        every = self.names
        for person, client in clients.items():
            self.names = [name for name in every if is_for(name, {"anonymous"}) == (person == "anonymous")]
            super().of_demo({person: client})
        self.names = every

    def of_catalogue(self, client, state):
        """Leaves out what is for managers."""

    def note_template(self, template, **kwargs):
        if template.name:
            self.templates.add(template.name)

    def note_people(self):
        for model, fields in ((Practitioner, ["name"]), (Patient, ["given_name", "family_name"])):
            for names in model.objects.values_list(*fields):
                self.people |= set(words_of(" ".join(names)))

    @property
    def texts(self):
        names = EXCEPTED | self.people
        return [Text(str(page), text, names) for text, page in self.shown.items()]


def is_for(name, people):
    return bool(not name.startswith("admin:") and (rule := rule_for(name)) and people & set(rule.who))


@pytest.fixture
def reading(db, request, time_machine):
    """The pages of a new clinic, of the demo clinic and of the matrix's patient; their rows are rolled back."""
    time_machine.move_to(factories.at(TUESDAY), tick=True)
    reading = Reading()
    template_rendered.connect(reading.note_template)
    with transaction.atomic():
        reading.of_new_clinic(signed_in({"patient": factories.user()}))
        transaction.set_rollback(True)
    with transaction.atomic():
        open_small_demo()
        reading.note_people()
        clients = signed_in({"patient": User.objects.get(email="patient@demo.example")})
        reading.of_demo(clients)
        clients["anonymous"].post(reverse("account_request_login_code"), {"email": "patient@demo.example"})
        code = "account_confirm_login_code"
        reading.ask(clients["anonymous"], code, reverse(code), state="demo", person="patient")
        clients["patient"].post(reverse("my-sign-in"), {"email": "another@mail.example"})
        reading.ask(clients["patient"], "my-sign-in-code", reverse("my-sign-in-code"), state="demo", person="patient")
        transaction.set_rollback(True)
    matrix = request.getfixturevalue("world")
    call_command("loaddata", "symptom_questions", verbosity=0)
    reading.note_people()
    matrix["clients"]["patient"].post(reverse("book-details", kwargs=matrix["arguments"]["book-details"]), WHO_COMES)
    reading.of_matrix(matrix["clients"], matrix["arguments"])
    template_rendered.disconnect(reading.note_template)
    return reading


@pytest.mark.once
@pytest.mark.repeated_queries_allowed
def test_every_page_is_easy_to_read(reading):
    by_name = defaultdict(list)
    for text in reading.texts:
        by_name[text.of.partition(" ")[0]].append(text)
    print(table(by_name), shown_names(), sep="\n\n")

    assert reading.broken == []
    assert reading.missing == LEADS_ON
    assert faults(reading.texts + occasional_texts(reading.templates | named_by_views())) == []


@pytest.mark.once
@pytest.mark.parametrize("template", sorted(path.name for path in Path("templates").glob("[45]*.html")))
def test_pages_of_errors_are_easy_to_read(db, rf, template):
    request = rf.get("/")
    request.user, request.session = AnonymousUser(), {}
    html = render_to_string(template, {"message": ""}, None if template == "500.html" else request)

    assert faults([Text(template, text_of_page(html), EXCEPTED)]) == []


@pytest.mark.once
def test_every_letter_and_sms_is_easy_to_read():
    paths = [path for folder in ("messages", "account") for path in Path("templates", folder).rglob("*.txt")]
    letters = [Text(str(path.relative_to("templates")), text_of_template(path), EXCEPTED) for path in sorted(paths)]
    print(table({letter.of: [letter] for letter in letters}))

    assert faults(letters) == []
    assert [letter.of for letter in letters if not letter.read and letter.of not in SAY_NOTHING] == []


@pytest.mark.once
def test_every_text_of_the_catalogue_is_easy_to_read():
    """All of a kind together, and each row alone: a question, a protocol, a consent."""
    kinds = defaultdict(list)
    for model, fields in rows():
        told = [name for name in fields if is_told(model._meta.get_field(name))]
        if told and model._meta.model_name not in OF_CLINICIANS:
            kinds[model._meta.model_name].append("\n".join(fields[name] for name in told))
    together = [Text(kind, "\n".join(several), EXCEPTED) for kind, several in kinds.items()]
    print(table({text.of: [text] for text in together}))

    assert faults(together) == []
    assert faults([Part(kind, text, EXCEPTED) for kind, several in kinds.items() for text in several]) == []


@pytest.mark.once
def test_what_rules_and_forms_say_is_easy_to_read():
    """The modules behind patients' pages, including what they say only when something goes wrong."""
    paths = {*modules_of_patients(), *Path().glob("*/errors.py")}
    texts = [Text(str(path), text_of_module(path), EXCEPTED) for path in sorted(paths)]
    print(table({text.of: [text] for text in texts if text.read}))

    assert faults(texts) == []


def faults(texts):
    """Each problem once, however many pages have it."""
    return list({fault.partition(": ")[2]: fault for text in texts for fault in text.faults()}.values())


def is_told(field):
    is_text = isinstance(field, models.CharField | models.TextField) and not isinstance(field, models.SlugField)
    return is_text and not field.choices and field.name not in NOT_TOLD


def named_by_views():
    """Whole pages that patients see only now and then: for an old link, after an answer, about a voided record."""
    views = (unwrap(p.callback) for name, p in addresses() if is_for(name, PATIENTS) and name not in NOT_FOR_PATIENTS)
    return {name for view in views if isfunction(view) for name in templates_named(view, set())}


def templates_named(function, seen):
    """By the function and by what it calls of its module."""
    seen.add(function)
    for name in code_says(function.__code__):
        other = function.__globals__.get(name)
        if name.endswith(".html"):
            yield name
        elif isfunction(other) and other.__module__ == function.__module__ and other not in seen:
            yield from templates_named(other, seen)


def code_says(code):
    """Its names and texts, also of what is defined inside it."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, str):
            yield constant
        elif isinstance(constant, CodeType):
            yield from code_says(constant)


def occasional_texts(templates):
    """Other branches of the templates that pages were made of, and what those include."""
    waiting, seen, parts = sorted(templates), set(templates), []
    while waiting:
        path = Path(get_template(waiting.pop()).origin.name)
        if path.is_relative_to(Path("templates").absolute()):
            parts.append(Part(str(path.relative_to(Path("templates").absolute())), text_of_template(path), EXCEPTED))
            waiting += (more := set(INCLUDED.findall(path.read_text())) - seen)
            seen |= more
    return parts


def modules_of_patients():
    """The views behind patients' pages, what they import, and the forms that allauth's views use."""
    callbacks = [p.callback for name, p in addresses() if is_for(name, PATIENTS) and name not in NOT_FOR_PATIENTS]
    names = {form.rpartition(".")[0] for form in settings.ACCOUNT_FORMS.values()}
    for views in {unwrap(callback).__module__ for callback in callbacks}:
        used = vars(import_module(views)).values()
        names |= {views, *(getattr(one, "__module__", None) or getattr(one, "__name__", "") for one in used)}
    for name in names:
        if name.partition(".")[0] in PACKAGES and ".models" not in name:
            yield Path(import_module(name).__file__).relative_to(Path.cwd())


def shown_names():
    scientific = sorted(EXCEPTED - NAMES)
    return f"Excepted, said so by everybody: {', '.join(sorted(NAMES))}.\n\nExcepted names: {', '.join(scientific)}."
