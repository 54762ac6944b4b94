"""Search finds what a visitor means, says where and why, forgives small mistakes, and stores no search words."""

import html
import re

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.models import AuditEvent, GlossaryTerm, Role, Synonyms
from procedures.models import Muscle, ProcedureDefinition
from procedures.website import search, search_entries
from tests import factories
from tests.public_addresses import load_words

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def words(rows_of_the_module):
    load_words()


def found(question, most=5):
    return [(result.entry.kind, result.entry.title) for result in search.search(question).results[:most]]


def marks(pieces):
    return [text for text, is_marked in pieces if is_marked]


def result_page(client, question):
    return html.unescape(client.get(reverse("search"), {"q": question}).content.decode())


@pytest.mark.parametrize(
    ("question", "kind", "title"),
    [
        ("knot", "term", "trigger point"),
        ("myofascial", "page", "What is a trigger point?"),
        ("spasm", "region", "Neck and spine"),
        ("block", "procedure", "Trigger point block"),
        ("injection", "procedure", "Trigger point block"),
        ("physio", "term", "physiotherapy"),
        ("physical therapy", "term", "physiotherapy"),
        ("shoulder pain", "region", "Shoulder and arm"),
        ("my back hurts when I sit", "region", "Lower back"),
        ("HEADACHES", "region", "Head"),
        ("bruises", "risk", "Bruise"),
        ("blue mark", "risk", "Bruise"),
        ("collapsed lung", "risk", "Collapsed lung (pneumothorax)"),
        ("driving", "question", "May I drive home?"),
        ("injected", "procedure", "Trigger point block"),
        ("trapezuis", "muscle", "middle trapezius"),
        ("sternocleidomastoideus", "muscle", "front-side neck muscle"),
        ("ultrasond", "procedure", "Ultrasound-guided block"),
        ("Ada Lind", "person", "Dr Ada Lind"),
        ("ädä", "person", "Dr Ada Lind"),
        ("lymph adrenalin", "term", "adrenaline"),
    ],
)
def test_what_is_meant_is_among_the_first(words, question, kind, title):
    assert (kind, title) in found(question)


@pytest.mark.parametrize("question", ["shoulder", "Shoulder", "shoulders", "SHOULDER!", " shoulder "])
def test_the_same_word_finds_the_same(words, question):
    assert found(question)[0] == ("region", "Shoulder and arm")
    assert found(question, 30) == found("shoulder", 30)


@pytest.mark.parametrize(
    "question", ["xyzzy", "???", "", "qqqqqqqqqqqq zzzzzzzzzzz", "'; DELETE", "%", "_", "\U0001f9e0"]
)
def test_what_is_nowhere_is_not_found(words, question):
    assert found(question) == []


def test_every_result_leads_to_a_page_that_has_its_place(words, client):
    results = {
        result.entry
        for question in ("pain", "block", "muscle", "needle", "doctor", "Ada", "blood", "lung", "driving", "work")
        for result in search.search(question).results
    }
    pages, wrong = {}, []

    for entry in results:
        address, _, anchor = entry.url.partition("#")
        body = pages.setdefault(address, client.get(address))
        if body.status_code != 200 or (anchor and f'id="{anchor}"' not in body.content.decode()):
            wrong.append(entry.url)

    assert {entry.kind for entry in results} == set(search_entries.KINDS)
    assert wrong == []


def test_only_what_patients_may_read_is_found(words):
    Muscle.objects.filter(pk="masseter").update(is_signed_off=False)
    ProcedureDefinition.objects.filter(slug="trigger-point-block").update(is_active=False)

    assert ("muscle", "chewing muscle") not in found("masseter", 30)
    assert ("procedure", "Trigger point block") not in found("block", 30)


def test_result_says_where_and_why(words):
    answer = search.search("jab")
    result = next(result for result in answer.results if result.entry.title == "What is a block?")

    assert {"block", "injection"} <= set(answer.also)
    assert "jab" not in answer.also
    assert marks(result.title) == ["block"]
    assert "injection" in marks(result.excerpt)
    assert result.entry.within == "How we treat trigger points"


def test_words_side_by_side_are_one_mark():
    assert search.marked_in("A trigger point, a point.", {"trigger", "point"}) == [
        *[("A ", False), ("trigger point", True), (", a ", False), ("point", True), (".", False)]
    ]


def test_mistake_is_named_with_what_was_looked_for_instead(words, client):
    assert "We did not find “haedache”. We looked for: headache." in result_page(client, "haedache")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("bruse", ["bruise"]),
        ("briuse", ["bruise"]),
        ("brase", []),  # two letters wrong in a short word
        ("haedcahe", ["headache"]),
        ("rid", []),
    ],
)
def test_typing_error_is_close_to_what_is_meant(typed, meant):
    index = search.Index([], groups=[["bruise", "headache", "rib"]])

    assert index.close_to(typed) == meant


@pytest.mark.parametrize(
    ("form", "other", "is_same"),
    [
        ("Injuries", "injury", True),
        ("bruises", "bruise", True),
        ("injected", "injections", True),
        ("Jonaš", "jonas", True),
        ("injected", "infected", False),
        ("pus", "pu", False),
    ],
)
def test_forms_of_one_word_share_a_stem(form, other, is_same):
    assert (search.stem(form) == search.stem(other)) is is_same


def test_manager_teaches_a_word(words):
    assert found("crick") == []

    Synonyms.objects.create(words="stiff neck, crick, wry neck")

    assert ("region", "Neck and spine") in found("crick")
    GlossaryTerm.objects.create(slug="crick", term="crick", meaning="A neck that will not turn.")
    assert found("crick")[0] == ("term", "crick")


@pytest.mark.parametrize("typed", ["knot", "knot,", " , ,knot"])
def test_one_word_alone_is_no_synonym(typed):
    with pytest.raises(ValidationError) as refused:
        Synonyms(words=typed).full_clean()

    assert "words" in refused.value.message_dict


def test_manager_finds_the_synonyms(client, words):
    client.force_login(factories.user(Role.MANAGER, is_staff=True))

    assert "physiotherapist, physio" in client.get(reverse("admin:clinic_synonyms_changelist")).content.decode()


@pytest.mark.parametrize("question", ["knot", "xyzzy", "a b c d e f g h i j k l", None])
def test_search_asks_the_database_three_times_at_most(words, client, question):
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("search"), {} if question is None else {"q": question})
        counts.append(len(captured))

    assert counts[0] <= 3
    assert counts[1] <= 1


def test_empty_answer_helps(words, client, settings):
    settings.CLINIC_PHONE = "+370 5 200 0000"

    body = result_page(client, "<b>xyzzy</b>")

    assert "We found nothing for “<b>xyzzy</b>”." in body  # unescaped by the helper above
    assert 'href="tel:+37052000000"' in body
    assert f'href="{reverse("where-does-it-hurt")}"' in body
    assert "<b>xyzzy" not in client.get(reverse("search"), {"q": "<b>xyzzy</b>"}).content.decode()


def test_what_cannot_be_asked_is_answered_at_the_field(words, client):
    body = result_page(client, "x" * 101)

    assert 'aria-invalid="true"' in body
    assert "x" * 101 in body


def test_words_of_a_visitor_are_stored_nowhere(words, client, caplog):
    caplog.set_level("DEBUG")
    patient = factories.user(Role.DESK)
    client.force_login(patient)
    answer = client.get(reverse("search"), {"q": "secretword"})

    assert answer.headers["Cache-Control"] == "no-store, private"
    assert "secretword" not in caplog.text.replace(answer.request["QUERY_STRING"], "") or "secretword" not in "".join(
        record.getMessage() for record in caplog.records if not record.name.startswith("django.db")
    )
    assert AuditEvent.objects.about_patients().count() == 0
    assert client.get(reverse("search"), {"q": "secretword"}).wsgi_request.session.get("q") is None


def test_anonymous_search_is_in_no_cache(words, client):
    assert client.get(reverse("search"), {"q": "knot"}).headers["Cache-Control"] == "no-store, private"


def test_lost_visitors_find_a_search_box(client):
    body = client.get("/no-such-page/").content.decode()

    form = re.search(r'<form class="search-box".*?</form>', body, re.DOTALL)[0]
    assert f'action="{reverse("search")}"' in form
    assert 'name="q"' in form
