"""Whatever a document says is in its canonical text, on its page and in its export: any change of any field shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

from invoicing.document.adjusted import AdjustmentKind, LineAdjustment
from invoicing.document.advances import AdvanceTax, DeductedAdvance
from invoicing.document.canonical import document_from_text, document_text
from invoicing.document.corrected import LineCorrection, Remains
from invoicing.document.documents import (
    CreditedInvoice,
    Document,
    Exchange,
    JurisdictionLevel,
    JurisdictionRate,
    JurisdictionTax,
    Tag,
    Withholding,
)
from invoicing.document.legal_texts import LegalTerm, LegalText, Particulars, StatedParticular
from invoicing.document.payable import EarlyPayment, Instalment, PayableRounding, PaymentMeans
from invoicing.document.references import (
    Attachment,
    Attribute,
    Classification,
    Delivery,
    LineReferences,
    Payee,
    References,
    TaxRepresentative,
)
from invoicing.document.requested import RequestedAdjustment
from invoicing.exports.csv_file import write_csv
from invoicing.exports.rows import ExportedDocument
from tests.support.printed import invoice, printed

SPRING = date(2026, 3, 1)
PARTICULARS = Particulars("de", (LegalText("Amtsgericht", "Court"),), (StatedParticular("capital", "10000 EUR"),))
CREDITED = CreditedInvoice("inv_0", "INV-0", SPRING, remains=Remains(1, 1, 2))


def filled(part: Any, **more: Any) -> Any:
    """The part with a word of its own in each text that is empty."""
    texts = {one.name: f"{one.name} word" for one in fields(part) if getattr(part, one.name) == ""}
    return replace(part, **texts | more)


def full_document() -> Document:
    """A document in which every field says something."""
    charge = RequestedAdjustment(AdjustmentKind.CHARGE, "Porto", percent=Decimal(3))
    plain = invoice("FR", "DE", count=2, adjustments=(charge,))
    first, second = plain.lines
    references = filled(
        LineReferences(gtin="4012345000009", origin="FR"),
        classifications=(Classification("65434568", "STI", "2.1"),),
        attributes=(Attribute("Farbe", "rot"),),
    )
    line = filled(
        first,
        discount_percent=Decimal(10),
        discount_amount=Decimal(1),
        charge_amount=Decimal(2),
        supply_date=SPRING,
        supply_end=date(2026, 3, 4),
        dimensions=(Tag("place", "inn"),),
        references=references,
        jurisdictions=(JurisdictionRate("California", JurisdictionLevel.STATE, Decimal(7)),),
        base_quantity=Decimal(100),
        adjustments=(LineAdjustment(AdjustmentKind.DISCOUNT, "Treue", "95", Decimal(5), 1000, 50, of_rest=True),),
        correction=LineCorrection(Decimal(3), 5000),
    )
    (tax, *rest) = plain.taxes
    part = JurisdictionTax("California", JurisdictionLevel.STATE, Decimal(7), 35)
    (adjusted,) = plain.adjustments
    return replace(
        plain,
        lines=(line, second),
        taxes=(filled(tax, jurisdictions=(part,)), *rest),
        adjustments=(filled(adjusted, jurisdictions=line.jurisdictions),),
        seller=filled(plain.seller, address=filled(plain.seller.address), particulars=PARTICULARS),
        # A buyer has none of these.
        buyer=filled(plain.buyer, address=filled(plain.buyer.address, country="DE"), particulars=PARTICULARS),
        legal_terms=(LegalTerm("late", "PMT", "payment", "de", "Verzugszinsen", "Interest"),),
        payment=filled(plain.payment, iban="FR1420041010050500013M02606", bic="PSSTFRPPXXX"),
        purchase_order="PO-7",
        payment_terms="In 30 days",
        note="A note",
        footer="A footer",
        supply_date=SPRING,
        supply_end=date(2026, 3, 9),
        withholding=Withholding("IRPF", "Retenue", Decimal(15), 5000, 750, without=("ADVANCED",)),
        exchange=Exchange("GBP", Decimal("0.85"), SPRING, "ECB", 4200, 800),
        early_payment=EarlyPayment(Decimal(2), date(2026, 3, 20), 111, "The words of the law"),
        instalments=(Instalment(date(2026, 3, 20), 3000), Instalment(date(2026, 4, 20), 2000)),
        payment_means=PaymentMeans.TRANSFER,
        payable_rounding=PayableRounding(Decimal("0.05"), 2),
        reason="A reason",
        form_words="A copy",
        second_language="de",
        cash_accounting=True,
        advance=AdvanceTax.PAYMENT,
        references=filled(References(), attachments=(Attachment("T-7", "Time sheets", "https://example.com/t"),)),
        delivery=filled(Delivery(country="ES"), location="0088:4012345000009", on=SPRING),
        payee=filled(Payee()),
        tax_representative=filled(TaxRepresentative(country="IT")),
    )


def leaves(value: Any, path: str = "") -> Iterator[str]:
    """The paths of all values that are no wholes themselves, by the first of each list. What deducts an advance is
    called by that alone, and what is paid has no terms: these are tried by themselves.
    """
    if is_dataclass(value):
        for one in fields(value):
            yield from leaves(getattr(value, one.name), f"{path}.{one.name}" if path else one.name)
    elif isinstance(value, tuple):
        assert value, f"{path} is empty, and so nothing in it is tried"
        yield from leaves(value[0], f"{path}[0]")
    elif path not in ("lines[0].advance", "paid_on"):
        assert value not in (None, ""), f"{path} is empty"
        yield path


def with_another(whole: Any, path: str) -> Any:
    """The whole with another value at the path."""
    name, _, rest = path.partition(".")
    inner = name.removesuffix("[0]")
    held = getattr(whole, inner)
    first = held[0] if name != inner else held
    changed = with_another(first, rest) if rest else another(path, first)
    return replace(whole, **{inner: (changed, *held[1:]) if name != inner else changed})


OTHERS: dict[str, Any] = {
    "currency": "USD",
    "country": "PT",
    "origin": "PT",
    "locale": "de_DE",
    "second_language": "fr",
    "iban": "FR7630006000011234567890189",
    "bic": "AGRIFRPPXXX",
    "gtin": "40123455",
    "rounding": "per_line",
}


def another(path: str, value: Any) -> Any:
    match value:
        case bool():
            return not value
        case Enum():
            return next(one for one in type(value) if one is not value)
        case str():
            return OTHERS.get(path.rpartition(".")[2], f"{value} XQ")
        case date():
            return value - timedelta(days=1)
        case _:
            return value + 1


NOT_PRINTED = {
    "organization": "an id of ours",
    "id": "an id of ours",
    "customer": "an id of ours",
    "series": "its code is the organization's own: the number shows it",
    "rounding": "how the tax was rounded is seen in the tax",
    "lines[0].item": "an id of ours",
    "lines[0].dimensions[0].dimension": "the organization's own books",
    "lines[0].dimensions[0].value": "the organization's own books",
    "lines[0].supply": "what the tax was chosen by",
    "lines[0].supply_assumed": "what the tax was chosen by",
    "lines[0].revenue_account": "the organization's own books",
    "lines[0].tax_code": "a code of the organization's own; the category and rate are printed",
    "lines[0].net_minor": "of net prices the amount is the net",
    "lines[0].invoice_position": "where a credit note counts",
    "lines[0].cost": "what is withheld was chosen by",
    "lines[0].correction.quantity_before": "of credit notes",
    "lines[0].correction.amount_before_minor": "of credit notes",
    "lines[0].adjustments[0].reason_code": "a code for programs",
    "lines[0].adjustments[0].of_rest": "seen in the amount",
    "lines[0].tax_category": "printed in the table of taxes where there are several",
    "lines[0].jurisdictions[0].name": "printed in the table of taxes",
    "lines[0].jurisdictions[0].level": "printed in the table of taxes",
    "lines[0].jurisdictions[0].rate": "printed in the table of taxes",
    "seller.vat_registration": "words that the law wants stand with the tax",
    "seller.e_invoice_address": "where programs send it to",
    "buyer.vat_registration": "of sellers alone",
    "buyer.e_invoice_address": "where programs send it to",
    "buyer.email": "how the seller reaches it is not for its own invoice",
    "buyer.phone": "how the seller reaches it is not for its own invoice",
    "buyer.website": "how the seller reaches it is not for its own invoice",
    **{
        f"{whose}.particulars.{name}": "what the printed lines are made of"
        for whose in ("seller", "buyer")
        for name in ("language", "values[0].code", "values[0].value")
    },
    "buyer.particulars.lines[0].text": "of sellers alone",
    "buyer.particulars.lines[0].translation": "of sellers alone",
    "legal_terms[0].code": "a code for programs",
    "legal_terms[0].subject": "a code for programs",
    "legal_terms[0].language": "that of the text",
    "due_date": "with instalments the day of each is printed",
    "payment.account_type": "how a local account is used",
    "payment.reference_rule": "how the reference was made, which is printed",
    "advance": "when its tax is due is for the tax return; the title says what it is",
    "payable_rounding.unit": "seen in the sum",
    "prices_include_tax": "said where some line bears a tax",
    "adjustments[0].base_minor": "printed with a percentage alone",
    "adjustments[0].tax_code": "a code of the organization's own",
    "adjustments[0].position": "their order",
    "adjustments[0].cost": "what is withheld was chosen by",
    "adjustments[0].reason_code": "a code for programs",
    "adjustments[0].tax_category": "printed in the table of taxes",
    "adjustments[0].tax_rate": "printed in the table of taxes",
    "adjustments[0].net_minor": "of net prices the amount is the net",
    "taxes[0].reason_code": "a code for programs, but of a margin scheme",
    "taxes[0].category": "the reason says it in both languages",
    "taxes[0].jurisdictions[0].level": "its name is printed",
    "adjustments[0].jurisdictions[0].name": "printed in the table of taxes",
    "adjustments[0].jurisdictions[0].level": "printed in the table of taxes",
    "adjustments[0].jurisdictions[0].rate": "printed in the table of taxes",
    "exchange.net_minor": "the law wants the tax in that currency",
    "withholding.code": "a code of the organization's own; the label is printed",
    "withholding.without[0]": "printed in the base of what was withheld",
    "withholding.of_total": "printed in the base of what was withheld",
    "tax_point": "the day of supply is printed",
    "accounting_currency": "the currency of the exchange is printed",
}
_PARTY = "trading_name|contact|identifier|e_invoice_address"
NOT_IN_TABLES = {
    rf"seller\.(?!{_PARTY}).*|payment\..*|footer|environment|organization": "one for all documents of an export",
    rf"buyer\.(?!name|tax_number|address\.country|{_PARTY}).*": "the export of customers has it",
    r"id|series|rounding|lines\[0\]\.(item|invoice_position)": "ids and settings of ours",
    r"locale|second_language|tax_number_label|form_words|early_payment\.words|withholding\.label": "words of the page",
    r"lines\[0\]\.correction\..*|lines\[0\]\.adjustments\[0\]\.of_rest": "how an amount came about",
    r"payable_rounding\.unit": "how an amount came about",
    r"withholding\.(without\[0\]|of_total)": "how a base came about",
    r"lines\[0\]\.discount_amount": "beside a percentage it says nothing",
    r".*\.jurisdictions\[0\]\..*": "the taxes of a document have them",
    r"taxes\[0\]\.(label|reason|reason_local|reason_code)": "in XLSX on the sheet of taxes, or words of the page",
    r"legal_terms\[0\]\..*": "words of the page",
    r"tax_point|accounting_currency|cash_accounting|advance": "the tax summary goes by it",
    r"early_payment\..*|instalments\[0\]\..*": "what is due when, receivables by age have",
}
"""What rows of CSV leave out, by patterns; JSON has the whole document."""


def test_every_field_of_a_document_is_in_the_canonical_text() -> None:
    whole = full_document()
    text = document_text(whole)
    assert document_from_text(text) == whole
    for path in tried(whole):
        changed = with_another(whole, path)
        assert document_text(changed) != text, path
        assert document_from_text(document_text(changed)) == changed, path


def test_every_field_of_a_document_is_on_its_page_or_has_a_reason_not_to_be() -> None:
    whole = full_document()
    text = printed(whole)
    silent = {path for path in tried(whole) if printed(with_another(whole, path)) == text}
    assert silent == set(NOT_PRINTED)


def test_every_field_of_a_document_is_in_the_rows_of_an_export_or_has_a_reason_not_to_be(tmp_path: Path) -> None:
    whole = full_document()
    rows = exported(whole, tmp_path)
    silent = {path for path in tried(whole) if exported(with_another(whole, path), tmp_path) == rows}
    excused = {path for path in tried(whole) if any(re.fullmatch(pattern, path) for pattern in NOT_IN_TABLES)}
    assert silent - excused == set()
    assert all(any(re.fullmatch(pattern, path) for path in silent) for pattern in NOT_IN_TABLES)


def test_every_field_of_an_advance_that_is_deducted_is_in_text_page_and_rows(tmp_path: Path) -> None:
    whole = replace(full_document(), advance=None)
    deducted = DeductedAdvance("inv_1", "INV-1", SPRING, 1000, 200)
    line = replace(whole.lines[0], advance=deducted)
    silent: dict[str, list[str]] = {}
    for name in (one.name for one in fields(deducted)):
        other = replace(line, advance=with_another(deducted, name))
        first, second = (replace(whole, lines=(one, *whole.lines[1:])) for one in (line, other))
        assert document_text(first) != document_text(second)
        assert document_from_text(document_text(second)) == second
        silent[name] = ["page"] if printed(first) == printed(second) else []
        silent[name] += ["rows"] if exported(first, tmp_path) == exported(second, tmp_path) else []
    # The rows have the number, by which the advance has a row of its own.
    assert silent == {
        "id": ["page", "rows"],
        "number": [],
        "issue_date": ["rows"],
        "net_minor": ["rows"],
        "tax_minor": ["rows"],
    }


def test_that_a_document_is_paid_and_when_is_in_text_page_and_rows(tmp_path: Path) -> None:
    whole = full_document()
    first, second = (replace(whole, paid_on=day) for day in (SPRING, SPRING + timedelta(days=1)))
    for one, other in ((whole, first), (first, second)):
        assert document_from_text(document_text(other)) == other
        assert document_text(one) != document_text(other)
        assert printed(one) != printed(other)
        assert exported(one, tmp_path) != exported(other, tmp_path)


def exported(document: Document, folder: Path) -> str:
    of_books = ExportedDocument(document, "issued", 0, document.payable_minor, "ab", books_currency="GBP")
    write_csv(folder / "out.csv", [of_books])
    return (folder / "out.csv").read_text("utf-8-sig")


def tried(whole: Document) -> list[str]:
    """Where the document says something; that it credits another one has tests of its own."""
    return [path for path in leaves(replace(whole, credits=CREDITED)) if not path.startswith("credits")]
