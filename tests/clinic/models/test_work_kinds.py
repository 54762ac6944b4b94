"""A package registers its kinds of work items: who ends them, how urgent they are, where they are dealt with."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from clinic import worklist
from clinic.errors import DomainError, MoveNotAllowed
from clinic.models import Role, WorkItem
from clinic.models.work_kinds import WORK_KINDS, EndedBy, Step, WorkKind, choices, each
from tests import factories
from tests.factories import NOW
from tests.web import as_, text

pytestmark = pytest.mark.django_db
DESK, PHYSICIAN, PHYSIOTHERAPIST, MANAGER, EITHER = EndedBy


@pytest.fixture
def registered():
    """Registers a kind of some other package, until the test ends."""
    ours = []

    def registered(code="plants", label="Water the plants", **rules):
        ours.append(WORK_KINDS.register(WorkKind(code, label, **rules)))
        return ours[-1]

    yield registered
    for kind in ours:
        WORK_KINDS.unregister(kind)


def opened(kind, *, cause=1, **fields):
    worklist.open(kind, cause=cause, **{"what_to_say": "Half a litre each.", "due_at": NOW} | fields)
    return WorkItem.objects.get(kind=kind.code, cause=cause)


def physician():
    person = factories.practitioner()
    person.user = factories.user(Role.PHYSICIAN)
    person.save()
    return person.user


def sees(user, item):
    return item in WorkItem.objects.visible_to(user)


def test_new_kind_needs_no_migration(registered):
    kind = registered()

    call_command("makemigrations", "--check", "--dry-run", verbosity=0)

    assert (kind.code, kind.label) in choices()
    assert str(opened(kind)) == "Water the plants"


@pytest.mark.parametrize(("ended_by", "by_desk", "by_physician"), [(DESK, True, False), (PHYSICIAN, False, True)])
def test_kind_says_who_ends_it_and_physicians_see_what_is_theirs(registered, desk, ended_by, by_desk, by_physician):
    item = opened(registered(ended_by=ended_by))

    assert (sees(desk, item), sees(physician(), item)) == (True, by_physician)
    assert item.is_for_physicians is not by_desk
    if not by_desk:
        with pytest.raises(MoveNotAllowed, match="A physician has to do this"):
            worklist.complete(item, by=desk, at=NOW)
    assert WorkItem.objects.due(at=NOW).get() == item


def test_what_a_physiotherapist_does_is_shown_to_physiotherapists_only(registered, desk):
    item = opened(registered(ended_by=PHYSIOTHERAPIST))
    therapist = factories.colleague(Role.PHYSIOTHERAPIST).user

    assert [sees(user, item) for user in (therapist, desk, physician())] == [True, False, False]
    with pytest.raises(MoveNotAllowed, match="A physiotherapist has to do this"):
        worklist.complete(item, by=desk, at=NOW)


def test_what_only_a_manager_does_is_seen_by_managers(registered, desk):
    item = opened(registered(ended_by=MANAGER))

    assert [sees(user, item) for user in (factories.user(Role.MANAGER), desk, physician())] == [True, False, False]
    with pytest.raises(MoveNotAllowed, match="A manager has to do this"):
        worklist.complete(item, by=desk, at=NOW)


def test_whoever_is_first_ends_what_both_may(registered, desk):
    item = opened(registered(ended_by=EITHER, needs_a_note=True))

    with pytest.raises(DomainError, match="Write what was said and done"):
        worklist.complete(item, by=desk, at=NOW)
    worklist.complete(item, by=desk, note="They drank it all.", at=NOW)

    assert (sees(physician(), item), item.status, item.ended_by) == (True, "completed", desk)


def test_urgent_kind_stands_first_and_cannot_wait(registered):
    older = opened(registered("calm"), due_at=NOW - timedelta(days=9))
    urgent = opened(registered("fire", is_urgent=True))

    assert list(WorkItem.objects.urgent_first()) == [urgent, older]
    assert list(WorkItem.objects.urgent()) == [urgent]
    with pytest.raises(MoveNotAllowed, match="This cannot wait"):
        worklist.postpone(urgent, until=NOW + timedelta(days=1))


@pytest.mark.time_machine(NOW, tick=False)
def test_pages_offer_the_steps_of_a_kind_that_they_do_not_know(registered, desk):
    step = each(lambda item: [Step("Fetch the can", f"/cans/{item.cause}/")])
    opened(registered(ended_by=EITHER, desk_steps=step, practice_steps=step), cause=7, patient=factories.patient())

    for user, page in [(desk, "/desk/work/"), (physician(), "/practice/")]:
        assert 'href="/cans/7/"' in text(as_(user).get(page))


@pytest.mark.time_machine(NOW, tick=False)
def test_item_of_a_package_that_was_uninstalled_is_shown_and_can_be_done(desk):
    item = opened(WorkKind("gone", "Gone"))

    page = as_(desk).get("/desk/work/")
    worklist.complete(item, by=desk, at=NOW)

    assert (item.what_to_say in text(page), item.is_urgent, item.status) == (True, False, "completed")


def test_steps_ask_once_for_all_items_of_a_kind(registered):
    asked = []

    def steps_of(items):
        asked.append(len(items))
        return [[] for _item in items]

    kind = registered(desk_steps=steps_of)
    items = [opened(kind, cause=cause) for cause in range(3)]

    worklist.add_steps(items, door="desk")

    assert (asked, [item.steps for item in items]) == ([3], [[], [], []])
