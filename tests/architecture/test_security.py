"""What could be a security hole, found in the text of the code before anybody uses it."""

import ast
import re

import pytest

from tests.architecture.source import PACKAGES, ROOT, python_files, templates, tree_of, where

pytestmark = pytest.mark.once

# Attributes that are called, and names. Raw SQL is where injections come from; the ORM is enough for the clinic.
RAW_SQL = {"raw", "extra", "cursor", "RunSQL", "RawSQL", "execute"}
OPEN_DOORS = {"mark_safe", "SafeString", "csrf_exempt"}

# Where one of these is allowed: the file, the word, and why. Keep it short.
ALLOWED = {
    ("clinic/lib/append_only.py", "cursor"): "triggers, which the ORM does not know; made of table names only",
    ("clinic/lib/append_only.py", "execute"): "the same",
    ("clinic/lib/change_triggers.py", "cursor"): "triggers, which the ORM does not know; made of table names only",
    ("clinic/lib/change_triggers.py", "execute"): "the same",
    ("clinic/lib/durable.py", "cursor"): "a pragma of SQLite; no words of anybody",
    ("clinic/lib/durable.py", "execute"): "the same",
    ("clinic/lib/row_numbers.py", "cursor"): "sequences, which the ORM does not know; made of table names only",
    ("clinic/lib/row_numbers.py", "execute"): "the same",
    ("clinic/people/audit_chain.py", "cursor"): "the trigger that chains; made of names of our own only",
    ("clinic/people/audit_chain.py", "execute"): "the same",
    ("clinic/website/structured_data.py", "mark_safe"): "JSON whose <, > and & are written as json_script does",
    ("procedures/records/seal_triggers.py", "cursor"): "triggers; names of our own only, and what the database has",
    ("procedures/records/seal_triggers.py", "execute"): "the same",
    ("procedures/records/seals.py", "cursor"): "triggers, which the ORM does not know; made of names of our own only",
    ("clinic/operations/benchmarks.py", "cursor"): "a schema of views for measuring; made of table names only",
    ("clinic/operations/benchmarks.py", "execute"): "the same",
}

# Views that find a patient's rows in another way than visible_to(user): the file, the model, and why.
OTHER_WAYS = {
    ("clinic/views/public/booking.py", "Appointment"): "a hold has no patient yet; its browser's session knows it",
    ("clinic/views/public/times.py", "Appointment"): "a hold has no patient yet; its browser's session knows it",
    (
        "aftercare/views/my/pain_diary.py",
        "CarePlan",
    ): "whoever has the link of a check; this browser's session told the number",
}
SCOPES = {"visible_to", "acted_for_by"}


def words_called(path):
    """(node, word) of every call of `word(...)` or `something.word(...)`, and of every decorator."""
    for node in ast.walk(tree_of(path)):
        callers = [node.func] if isinstance(node, ast.Call) else getattr(node, "decorator_list", [])
        for caller in callers:
            yield caller, getattr(caller, "attr", getattr(caller, "id", ""))


@pytest.mark.parametrize("words", [RAW_SQL, OPEN_DOORS], ids=["raw SQL", "unescaped or unprotected"])
def test_code_opens_no_door(words):
    found = [
        f"{where(path, node)} {word}"
        for path in python_files(*PACKAGES, migrations=True)
        for node, word in words_called(path)
        if word in words and (str(path.relative_to(ROOT)), word) not in ALLOWED
    ]

    assert found == []


# Mail programs know no style sheets, so what is sent may carry its style.
PAGES_ONLY = r"\sstyle\s*=|<style\b"
IN_TEMPLATES = {
    "unescaped": r"\|\s*safe(seq)?\b|{%\s*autoescape\s+off",
    "inline script": r"<script(?![^>]*\ssrc=)[^>]*>|javascript:",
    "inline handler": r"<[^>{]*\s(on[a-z]+|hx-on[a-z:-]*)\s*=",
    "inline style": PAGES_ONLY,
}


@pytest.mark.parametrize("pattern", IN_TEMPLATES.values(), ids=IN_TEMPLATES)
def test_templates_are_strict(pattern):
    found = [
        f"{where(path, number)} {line.strip()}"
        for path in templates()
        if not (pattern == PAGES_ONLY and "messages" in path.parts)
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if re.search(pattern, line)
    ]

    assert found == []


def test_forms_that_post_carry_the_token():
    forms = [
        (path, text.count("\n", 0, form.start()) + 1, form[0])
        for path in templates()
        for text in [path.read_text()]
        for form in re.finditer(r"<form\b.*?</form>", text, re.DOTALL | re.IGNORECASE)
    ]

    assert [
        where(path, line)
        for path, line, form in forms
        if re.search(r"method=[\"']?post", form, re.IGNORECASE) and "{% csrf_token %}" not in form
    ] == []


def patient_owned_models():
    """The models whose rows belong to a patient: those whose QuerySet says to whom it is visible."""
    classes = [
        node
        for path in python_files(*PACKAGES)
        if "models" in path.parts
        for node in tree_of(path).body
        if isinstance(node, ast.ClassDef)
    ]
    scoped = {node.name for node in classes if any(getattr(part, "name", "") == "visible_to" for part in node.body)}
    scoped |= {node.name for node in classes if scoped & {getattr(base, "id", "") for base in node.bases}}
    return {node.name for node in classes if scoped & names_in_manager(node)}


def names_in_manager(model):
    """AppointmentQuerySet of `objects = AppointmentQuerySet.as_manager()`."""
    return {
        name.id
        for statement in model.body
        if isinstance(statement, ast.Assign) and getattr(statement.targets[0], "id", "") == "objects"
        for name in ast.walk(statement.value)
        if isinstance(name, ast.Name)
    }


def unscoped_lookups(tree, models):
    """Nodes that name `Model.objects` without one of SCOPES behind it, or hand a bare Model to get_object_or_404."""
    scoped = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in SCOPES:
            scoped |= {id(inner) for inner in ast.walk(node.value)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager", "_base_manager"}:
            if getattr(node.value, "id", "") in models and id(node) not in scoped:
                yield node, node.value.id
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"get_object_or_404", "get_list_or_404"}:
            name = getattr(node.args[0], "id", "")
            if name in models:
                yield node, name


def test_views_find_patients_rows_through_visible_to():
    models = patient_owned_models()

    found = [
        f"{where(path, node)} {model}"
        for path in python_files(*PACKAGES)
        if {"views", "templatetags"} & set(path.parts)
        for node, model in unscoped_lookups(tree_of(path), models)
        if (str(path.relative_to(ROOT)), model) not in OTHER_WAYS
    ]

    assert found == []


def test_what_belongs_to_a_patient_is_known():
    """A model that slips out of this list would slip out of the rule above."""
    assert patient_owned_models() >= {"Patient", "Appointment", "Message", "Procedure", "CarePlan", "ServiceRequest"}


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("get_object_or_404(Patient, pk=1)", 1),
        ("get_object_or_404(Patient.objects, pk=1)", 1),
        ("Patient.objects.filter(pk=1).first()", 1),
        ("get_object_or_404(Patient.objects.visible_to(user), pk=1)", 0),
        ("Patient.objects.filter(pk=1).visible_to(user).first()", 0),
        ("get_object_or_404(VisitType, slug=slug)", 0),
    ],
)
def test_unscoped_lookups(code, found):
    assert len(list(unscoped_lookups(ast.parse(code), {"Patient"}))) == found
