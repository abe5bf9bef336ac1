"""The codes that banks read, against the examples of their standards."""

from __future__ import annotations

from dataclasses import replace

import pytest

from invoicing.appearance.payment_codes import EpcCode, epc_code, payment_code
from invoicing.appearance.swiss_bill import SwissAddress, SwissBill
from invoicing.document.documents import Document, DocumentKind, Withholding
from invoicing.document.parties import Address, Party, PaymentDetails
from invoicing.render.codes import small_modules, swiss_modules
from invoicing.render.pdf import render_pdf
from tests.support.printed import invoice, pages_of

SCHNEIDER = SwissAddress("Robert Schneider AG", "Rue du Lac", "1268", "2501", "Biel", "CH")
RUTSCHMANN = SwissAddress("Pia-Maria Rutschmann-Schnyder", "Grosse Marktgasse", "28", "9400", "Rorschach", "CH")


def test_the_epc_code_is_that_of_the_guidelines() -> None:
    # EPC069-12: version 002, no BIC, no structured reference, no purpose.
    code = epc_code(name="Red Cross of Belgium", iban="BE72000000001616", bic="", amount="1.00", text="Urgency fund")
    assert code == EpcCode("BCD\n002\n1\nSCT\n\nRed Cross of Belgium\nBE72000000001616\nEUR1.00\n\n\nUrgency fund")


def test_the_swiss_code_is_that_of_the_implementation_guidelines() -> None:
    bill = SwissBill(
        iban="CH4431999123000889012",
        creditor=SCHNEIDER,
        amount="1949.75",
        currency="CHF",
        debtor=RUTSCHMANN,
        reference_type="QRR",
        reference="210000000003139471430009017",
        message="Instruction of 15.09.2019",
    )
    assert bill.text.split("\n") == [
        "SPC", "0200", "1", "CH4431999123000889012",
        "S", "Robert Schneider AG", "Rue du Lac", "1268", "2501", "Biel", "CH",
        "", "", "", "", "", "", "",
        "1949.75", "CHF",
        "S", "Pia-Maria Rutschmann-Schnyder", "Grosse Marktgasse", "28", "9400", "Rorschach", "CH",
        "QRR", "210000000003139471430009017", "Instruction of 15.09.2019", "EPD",
    ]  # fmt: skip


def test_an_invoice_in_euros_bears_the_epc_code() -> None:
    code = payment_code(invoice("DE"))
    assert code == EpcCode(
        "BCD\n002\n1\nSCT\nCOBADEFFXXX\nMüller & Söhne GmbH\nDE89370400440532013000\nEUR89.25\n\n\nINV-2026-00042"
    )


def test_a_swiss_invoice_bears_the_qr_bill() -> None:
    bill = payment_code(invoice("CH"))
    assert isinstance(bill, SwissBill)
    assert (bill.reference_type, bill.reference) == ("QRR", "000000000001823312026000420")
    assert bill.creditor == SCHNEIDER
    other = replace(invoice("CH"), payment=replace(invoice("CH").payment, iban="CH5800791123000889012"))
    bill = payment_code(other)
    assert isinstance(bill, SwissBill)
    assert (bill.reference_type, bill.reference) == ("SCOR", "RF36INV202600042")
    bill = payment_code(replace(other, number="A-NUMBER-THAT-IS-TOO-LONG-2026-1"))
    assert isinstance(bill, SwissBill)
    assert (bill.reference_type, bill.reference) == ("NON", "")
    assert bill.message == "A-NUMBER-THAT-IS-TOO-LONG-2026-1"


def test_only_permitted_characters_and_lengths_are_in_the_swiss_code() -> None:
    party = Party("Ελαιώνας " + "x" * 100, Address("Straße " * 20 + "5", "Hof", "1" * 30, "Ł" * 50, country="ch"))
    bill = payment_code(
        replace(invoice("CH"), seller=party, buyer=party, payment=PaymentDetails(iban="CH4431999123000889012"))
    )
    assert isinstance(bill, SwissBill)
    creditor = bill.creditor
    assert creditor.name.startswith("Elaionas xxx")
    assert [len(part) for part in (creditor.name, creditor.street, creditor.postal_code, creditor.city)] == [
        70,
        70,
        16,
        35,
    ]
    assert creditor.country == "CH"
    assert len(bill.text.split("\n")) == 31
    assert swiss_modules(bill) is not None


def test_a_buyer_without_a_whole_address_is_filled_in_by_hand() -> None:
    bill = payment_code(replace(invoice("CH"), buyer=Party("Hotel", Address(country="CH"))))
    assert isinstance(bill, SwissBill)
    assert bill.debtor is None
    assert bill.text.split("\n")[20:27] == [""] * 7
    assert "Zahlbar durch (Name/Adresse)" in "".join(
        pages_of(render_pdf(replace(invoice("CH"), buyer=Party("Hotel", Address(country="CH")))))
    )


@pytest.mark.parametrize(
    ("street", "written"),
    [
        ("Postfach 77", ("Postfach 77", "")),
        ("Case postale 1200", ("Case postale 1200", "")),
        ("Casella postale 5", ("Casella postale 5", "")),
        ("C.P. 77", ("C.P. 77", "")),
        ("P.O. Box 12", ("P.O. Box 12", "")),
        ("Seeweg, Postfach 77", ("Seeweg, Postfach 77", "")),
        ("Postfachweg 7", ("Postfachweg", "7")),
        ("Boxerstrasse 9a", ("Boxerstrasse", "9a")),
    ],
)
def test_the_number_of_a_box_at_the_post_office_is_none_of_a_house(street: str, written: tuple[str, str]) -> None:
    party = Party("Seller", Address(street, "", "8000", "Zürich", "", "CH"))
    bill = payment_code(replace(invoice("CH"), seller=party))
    assert isinstance(bill, SwissBill)
    assert (bill.creditor.street, bill.creditor.number) == written


def _withheld(what: Document, amount_minor: int) -> Document:
    return replace(what, withholding=Withholding("W", "W", what.lines[0].quantity, what.net_minor, amount_minor))


@pytest.mark.parametrize(
    "what",
    [
        replace(invoice("DE"), kind=DocumentKind.CREDIT_NOTE),
        replace(invoice("DE"), number=""),
        replace(invoice("DE"), total_minor=0),
        replace(invoice("DE"), total_minor=100_000_000_000),
        replace(invoice("DE"), currency="USD"),
        replace(invoice("DE"), payment=PaymentDetails()),
        replace(invoice("DE"), payment=PaymentDetails(iban="BR1800360305000010009795493C1")),
        # Outside the European Economic Area the standard wants a BIC.
        replace(invoice("DE"), payment=PaymentDetails(iban="GB33BUKB20201555555555")),
        replace(invoice("CH"), currency="GBP"),
        replace(invoice("CH"), seller=Party("Seller", Address(country="CH"))),
        _withheld(invoice("ES"), invoice("ES").total_minor),
    ],
)
def test_what_cannot_be_paid_by_code_bears_none(what: Document) -> None:
    assert payment_code(what) is None


def test_the_amount_is_what_is_left_after_withholding() -> None:
    code = payment_code(_withheld(invoice("ES"), 1_000))
    assert isinstance(code, EpcCode)
    assert f"EUR{(invoice('ES').total_minor - 1_000) / 100:.2f}" in code.text


def test_the_symbols_are_within_the_limits_of_the_standards() -> None:
    code = epc_code(
        name="Ω" * 70, iban="DE89370400440532013000", bic="COBADEFFXXX", amount="999999999.99", text="x" * 60
    )
    assert code is not None
    modules = small_modules(code)
    assert modules is not None
    assert len(modules.rows) <= 17 + 4 * 13
    assert epc_code(name="Ω" * 70, iban="D" * 34, bic="B" * 11, amount="1.00", text="Ω" * 140) is None
