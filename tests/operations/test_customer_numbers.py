"""Numbers of customers: each in its field, and on the paper under its name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from invoicing.document.readiness import customer_gaps, named_gaps
from invoicing.refusals import InvalidInput, Refusal
from operations.customers import find_customers
from storage.books.profile import load_profile
from tests.support.practice import practice
from tests.support.printed import printed


async def refusal(act: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await act
    return caught.value


@pytest.mark.parametrize(
    ("country", "numbers", "shows"),
    [
        ("IT", {"tax_office_number": "rccmnl83s18d969h", "consumer": True}, "Codice fiscale RCCMNL83S18D969H"),
        ("ES", {"tax_office_number": "54362315K", "consumer": True}, "NIF 54362315K"),
        ("NO", {"registration_number": "995525828"}, "Org.nr. 995 525 828"),
        ("CH", {"registration_number": "CHE-107.787.577"}, "UID CHE-107.787.577"),
        ("SE", {"registration_number": "556037-0867"}, "Organisationsnummer 556037-0867"),
        ("FR", {"registration_number": "73282932000074"}, "SIRET 732 829 320 00074"),
        ("PL", {"tax_office_number": "8567346215"}, "NIP 8567346215"),
        ("HU", {"tax_office_number": "12892312-2-42"}, "Adószám 12892312-2-42"),
        ("BG", {"registration_number": "175074752"}, "ЕИК 175074752"),
        ("RO", {"tax_office_number": "18547290"}, "CIF 18547290"),
    ],
)
async def test_a_buyer_at_home_has_its_own_kind_of_number_on_the_paper(
    tmp_path: Path, country: str, numbers: dict[str, str | bool], shows: str
) -> None:
    async with practice(tmp_path, country=country) as one:
        books = one.books(one.organization)
        buyer = await one.customer(books, **{"country": country, **numbers})  # type: ignore[arg-type]  # No name.
        issued = await one.issue(books, buyer.id)
        assert shows in printed(issued.document)
        number = shows.split(" ", 1)[1].split()[-1]
        assert issued.document.buyer.tax_number == ""
        if "tax_office_number" in numbers:
            found = await find_customers(books, query=number, cursor="", limit=5)
            assert [customer.id for customer in found.items] == [buyer.id]


@pytest.mark.parametrize(
    ("country", "numbers", "field", "says"),
    [
        ("SE", {"tax_number": "556037-0867"}, "tax_number", "registration_number; the VAT number is SE556037086701"),
        ("NO", {"tax_number": "995525828"}, "tax_number", "registration_number; the VAT number is NO995525828MVA"),
        ("IT", {"tax_number": "RCCMNL83S18D969H"}, "tax_number", "tax_office_number"),
        ("DE", {"tax_office_number": "DE136695976"}, "tax_office_number", "tax_number"),
    ],
)
async def test_a_number_in_the_wrong_field_is_refused_with_the_right_one(
    tmp_path: Path, country: str, numbers: dict[str, str], field: str, says: str
) -> None:
    async with practice(tmp_path) as one:
        books = one.books(one.organization)
        refused = await refusal(one.customer(books, country=country, **numbers))
        assert (type(refused), refused.field) == (InvalidInput, field)
        assert f"give it as {says}" in refused.message


@pytest.mark.parametrize("country", ["IT", "PL", "RO", "HU", "PT", "GR", "HR", "BG", "BE"])
async def test_a_business_that_is_not_registered_needs_no_vat_number(tmp_path: Path, country: str) -> None:
    """Laws that want a number of the buyer are content with the one that it has."""
    numbers = {
        "IT": {"tax_office_number": "RCCMNL83S18D969H"},
        "PL": {"tax_office_number": "8567346215"},
        "RO": {"tax_office_number": "18547290"},
        "HU": {"tax_office_number": "12892312-1-42"},
        "PT": {"tax_office_number": "501964843"},
        "GR": {"tax_office_number": "094259216"},
        "HR": {"tax_office_number": "33392005961"},
        "BG": {"registration_number": "175074752"},
        "BE": {"registration_number": "0403.019.261"},
    }
    async with practice(tmp_path, country=country) as one:
        books = one.books(one.organization)
        refused = await one.customer(books, country=country)
        profile = await books.read(load_profile)
        assert customer_gaps(profile, refused) == ("tax_number",)
        assert "(" in named_gaps(refused, ("tax_number",))
        assert customer_gaps(profile, await one.customer(books, country=country, **numbers[country])) == ()


async def test_kosovo_is_a_country_of_customers(tmp_path: Path) -> None:
    """It has no code in ISO 3166-1; XK is what everybody writes."""
    async with practice(tmp_path, country="DE") as one:
        books = one.books(one.organization)
        buyer = await one.customer(books, country="xk", tax_number="810123456")
        assert (buyer.country, buyer.tax_number) == ("XK", "810123456")
        assert "Kosovo" in printed((await one.issue(books, buyer.id)).document)


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("XI", "Northern Ireland is GB; only the VAT numbers of its trade in goods with the EU begin with XI"),
        ("EL", "Greece is GR"),
        ("UK", "United Kingdom is GB"),
        ("IC", "The Canary Islands are ES"),
        ("EU", "give the member state"),
    ],
)
async def test_codes_that_are_none_are_explained(tmp_path: Path, code: str, says: str) -> None:
    async with practice(tmp_path) as one:
        refused = await refusal(one.customer(one.books(one.organization), country=code))
        assert refused.field == "country"
        assert says in refused.message
