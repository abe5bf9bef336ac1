"""An address given as one text: taken apart where its country's form is plain, else not at all, and nothing is lost."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invoicing.countries import COUNTRY_CODES, country
from invoicing.document.parties import Address
from invoicing.render.addresses import address_lines
from invoicing.render.formats import formats_for
from invoicing.text.addresses import TEXT_MAX, parse_address
from invoicing.text.postal_codes import POSTAL_CODES

FIELDS = ("line1", "line2", "postal_code", "city", "region")
Case = tuple[str, str, Address | None]


def cases() -> list[Case]:
    found: list[Case] = []
    for line in (Path(__file__).parent / "addresses.txt").read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        code, text, *fields = (part.strip() for part in line.split("|"))
        expected = Address(**dict(zip(FIELDS, fields, strict=True)), country=code) if fields else None
        found.append((code, text.replace("¶", "\n"), expected))
    return found


CASES = cases()


def test_there_are_cases_of_every_country() -> None:
    taken_apart = Counter(code for code, _, expected in CASES if expected)
    assert sum(taken_apart.values()) >= 150
    assert set(taken_apart) == set(COUNTRY_CODES) == set(POSTAL_CODES)
    assert min(taken_apart.values()) >= 5


@pytest.mark.parametrize(("code", "text", "expected"), CASES, ids=[f"{code} {text!a}" for code, text, _ in CASES])
def test_an_address_is_taken_apart_where_its_countrys_form_is_plain(
    code: str, text: str, expected: Address | None
) -> None:
    assert parse_address(text, code) == expected


@pytest.mark.parametrize(("code", "text", "expected"), [case for case in CASES if case[2]])
def test_no_letter_or_digit_is_lost(code: str, text: str, expected: Address) -> None:
    """All that stands in the fields stands in the text, and what is left of that is the country."""
    left = Counter(letters(text))
    left.subtract(Counter(letters("".join(fields_of(expected)))))
    assert min(left.values(), default=0) >= 0
    names = {"".join(sorted(letters(name))) for name in NAMES_LEFT[code]}
    assert "".join(sorted((+left).elements())) in {"", *names}


def letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).upper()


def fields_of(address: Address) -> tuple[str, ...]:
    return (address.line1, address.line2, address.postal_code, address.city, address.region)


_NAMES = {
    "AT": "Österreich|Austria",
    "BE": "België|Belgium",
    "BG": "Bulgaria|България",
    "CH": "Schweiz|Suisse|Svizzera",
    "CY": "Κύπρος|Cyprus",
    "CZ": "Czech Republic|Česko",
    "DE": "Germany|Deutschland",
    "DK": "Danmark|Denmark",
    "EE": "Eesti|Estonia",
    "ES": "España|Spain",
    "FI": "Suomi|Finland",
    "FR": "France",
    "GB": "UK|United Kingdom|Wales|Northern Ireland",
    "GR": "Greece|Ελλάδα",
    "HR": "Hrvatska|Croatia",
    "HU": "Magyarország|Hungary",
    "IE": "Ireland|Éire",
    "IT": "Italia|Italy",
    "LT": "Lietuva|Lithuania",
    "LU": "Luxembourg",
    "LV": "Latvija|Latvia",
    "MT": "Malta",
    "NL": "Nederland|The Netherlands|Holland",
    "NO": "Norge|Norway",
    "PL": "Polska|Poland",
    "PT": "Portugal",
    "RO": "România|Romania",
    "SE": "Sverige|Sweden",
    "SI": "Slovenija|Slovenia",
    "SK": "Slovensko|Slovakia",
    "US": "USA|United States",
}
# A country's mark before the postal code is one or two letters.
_MARKS = "|A|B|D|E|F|H|I|L|S"
NAMES_LEFT = {
    code: [mark + name for mark in (code, *_MARKS.split("|")) for name in ("", *names.split("|"))]
    for code, names in _NAMES.items()
}


def words(least: int = 1) -> st.SearchStrategy[str]:
    word = st.text("abcdefghijklmnoprstuvzäéøšαβдж", min_size=3, max_size=9).map(str.capitalize)
    return st.lists(word, min_size=least, max_size=2).map(" ".join)


@st.composite
def addresses(draw: st.DrawFn, code: str) -> Address:
    """An ordinary address of a country; a second line and a region only sometimes."""
    number = draw(st.integers(1, 199))
    line1 = f"{draw(words())} {number}{draw(st.sampled_from(['', 'a', '/2', ', Top 3']))}"
    line2 = draw(st.sampled_from(["", "2. Etage", "Unit 4", "c/o Nordin", "Postbox 12, Hof 3"]))
    postal_code = draw(st.from_regex(re.compile(POSTAL_CODES[code], re.ASCII), fullmatch=True))
    # An American town is not told from a street without its state.
    region = draw(st.sampled_from([_REGIONS.get(code, "Westerland"), *([] if code == "US" else [""])]))
    # In English a town of two words may be a street.
    town = draw(words().filter(lambda text: " " not in text or code not in ("GB", "IE", "US")))
    return Address(line1, line2, postal_code, town, region, code)


_REGIONS = {"US": "NY", "IT": "MI", "GB": "East Sussex", "IE": "Co. Clare", "LV": "Ogres novads"}


@pytest.mark.parametrize("abroad", [False, True], ids=["at home", "abroad"])
@pytest.mark.parametrize("code", COUNTRY_CODES)
def test_what_a_country_prints_is_taken_apart_into_the_fields_that_it_was_made_of(code: str, abroad: bool) -> None:
    formats = formats_for(country(code).locale, "EUR")

    @settings(max_examples=25, deadline=None)
    @given(addresses(code))
    def printed(address: Address) -> None:
        assert parse_address("\n".join(address_lines(address, formats, abroad=abroad)), code) == address

    printed()


def test_a_text_in_one_line_keeps_what_stands_before_the_town_in_order() -> None:
    """Where the text has no lines, the first part is the first line, and the rest the second."""
    address = parse_address("Haus Rose, Hof 3, Hauptstr. 5, 10115 Berlin", "DE")
    assert address == Address("Haus Rose", "Hof 3, Hauptstr. 5", "10115", "Berlin", "", "DE")
    lines = parse_address("Haus Rose, Hof 3\nHauptstr. 5\n10115 Berlin", "DE")
    assert lines == Address("Haus Rose, Hof 3", "Hauptstr. 5", "10115", "Berlin", "", "DE")


@given(st.text(max_size=80), st.sampled_from(COUNTRY_CODES))
def test_any_text_is_taken_apart_or_not_but_never_a_defect(text: str, code: str) -> None:
    found = parse_address(text, code)
    if found is not None:
        assert not Counter(letters("".join(fields_of(found)))) - Counter(letters(unicodedata.normalize("NFC", text)))


def test_a_text_that_is_too_long_or_empty_is_no_address() -> None:
    assert parse_address("a" * TEXT_MAX + ", 10115 Berlin", "DE") is None
    assert parse_address(" , \n", "DE") is None
    assert parse_address("Deutschland", "DE") is None


def test_what_almost_is_an_address_again_and_again_is_read_to_its_end() -> None:
    """A pattern that tries every way to read such a text never comes to an end."""
    for code in COUNTRY_CODES:
        for text in ("1 " * 249, "a " * 249, "12345 " * 83, "a-1 " * 125, "(" * 499):
            parse_address(text, code)
