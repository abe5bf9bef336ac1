"""The codes of single countries, read off the printed page by a decoder that did not make them."""

from __future__ import annotations

import base64
import lzma
import zlib
from dataclasses import replace
from datetime import date

import pypdfium2 as pdfium  # type: ignore[import-untyped]  # It ships no type information.
import pytest
import zxingcpp

from invoicing.appearance.branding import Branding
from invoicing.appearance.local_codes import SpaydCode, upn_code
from invoicing.appearance.payment_codes import EpcCode, payment_code
from invoicing.countries import country
from invoicing.document.documents import Document, DocumentKind
from invoicing.document.parties import Address, Party, PaymentDetails
from invoicing.document.payable import Instalment
from invoicing.organizations import Environment
from invoicing.payment.references import candidates, parse_rule
from invoicing.render.pdf import render_pdf
from tests.support.printed import invoice, pages_of, printed

IBANS = {
    "BE": "BE68539007547034",
    "CH": "CH4431999123000889012",
    "CZ": "CZ6508000000192000145399",
    "EE": "EE382200221020145685",
    "FI": "FI2112345600000785",
    "HR": "HR1210010051863000160",
    "SI": "SI56191000000123438",
    "SK": "SK3112000000198742637541",
}
_FORMATS = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.PDF417])
_BY_SQUARE = ({"id": lzma.FILTER_LZMA1, "dict_size": 1 << 17, "lc": 3, "lp": 0, "pb": 2},)


def at_home(seller: str, *, buyer: str = "", rule: str = "", currency: str = "") -> Document:
    """An invoice of 89.25 that is paid to an account in the seller's country, with the reference that it has there."""
    place, buyer = country(seller), buyer or seller
    made = parse_rule(rule or place.payment.reference, field="reference_rule")
    document = invoice("DE")
    return replace(
        document,
        seller=Party("Čašnik Žito d.o.o.", Address("Šolska ulica 5", "", "1000", "Ljubljana", "", seller)),
        buyer=Party("Hotel Đurđa Ω", Address("Trg 7", "", "2000", "Maribor", "", buyer)),
        currency=currency or place.currency,
        locale=place.locale,
        payment=PaymentDetails(
            iban=IBANS[seller],
            reference_rule=made.text,
            reference=next(candidates(made, document.number), ""),
        ),
    )


def read(document: Document) -> zxingcpp.Barcode:
    """The one code on the printed page."""
    (found,) = all_read(document)
    return found


def all_read(document: Document, branding: Branding | None = None) -> list[zxingcpp.Barcode]:
    with pdfium.PdfDocument(render_pdf(document, branding or Branding())) as opened:
        pages = [page.render(scale=3).to_pil().convert("L") for page in opened]
    return [
        code
        for page in pages
        for code in zxingcpp.read_barcodes(page, formats=_FORMATS, try_rotate=False, try_invert=False)
    ]


def by_square(text: str) -> list[str]:
    """What a PAY by square code says, by the published form: header, length, compressed checksum and table."""
    raw = base64.b32hexdecode(text + "=" * (-len(text) % 8))
    length = int.from_bytes(raw[2:4], "little")
    checked = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=_BY_SQUARE).decompress(raw[4:], length)
    assert (raw[:2], len(checked)) == (bytes(2), length)
    assert zlib.crc32(checked[4:]) == int.from_bytes(checked[:4], "little")
    return checked[4:].decode().split("\t")


def test_a_czech_invoice_bears_a_spayd_code() -> None:
    code = read(at_home("CZ"))
    assert code.format == zxingcpp.BarcodeFormat.QRCode
    assert code.text.split("*") == [
        "SPD",
        "1.0",
        "ACC:CZ6508000000192000145399",
        "AM:89.25",
        "CC:CZK",
        "DT:20260415",
        "RN:CASNIK ZITO D.O.O.",
        "X-VS:202600042",
        "MSG:INV-2026-00042",
    ]


def test_what_a_spayd_code_gives_a_meaning_to_is_escaped_and_the_bank_stands_behind_the_account() -> None:
    document = at_home("CZ")
    payment = replace(document.payment, bic="GIBACZPX", account_holder="50% * a + b")
    code = payment_code(replace(document, payment=payment))
    assert isinstance(code, SpaydCode)
    assert "ACC:CZ6508000000192000145399+GIBACZPX*" in code.text
    assert "RN:50%25 %2A A + B*" in code.text


def test_a_slovak_invoice_bears_a_pay_by_square_code() -> None:
    table = by_square(read(at_home("SK")).text)
    assert table == [
        "", "1", "1", "89.25", "EUR", "20260415", "202600042", "", "", "", "INV-2026-00042",
        "1", IBANS["SK"], "", "0", "0", "Čašnik Žito d.o.o.", "", "",
    ]  # fmt: skip


def test_the_reader_of_pay_by_square_reads_what_another_program_wrote() -> None:
    # The example of easyWEBsro/PayBySquareDecoder on GitHub: so the reader itself can be trusted.
    written = (
        "0006Q0000UAT63HVES6GL5A5A0O9NSPEEHUHIEP70EG9LM6LU6EBNQ8KG6RB2N2LUIHMVTV51KQ77DGFC25KM2S9V46EQSN5GSD9J1N4"
        "BKT1L9ASVOOT1LPOMAO66IS2BHJDCNA4D9LFKG9MTFLISBD36O5CQQNJIBB2TJILQVVN684000"
    )
    assert by_square(written)[3:9] == ["100", "EUR", "20200316", "789", "123", "456"]


def test_a_slovenian_invoice_bears_a_upn_code_of_version_15_in_latin_2() -> None:
    document = at_home("SI")
    code = read(document)
    lines = code.text.split("\n")
    assert lines[:19] == [
        "UPNQR", "", "", "", "", "Hotel Đurđa O", "Trg 7", "2000 Maribor", "00000008925", "", "", "OTHR",
        "INV-2026-00042", "15.04.2026", IBANS["SI"], "SI122026000425",
        "Čašnik Žito d.o.o.", "Šolska ulica 5", "1000 Ljubljana",
    ]  # fmt: skip
    content = code.text.encode("iso8859-2")
    assert int(lines[19]) == len(content) - len("000\n")
    assert lines[20:] == [""]
    assert bytes(code.bytes) == content
    assert code.ec_level == "M"
    made = payment_code(document)
    assert made == upn_code(document)


def test_a_croatian_invoice_bears_a_hub_code_that_is_no_qr_code() -> None:
    code = read(at_home("HR"))
    assert code.format == zxingcpp.BarcodeFormat.PDF417
    assert code.text.split("\n") == [
        "HRVHUB30", "EUR", "000000000008925",
        "Hotel Đurđa O", "Trg 7", "2000 Maribor",
        "Čašnik Žito d.o.o.", "Šolska ulica 5", "1000 Ljubljana",
        IBANS["HR"], "HR00", "202600042", "OTHR", "INV-2026-00042", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("seller", "buyer", "reference"),
    [
        ("FI", "FI", "RF242026000422"),
        ("FI", "DE", "RF242026000422"),
        ("EE", "EE", "RF242026000422"),
        ("BE", "BE", "020260004222"),
    ],
)
def test_the_epc_code_has_the_reference_in_its_own_field_and_no_free_text(
    seller: str, buyer: str, reference: str
) -> None:
    abroad = country(seller).payment.reference_abroad if buyer != seller else ""
    lines = read(at_home(seller, buyer=buyer, rule=abroad)).text.split("\n")
    assert lines[:4] == ["BCD", "002", "1", "SCT"]
    assert lines[6:] == [IBANS[seller], "EUR89.25", "", reference]


@pytest.mark.parametrize("seller", ["CZ", "SK", "SI", "HR"])
def test_a_buyer_abroad_who_pays_in_euros_gets_the_code_of_all_banks(seller: str) -> None:
    document = at_home(seller, buyer="DE", rule="none", currency="EUR")
    lines = read(document).text.split("\n")
    assert (lines[0], lines[6], lines[10]) == ("BCD", IBANS[seller], "INV-2026-00042")
    assert payment_code(replace(document, currency="USD")) is None


def test_a_swiss_slip_has_the_frozen_reference_in_its_code() -> None:
    lines = read(at_home("CH", rule="qrr 123456")).text.split("\n")
    assert lines[27:31] == ["QRR", "123456000001823312026000429", "INV-2026-00042", "EPD"]
    plain = replace(
        at_home("CH", rule="none"), payment=PaymentDetails(iban="CH5800791123000889012", reference_rule="none")
    )
    assert read(plain).text.split("\n")[27:30] == ["NON", "", "INV-2026-00042"]


def test_of_instalments_the_first_one_is_asked_for_on_its_day() -> None:
    parts = (Instalment(date(2026, 3, 20), 2_000), Instalment(date(2026, 4, 15), 6_925))
    assert "AM:20.00*CC:CZK*DT:20260320" in read(replace(at_home("CZ"), instalments=parts)).text
    assert by_square(read(replace(at_home("SK"), instalments=parts)).text)[3:6] == ["20.00", "EUR", "20260320"]
    assert read(replace(at_home("SI"), instalments=parts)).text.split("\n")[8] == "00000002000"
    assert read(replace(at_home("HR"), instalments=parts)).text.split("\n")[2] == "000000000002000"


@pytest.mark.parametrize("seller", ["CZ", "HR", "CH"])
def test_no_code_is_on_a_credit_note_a_test_a_paper_of_nothing_or_where_the_policy_says_none(seller: str) -> None:
    document = at_home(seller)
    assert len(all_read(document)) == 1
    assert payment_code(replace(document, kind=DocumentKind.CREDIT_NOTE)) is None
    assert payment_code(replace(document, total_minor=0)) is None
    assert all_read(replace(document, environment=Environment.SANDBOX)) == []
    assert all_read(document, Branding(payment_qr=False)) == []


def test_what_a_code_cannot_say_makes_no_code() -> None:
    assert payment_code(replace(at_home("CZ"), total_minor=1_000_000_000)) is None
    assert payment_code(at_home("HR", currency="USD")) is None
    assert payment_code(at_home("SI", currency="USD")) is None


def test_the_longest_names_still_make_a_code_that_is_read() -> None:
    party = Party("Žč" * 100, Address("Šč" * 60, "", "1" * 20, "Đž" * 60, "", "SI"))
    document = replace(at_home("SI"), seller=party, buyer=party, number="X" * 60)
    lines = read(document).text.split("\n")
    assert [len(lines[index]) for index in (5, 6, 7, 12, 16, 17, 18)] == [33, 33, 33, 42, 33, 33, 33]
    party = replace(party, address=replace(party.address, country="HR"))
    hub = read(replace(at_home("HR"), seller=party, buyer=party, number="X" * 60)).text.split("\n")
    assert [len(line) for line in hub[3:9]] == [30, 27, 27, 25, 25, 27]
    code = payment_code(replace(at_home("CZ"), seller=party, number="X" * 90))
    assert isinstance(code, SpaydCode)
    assert code.text.endswith(f"*RN:{'ZC' * 17}Z*X-VS:202600042*MSG:{'X' * 60}")


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (at_home("CZ"), ("Číslo účtu\n19-2000145399/0800", "Variabilní symbol\n202600042")),
        (at_home("SK"), ("Variabilný symbol\n202600042",)),
        (at_home("FI"), ("Viitenumero\n20260 00422",)),
        (at_home("BE"), ("+++020/2600/04222+++",)),
        (at_home("HR"), ("Poziv na broj\nHR00 202600042",)),
        (at_home("SI"), ("Sklic\nSI12 2026000425",)),
    ],
)
def test_the_account_and_the_reference_stand_on_the_page_as_payers_there_know_them(
    document: Document, expected: tuple[str, ...]
) -> None:
    text = printed(document)
    assert all(one in text or one.replace("\n", " ") in text for one in expected), text


def test_a_bankgiro_with_its_ocr_number_stands_where_a_swede_looks() -> None:
    payment = PaymentDetails(
        account_number="50501055", account_type="bankgiro", reference_rule="ocr", reference="2026000428"
    )
    document = replace(invoice("DE"), seller=Party("Bageri AB", Address(country="SE")), payment=payment)
    text = printed(replace(document, buyer=Party("Hotell", Address(country="SE")), locale="sv_SE", currency="SEK"))
    assert "5050-1055" in text
    assert "Bankgiro" in text
    assert "OCR-nummer" in text
    assert "2026000428" in text
    assert payment_code(document) is None


def test_a_danish_slip_line_is_printed_whole() -> None:
    payment = PaymentDetails(
        account_number="12345678", account_type="fik", reference_rule="fik-71", reference="000002026000428"
    )
    document = replace(invoice("DE"), seller=Party("Bageri ApS", Address(country="DK")), payment=payment)
    assert "+71<000002026000428+12345678<" in printed(replace(document, locale="da_DK", currency="DKK"))


def test_a_document_of_before_references_is_printed_and_coded_with_its_number() -> None:
    text = "".join(pages_of(render_pdf(invoice("DE"))))
    assert "INV-2026-00042" in text
    code = payment_code(invoice("DE"))
    assert isinstance(code, EpcCode)
    assert code.text.endswith("\n\nINV-2026-00042")
