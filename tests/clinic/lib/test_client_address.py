import pytest

from clinic.lib.client_address import address_mark, client_address, place_of


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "8.8.8.8", "127.0.0.1"),
        (1, "8.8.8.8", "8.8.8.8"),
        (1, "1.2.3.4, 8.8.8.8", "8.8.8.8"),
        (2, "1.2.3.4, 8.8.8.8", "1.2.3.4"),
        (2, "8.8.8.8", None),
        (1, "nonsense", None),
    ],
)
def test_client_address_believes_only_our_own_proxies(rf, settings, proxies, forwarded, expected):
    settings.TRUSTED_PROXIES = proxies

    assert client_address(rf.get("/", headers={"x-forwarded-for": forwarded})) == expected


def test_address_mark_tells_two_addresses_apart_without_naming_them(rf):
    marks = [address_mark(rf.get("/", REMOTE_ADDR=address)) for address in ("8.8.8.8", "8.8.4.4", "8.8.8.8")]

    assert (marks[0] == marks[2], marks[0] == marks[1], "8.8" in marks[0]) == (True, False, False)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.7", "::1", ""])
def test_address_mark_is_empty_for_an_address_that_tells_nothing(rf, address):
    assert address_mark(rf.get("/", REMOTE_ADDR=address)) == ""


@pytest.mark.parametrize(
    ("first", "second", "is_one_home"),
    [
        ("2a02:4780:1:2::1", "2a02:4780:1:2:ffff:ffff:ffff:ffff", True),
        ("2a02:4780:1:2::1", "2a02:4780:1:3::1", False),
        ("8.8.8.8", "::ffff:8.8.8.8", True),
        ("::ffff:8.8.8.8", "::ffff:8.8.4.4", False),
        ("8.8.8.8", "8.8.8.9", False),
    ],
)
def test_place_of_takes_one_line_of_ipv6_for_one_home(rf, first, second, is_one_home):
    """Whoever has a /64 chooses among 18 trillion million addresses."""
    places = [place_of(rf.get("/", REMOTE_ADDR=address)) for address in (first, second)]

    assert (places[0] == places[1]) is is_one_home
    assert [place.is_shared for place in places] == [False, False]


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.7", "::1", "fe80::1", "::ffff:10.0.0.7", ""])
def test_place_of_knows_that_many_may_share_an_address_and_tells_it_apart_all_the_same(rf, address):
    place = place_of(rf.get("/", REMOTE_ADDR=address))

    assert (place.is_shared, len(place.mark)) == (True, 64)


def test_place_of_an_unknown_address_is_a_place_too(rf, settings):
    settings.TRUSTED_PROXIES = 1

    assert place_of(rf.get("/")).is_shared
