"""Numbers of businesses and people: each kind's check, its form and label on paper, and the field that takes it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from invoicing.countries import COUNTRY_CODES, country
from invoicing.countries.identifiers import business_number, check_number, identified, named_field
from invoicing.countries.odd_codes import odd_code
from invoicing.countries.registration import NumberField
from invoicing.document.documents import Document
from invoicing.document.parties import Party
from invoicing.refusals import InvalidInput
from tests.support.printed import invoice, printed

EVERY_COUNTRY = pytest.mark.parametrize("code", COUNTRY_CODES)

# A number of every kind, from the documentation of python-stdnum or of its register, as typed and as it is kept.
NUMBERS: list[tuple[str, NumberField, str, str, str]] = [
    ("AT", "tax_office_number", "59-119/9013", "59-119/9013", "Steuernummer"),
    ("AT", "registration_number", "FN 122119m", "FN 122119m", "Firmenbuchnummer"),
    ("BE", "registration_number", "0403019261", "0403.019.261", "Ondernemingsnummer"),
    ("BE", "tax_office_number", "85073003328", "85.07.30-033.28", "Rijksregisternummer"),
    ("BG", "registration_number", "175074752", "175074752", "ЕИК"),
    ("BG", "tax_office_number", "7523169263", "7523169263", "ЕГН"),
    ("CH", "registration_number", "che107787577", "CHE-107.787.577", "UID"),
    ("CH", "tax_office_number", "7569217076985", "756.9217.0769.85", "AHV-Nr."),
    ("CY", "tax_office_number", "10259033P", "10259033P", "ΑΦΤ"),
    ("CY", "registration_number", "HE 123456", "HE 123456", "Αριθμός εγγραφής"),
    ("CZ", "registration_number", "25123891", "25123891", "IČO"),
    ("CZ", "tax_office_number", "710319/2745", "710319/2745", "Rodné číslo"),
    ("DE", "tax_office_number", "181/815/08155", "181/815/08155", "Steuernummer"),
    ("DE", "tax_office_number", "DE136695976-00001", "DE136695976-00001", "W-IdNr."),
    ("DE", "tax_office_number", "36574261809", "36 574 261 809", "Steuer-IdNr."),
    ("DE", "registration_number", "HRB 12345", "HRB 12345", "Handelsregisternummer"),
    ("DK", "registration_number", "13585628", "13585628", "CVR-nr."),
    ("DK", "tax_office_number", "2110625629", "211062-5629", "CPR-nr."),
    ("EE", "registration_number", "12345678", "12345678", "Registrikood"),
    ("EE", "tax_office_number", "36805280109", "36805280109", "Isikukood"),
    ("ES", "tax_office_number", "54362315K", "54362315K", "NIF"),
    ("ES", "tax_office_number", "x2482300w", "X2482300W", "NIF"),
    ("FI", "registration_number", "20774740", "2077474-0", "Y-tunnus"),
    ("FI", "tax_office_number", "131052-308T", "131052-308T", "Henkilötunnus"),
    ("FR", "registration_number", "303265045", "303 265 045", "SIREN"),
    ("FR", "registration_number", "73282932000074", "732 829 320 00074", "SIRET"),
    ("FR", "tax_office_number", "3023217600053", "30 23 217 600 053", "N° fiscal"),
    ("GB", "registration_number", "SC123456", "SC123456", "Company no."),
    ("GB", "tax_office_number", "1955839661", "1955839661", "UTR"),
    ("GR", "tax_office_number", "094259216", "094259216", "ΑΦΜ"),
    ("GR", "registration_number", "123456789000", "123456789000", "Αρ. Γ.Ε.ΜΗ."),
    ("HR", "tax_office_number", "33392005961", "33392005961", "OIB"),
    ("HU", "tax_office_number", "12892312242", "12892312-2-42", "Adószám"),
    ("HU", "tax_office_number", "8123456789", "8123456789", "Adóazonosító jel"),
    ("HU", "registration_number", "0109123456", "01-09-123456", "Cégjegyzékszám"),
    ("IE", "tax_office_number", "6433435F", "6433435F", "Tax reference no."),
    ("IT", "tax_office_number", "rccmnl83s18d969h", "RCCMNL83S18D969H", "Codice fiscale"),
    ("IT", "registration_number", "MI-1234567", "MI-1234567", "Numero REA"),
    ("LT", "registration_number", "119511515", "119511515", "Įmonės kodas"),
    ("LT", "tax_office_number", "33309240064", "33309240064", "Asmens kodas"),
    ("LU", "registration_number", "B 123456", "B 123456", "N° RCS"),
    ("LU", "tax_office_number", "1990123112345", "1990123112345", "Matricule"),
    ("LV", "registration_number", "40003521600", "40003521600", "Reģ. Nr."),
    ("LV", "tax_office_number", "161175-19997", "161175-19997", "Personas kods"),
    ("MT", "tax_office_number", "11679112", "11679112", "Article 11 no."),
    ("NL", "registration_number", "12345678", "12345678", "KVK-nummer"),
    ("NL", "tax_office_number", "111222333", "111222333", "RSIN"),
    ("NO", "registration_number", "995525828", "995 525 828", "Org.nr."),
    ("NO", "tax_office_number", "15108695088", "151086 95088", "Fødselsnummer"),
    ("PL", "tax_office_number", "856-734-62-15", "8567346215", "NIP"),
    ("PL", "tax_office_number", "44051401359", "44051401359", "PESEL"),
    ("PL", "registration_number", "192598184", "192598184", "REGON"),
    ("PT", "tax_office_number", "501964843", "501964843", "NIF"),
    ("PT", "registration_number", "501964843", "501964843", "NIPC"),
    ("RO", "tax_office_number", "18547290", "18547290", "CIF"),
    ("RO", "tax_office_number", "1630615123457", "1630615123457", "CNP"),
    ("RO", "registration_number", "J52/750/2012", "J52/750/2012", "Nr. Reg. Com."),
    ("SE", "registration_number", "5560370867", "556037-0867", "Organisationsnummer"),
    ("SE", "tax_office_number", "880320-0016", "880320-0016", "Personnummer"),
    ("SI", "tax_office_number", "50223054", "50223054", "Davčna številka"),
    ("SI", "registration_number", "9331310000", "9331310000", "Matična številka"),
    ("SK", "registration_number", "36421928", "36421928", "IČO"),
    ("SK", "tax_office_number", "2022749619", "2022749619", "DIČ"),
    ("US", "tax_office_number", "123-45-6789", "123-45-6789", "TIN"),
]

# What is given in the wrong field, and what the refusal says.
MISPLACED: list[tuple[str, NumberField, str, str]] = [
    ("SE", "tax_number", "556037-0867", "registration_number; the VAT number is SE556037086701"),
    ("NO", "tax_number", "995525828", "registration_number; the VAT number is NO995525828MVA"),
    ("CH", "tax_number", "CHE-107.787.577", "registration_number; the VAT number is CHE107787577MWST"),
    ("FR", "tax_number", "303265045", "registration_number; the VAT number is FR40303265045"),
    ("HU", "tax_number", "12892312-2-42", "tax_office_number; the VAT number is HU12892312"),
    ("IT", "tax_number", "RCCMNL83S18D969H", "tax_office_number"),
    ("DE", "tax_number", "181/815/08155", "tax_office_number"),
    ("DE", "registration_number", "181/815/08155", "tax_office_number"),
    ("DE", "tax_office_number", "DE136695976", "tax_number"),
    ("NO", "registration_number", "NO995525828MVA", "tax_number"),
    ("NO", "tax_office_number", "995525828", "registration_number"),
    ("PL", "tax_office_number", "PL8567346215", "tax_number, or without PL as the NIP"),
    ("PL", "tax_number", "44051401359", "tax_office_number"),
    ("RO", "tax_office_number", "RO18547290", "tax_number, or without RO as the CIF"),
    ("GB", "tax_number", "1955839661", "tax_office_number"),
    ("GB", "registration_number", "GB980780684", "tax_number"),
    ("FI", "tax_office_number", "2077474-0", "registration_number"),
    ("CZ", "tax_office_number", "25123891", "registration_number"),
    ("SK", "tax_number", "36421928", "registration_number"),
    ("BE", "tax_office_number", "BE0403019261", "tax_number"),
]


@pytest.mark.parametrize(("code", "field", "typed", "kept", "label"), NUMBERS)
def test_a_number_is_kept_as_its_country_writes_it_and_called_by_its_name(
    code: str, field: NumberField, typed: str, kept: str, label: str
) -> None:
    assert check_number(code, field, typed) == kept
    assert check_number(code, field, kept) == kept
    found = identified(code, field, kept)
    assert found is not None
    assert found.label == label


def test_every_checked_kind_of_every_country_is_tried_with_a_number() -> None:
    tried = {(code, label) for code, _, _, _, label in NUMBERS}
    kinds = {(code, one.label) for code in COUNTRY_CODES for one in country(code).identifiers if one.module}
    assert kinds - tried <= {("GR", "ΑΜΚΑ"), ("NL", "Omzetbelastingnummer"), ("SI", "EMŠO"), ("SK", "Rodné číslo")}


@pytest.mark.parametrize(("code", "field", "typed", "says"), MISPLACED)
def test_a_refusal_says_which_field_takes_the_number(code: str, field: NumberField, typed: str, says: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_number(code, field, typed)
    assert refused.value.field == field
    assert f"give it as {says}" in refused.value.message


@pytest.mark.parametrize(
    ("code", "field", "typed", "named"),
    [
        ("NO", "registration_number", "995525829", "Org.nr."),
        ("SE", "registration_number", "556037-0868", "Organisationsnummer"),
        ("FR", "registration_number", "303265046", "SIREN"),
        ("CH", "registration_number", "CHE-107.787.578", "UID"),
        ("CZ", "registration_number", "25123890", "IČO"),
        ("IT", "tax_office_number", "RCCMNL83S18D969X", "Codice fiscale"),
        ("HU", "tax_office_number", "12892313-2-42", "Adószám"),
        ("DE", "tax_office_number", "12", "Steuernummer (10 to 13 digits"),
    ],
)
def test_a_slip_in_a_number_is_refused_with_the_form_of_its_kind(
    code: str, field: NumberField, typed: str, named: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_number(code, field, typed)
    assert refused.value.field == field
    assert named in refused.value.message


@pytest.mark.parametrize("text", ["HRB 12345, Amtsgericht Köln", "VR 4711", "keine"])
def test_a_text_of_a_register_that_no_check_knows_stays_as_typed(text: str) -> None:
    assert check_number("DE", "registration_number", text) == text


def test_countries_without_a_file_take_any_number() -> None:
    assert check_number("XK", "tax_number", "810123456") == "810123456"
    assert check_number("JP", "registration_number", "5010401089998") == "5010401089998"


@EVERY_COUNTRY
def test_every_country_has_an_identifier_with_a_label_a_form_and_a_term(code: str) -> None:
    place = country(code)
    assert place.identifiers
    for one in place.identifiers:
        assert one.form
        assert one.term(seller=True) in ("BT-29", "BT-30", "BT-32")
        assert one.term(seller=False) in ("BT-46", "BT-47")


def test_fields_are_asked_for_by_their_local_names() -> None:
    assert named_field(country("DE"), "tax_office_number") == "tax_office_number (Steuernummer)"
    assert named_field(country("IT"), "tax_number") == "tax_number (P. IVA)"
    assert named_field(country("NO"), "registration_number") == "registration_number (Org.nr.)"
    assert named_field(country("NO"), "city") == "city"


def test_the_number_of_a_business_is_found_in_its_vat_number() -> None:
    assert business_number("CH", "CHE107787577MWST") == "CHE-107.787.577"
    assert business_number("NO", "NO995525828MVA") == "995 525 828"
    assert business_number("DE", "DE136695976") == ""


@pytest.mark.parametrize(
    ("code", "says"),
    [("XI", "GB"), ("EL", "GR"), ("uk", "GB"), ("IC", "ES"), ("XC", "ES"), ("XS", "RS"), ("EU", "member state")],
)
def test_odd_codes_of_countries_are_explained(code: str, says: str) -> None:
    assert says in odd_code(code)
    assert odd_code("FR") == ""


def test_the_paper_names_each_number_of_seller_and_buyer_in_its_own_language() -> None:
    made = invoice("DE")
    text = printed(with_numbers(made, tax_office_number="181/815/08155", registration_number="HRB 12345"))
    assert "USt-IdNr. DE136695976\nSteuernummer 181/815/08155\nHandelsregisternummer HRB 12345" in text
    swiss = replace(invoice("CH"), locale="fr_CH")
    assert "IDE CHE-107.787.577" in printed(with_numbers(swiss, registration_number="CHE-107.787.577"))
    abroad = replace(invoice("DE", "FR"), locale="en_GB")
    assert "Tax reference 181/815/08155" in printed(with_numbers(abroad, tax_office_number="181/815/08155"))


@pytest.mark.parametrize("code", ["GP", "MQ", "GF", "RE", "YT", "BL", "MF", "PM"])
def test_a_business_in_a_french_territory_has_the_numbers_of_france(code: str) -> None:
    assert check_number(code, "registration_number", "303265045") == "303 265 045"
    with pytest.raises(InvalidInput, match="give it as registration_number"):
        check_number(code, "tax_number", "303265045")
    made = invoice("FR")
    buyer = Party("Vanille SARL", replace(made.buyer.address, country=code), "", "303 265 045")
    assert "Client\nSIREN 303 265 045" in printed(replace(made, buyer=buyer)).replace("\u00a0", " ")


def test_a_business_in_aland_has_the_numbers_of_finland() -> None:
    assert check_number("AX", "registration_number", "20774740") == "2077474-0"


def with_numbers(document: Document, **numbers: str) -> Document:
    seller: Party = replace(document.seller, **numbers)  # type: ignore[arg-type]  # Fields that are texts.
    return replace(document, seller=seller)
