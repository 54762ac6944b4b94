"""Names: what is made right, what is written as it is, and what no name carries."""

import pytest
from django.core.exceptions import ValidationError

from clinic.forms.fields import EmailField, NameField, PhoneField
from clinic.lib import mail_domains, names

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    "name",
    [
        *("O'Neil", "O’Neil", "Anne-Marie", "Müller-Lüdenscheidt", "d'Àvila i Güell", "St. John", "J.R.R.", "Ph.D"),
        *(
            "Sánchez, hijo",
            "Nguyễn Thị Hằng",
            "Ольга",
            "Γιώργος",
            "أحمد",
            "שמעון בן־דוד",
            "山田",
            "ジョン・スミス",
            "김민수",
        ),
        *(
            "ǃXóõ",
            "Kahanamokuʻākea",
            "Ŝušteršić",
            "Raj A/L Kumar",
            "Siti D/O Ahmad",
            "Lim Ah Kow @ Lim Kok",
            "E",
            "X Æ",
        ),
        *("Muhammad (Ali)", "Paral·lel", "می\u200cناز", "ක්\u200dෂමා", "Weiß", "Iñaki", "Ɓaba", "Þór"),
    ],
)
def test_name_of_any_passport_is_written_as_it_is(name):
    assert NameField().clean(name) == name


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("\u202eAnna\u202c", "Anna"),
        ("Jo\u200bnas\ufeff", "Jonas"),
        ("Jo\u00adnas", "Jonas"),
        ("Jo\u200dnas", "Jonas"),  # only some scripts join
        ("Ona\u3164", "Ona"),
        ("Ona \t Petraitė\r\n", "Ona Petraitė"),
        ("Ona\u00a0Marija", "Ona Marija"),
        ("Ａｎｎａ", "Anna"),
        ("𝓐nna", "Anna"),
        ("Аnnа", "Anna"),  # two Cyrillic letters
        ("Oльгa", "Ольга"),  # two Latin letters
        ("Γιώργoς", "Γιώργος"),  # one Latin letter
        ("O`Neil", "O’Neil"),
        ("O´Neil", "O’Neil"),
        ("Anne–Marie", "Anne-Marie"),
        ("St.John", "St. John"),
        ("Petraite\u0307", "Petraitė"),
        ("a" + "\u0301" * 40, "á" + "\u0301" * 3),
    ],
)
def test_what_nobody_sees_is_made_right(typed, name):
    assert NameField().clean(typed) == name


@pytest.mark.parametrize(
    "name",
    [
        *("https://evil.example", "evil.example", "EVIL.COM", "www evil", "Anna evil.co", "ana@mail.example", "x@y"),
        *("пример.рф", "例子.中国", "evil．com", "evil\u200b.com", "mailto:anna", "evil/path", "Anna evil.com/x"),
    ],
)
def test_name_carries_no_address(name):
    with pytest.raises(ValidationError) as refusal:
        NameField().clean(name)

    assert refusal.value.messages == ["Write the name only, without a link or an address."]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("12", "Write the name with letters only."),
        ("R2-D2", "Write the name with letters only."),
        ("Ona ☎", "Write the name with letters only."),
        ("<b>", "Write the name with letters only."),
        ("-.'", "Write the name with letters."),
        ("\u200b", "This field is required."),
    ],
)
def test_what_is_no_name_is_refused(name, sentence):
    with pytest.raises(ValidationError) as refusal:
        NameField().clean(name)

    assert refusal.value.messages == [sentence]


def test_made_right_changes_nothing_the_second_time():
    for typed in ("Аnnа", "St.John", "O`Neil", "a" + "\u0301" * 40, "Raj A/L Kumar"):
        assert names.made_right(names.made_right(typed)) == names.made_right(typed)


def test_addresses_lose_what_nobody_sees():
    assert EmailField().clean("\u200bana@mail.example\u00a0") == "ana@mail.example"
    assert str(PhoneField().clean("\u202a+370 612 34567\u202c")) == "+37061234567"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ana@gmial.com", "ana@gmail.com"),
        ("ana@gmail.con", "ana@gmail.com"),
        ("ana@gmail.co", "ana@gmail.com"),
        ("ana@GMAI.com", "ana@gmail.com"),
        ("ana@hotmial.comm", "ana@hotmail.com"),
        ("ana@clinic-of-mine.con", "ana@clinic-of-mine.com"),
        ("ana@gmail.com", ""),
        ("ana@ymail.com", ""),
        ("ana@gmx.at", ""),
        ("ana@mail.example", ""),
        ("ana", ""),
    ],
)
def test_mistyped_domain_gets_a_hint(typed, meant):
    assert mail_domains.meant(typed) == meant
