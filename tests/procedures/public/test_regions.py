"""Where does it hurt: each place of the picture leads to muscles whose pain is felt there, and to help before that."""

import re
from pathlib import Path

import pytest
from django.urls import reverse

from procedures.models import BodyArea, BodyRegion, BodyView, Muscle, PainPattern
from procedures.website.body_picture import EDGES, box_of, looks_at
from tests.procedures.public.catalogue_pages import REGIONS, read

pytestmark = pytest.mark.django_db
CARD = re.compile(r'<h4 class="card-heading">(.*?)</h4>')


def names(rows):
    return {muscle.name.capitalize() for muscle in rows}


def group(html, start, end):
    part = html[html.index(start) :]
    return set(CARD.findall(part[: part.index(end)]))


def test_each_place_of_the_picture_leads_to_its_region(client, catalogue):
    html = read(client, "where-does-it-hurt")

    for area in BodyArea.objects.all():
        address = f"{reverse('region', args=[area.region_id])}?place={area.slug}"
        label = f'<a href="{address}" aria-label="{area.name}"> <path class="body-place"'
        assert html.count(label) == 1, area
        assert f'<a class="tap" href="{address}">{area.name}</a>' in html, area


def test_head_on_the_whole_body_is_one_link_to_its_page(client, catalogue):
    html = read(client, "where-does-it-hurt")

    assert html.count(f'<a href="{reverse("region", args=["head"])}" aria-label="Head">') == 2


@pytest.mark.parametrize("key", REGIONS)
def test_region_page_lists_the_muscles_that_lie_there_or_whose_pain_is_felt_there(client, catalogue, key):
    shown = Muscle.objects.for_patients()
    felt_here = shown.filter(pain_pattern__felt_in__region=key).distinct()
    lie_here = shown.filter(region=key).exclude(pk__in=felt_here)

    html = read(client, "region", [key])

    assert group(html, 'id="in-region"', 'class="band"') == names(felt_here) | names(lie_here)
    if lie_here:
        assert group(html, "Muscles that lie here, but hurt somewhere else", 'class="band"') == names(lie_here)


def test_pain_in_the_head_may_come_from_the_shoulder(client, catalogue):
    assert "Top shoulder muscle" in group(read(client, "region", ["head"]), 'id="in-region"', 'class="band"')


@pytest.mark.parametrize("place", ["temple-right", "shoulder-top-left", "buttock-left", "heel-right"])
def test_chosen_place_comes_first_with_the_muscles_felt_just_there(client, catalogue, place):
    area = BodyArea.objects.get(slug=place)
    felt_there = Muscle.objects.for_patients().filter(pain_pattern__felt_in=area)

    html = read(client, "region", [area.region_id], f"?place={place}")

    assert felt_there
    assert group(html, f"Felt here: {area.name}", "Felt near it") == names(felt_there)
    assert f'aria-label="{area.name}" class="is-felt" aria-current="true"' in html
    drawn = re.findall(r'aria-label="Pain felt: (.*?)\. The muscle', html)
    other = "Left" if area.side == "right" else "Right"
    assert drawn
    assert [words for words in drawn if other in words] == []


@pytest.mark.parametrize("place", ["", "nowhere", "heel-left", "'><script>alert(1)</script>"])
def test_place_that_is_not_in_the_region_is_ignored(client, catalogue, place):
    html = read(client, "region", ["head"], f"?place={place}")

    assert "is-felt" not in html
    assert "<script>alert" not in html


def test_muscle_without_a_pattern_is_told_in_words_where_it_lies(client, catalogue):
    PainPattern.objects.filter(muscle="temporalis").delete()

    html = read(client, "region", ["head"])

    assert group(html, "Muscles that lie here", 'class="band"') == {"Temple muscle"}


def test_region_page_without_a_signed_off_muscle_says_so(client, catalogue):
    Muscle.objects.update(is_signed_off=False)

    html = read(client, "region", ["head"])

    assert "Our doctors are still checking this list." in html
    assert CARD.findall(html) == []


def test_region_page_stands_without_a_picture(client, catalogue):
    PainPattern.objects.all().delete()
    BodyRegion.objects.get(key="head").areas.all().delete()

    assert 'id="doctor-first"' in read(client, "region", ["head"])


@pytest.mark.parametrize("key", REGIONS)
def test_region_page_calls_for_help_before_it_books(client, catalogue, key):
    html = read(client, "region", [key])

    warning = html[html.index('id="doctor-first"') :]
    warning = warning[: warning.index("</section>")]
    assert "Call the emergency number if:" in warning
    assert "See a doctor" not in warning
    assert warning.rindex("<li>") < warning.index('href="tel:')
    assert html.index('id="doctor-first"') < html.index('class="button-primary"') < html.index('id="muscles"')


@pytest.mark.parametrize("key", REGIONS)
def test_region_page_leads_to_the_other_regions_and_to_a_visit(client, catalogue, key):
    html = read(client, "region", [key])

    end = html[html.index("Does it hurt in another place?") :]
    assert [other for other in REGIONS if reverse("region", args=[other]) in end] == [k for k in REGIONS if k != key]
    assert 'class="button-quiet"' in end[: end.index("</section>")]


@pytest.mark.parametrize("key", REGIONS)
def test_page_of_each_place_asks_three_times_at_most(client, catalogue, django_assert_max_num_queries, key):
    place = BodyArea.objects.filter(region=key).first()
    read(client, "glossary")  # the words of the glossary are cached for a minute

    with django_assert_max_num_queries(3):
        read(client, "region", [key], f"?place={place.pk}")


def test_every_muscle_has_its_places_and_never_the_belly(catalogue):
    patterns = PainPattern.objects.prefetch_related("felt_in", "lies_in")

    assert len(patterns) == Muscle.objects.count()
    for pattern in patterns:
        felt, lies = ({area.pk for area in areas.all()} for areas in (pattern.felt_in, pattern.lies_in))
        assert felt, pattern
        assert lies, pattern
        assert [slug for slug in felt if slug.startswith("belly")] == []
        for slug in felt | lies:
            other = slug.replace("left", "right") if "left" in slug else slug.replace("right", "left")
            assert other in felt | lies, (pattern, slug)


def test_looks_show_all_areas_and_never_the_other_side_of_the_body(catalogue):
    for view in BodyView.values:
        areas = list(BodyArea.objects.filter(view=view))
        for look in looks_at(areas, least=40, aspect=1.5):
            left, top, width, height = map(float, look.view_box.split())
            first, last = EDGES[look.panel]
            assert first <= left < left + width <= last
            for area in look.areas:
                box = box_of(area.shape)
                assert left <= box.left < box.right <= left + width
                assert top <= box.top < box.bottom <= top + height


def test_corrected_pattern_is_drawn_at_once_though_pages_are_cached(client, catalogue):
    read(client, "region", ["head"])
    read(client, "region", ["head"])

    PainPattern.objects.get(pk="masseter").felt_in.set(["top-of-head"])

    assert 'aria-label="Pain felt: Top of the head. The muscle lies here: Left cheek and jaw."' in read(
        client, "region", ["head"]
    )


def test_picture_of_the_front_page_links_what_it_has_a_shape_for(client):
    keys = re.findall(r'key == "(\w+)"', Path("templates/components/_figure_region.html").read_text())
    assert tuple(keys) == BodyRegion.SHAPES
    for key in ("chest", "thumb"):
        words = dict.fromkeys(["felt_like", "what_we_do", "see_a_doctor_first"], "-")
        BodyRegion.objects.get_or_create(key=key, defaults={"name": key, **words})

    page = client.get(reverse("home")).content.decode()

    assert ('href="/where-does-it-hurt/chest/"' in page, 'href="/where-does-it-hurt/thumb/"' in page) == (True, False)
