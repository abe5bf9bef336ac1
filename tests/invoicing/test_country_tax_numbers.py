"""Tax numbers of countries: what is made canonical, and what is refused."""

from __future__ import annotations

from importlib import import_module

import pytest

from invoicing.countries import country
from invoicing.countries.tax_numbers import validate_tax_number
from invoicing.refusals import InvalidInput
from tests.invoicing.test_countries import EVERY_COUNTRY


@EVERY_COUNTRY
def test_a_country_names_a_module_of_stdnum_that_validates(code: str) -> None:
    place = country(code)
    assert callable(import_module(f"stdnum.{place.tax_number_module}").validate)
    assert place.tax_number_format


@pytest.mark.parametrize(
    ("code", "number", "canonical"),
    [
        ("AT", "U 13585627", "ATU13585627"),
        ("BE", "BE 403.019.261", "BE0403019261"),
        ("CH", "CHE-107.787.577 IVA", "CHE107787577IVA"),
        ("CH", "CHE-107.787.577 vat", "CHE107787577MWST"),
        ("de", "DE 136,695 976", "DE136695976"),
        ("DE", "136695976", "DE136695976"),
        ("ES", "54362315-K", "ES54362315K"),
        ("FR", "Fr 40 303 265 045", "FR40303265045"),
        ("GB", "980 7806 84", "GB980780684"),
        ("GB", "xi 980 7806 84", "XI980780684"),
        ("GR", "GR 094259216", "EL094259216"),
        ("IE", "IE 6433435OA", "IE6433435OA"),
        ("NL", "NL4495445B01", "NL004495445B01"),
        ("NO", "995 525 828 mva", "NO995525828MVA"),
        ("PL", "PL 8567346215", "PL8567346215"),
        ("SE", "SE 123456789701", "SE123456789701"),
        ("US", "91-1144442", "911144442"),
    ],
)
def test_a_tax_number_becomes_canonical(code: str, number: str, canonical: str) -> None:
    assert validate_tax_number(code, number) == canonical
    assert validate_tax_number(code, canonical) == canonical


@pytest.mark.parametrize(
    ("code", "number"),
    [
        ("AT", "U13585626"),
        ("CH", "CHE107787577"),
        ("DE", "DE136695978"),
        ("DE", "FR40303265045"),
        ("FR", "FR84323140391"),
        ("GB", "802311781"),
        ("GR", "EL123456781"),
        ("NO", "995525828"),
        ("US", "07-1144442"),
        ("CY", "CY1025\n9033P"),
        ("DE", ""),
        ("DE", "1" * 41),
    ],
)
def test_a_wrong_tax_number_is_refused_as_not_valid_in_format(code: str, number: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        validate_tax_number(code, number)
    assert caught.value.field == "tax_number"
    assert "format is not valid" in caught.value.message
    assert "registered" not in caught.value.message
    assert not number or number not in caught.value.message


@pytest.mark.parametrize(
    ("wanted", "meant"),
    [
        ("UK", "United Kingdom is GB."),
        ("united kingdom", "United Kingdom is GB."),
        ("Deutschland", "Germany is DE."),
        ("el", "Greece is GR."),
        ("JP", ""),
        ("", ""),
    ],
)
def test_a_country_by_another_name_is_answered_with_its_code(wanted: str, meant: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        country(wanted)
    assert refused.value.message.partition("US.")[2].strip() == meant
