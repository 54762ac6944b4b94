import pytest

from clinic.lib.client_address import address_mark, client_address


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
