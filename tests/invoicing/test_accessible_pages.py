"""The printed document as programs read it that cannot see it: tagged as PDF/UA-1 wants it."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pikepdf
import pytest
from pdfua import validate

from invoicing.appearance.branding import Branding, kept_logo
from invoicing.document.corrected import Remains
from invoicing.document.documents import CreditedInvoice, Document, DocumentKind, Exchange, Withholding
from invoicing.organizations import Environment
from invoicing.render.pdf import render_pdf
from tests.support.accessible import Reading, read
from tests.support.printed import image, invoice
from tests.support.samples import charge, discount, line

LOGO = Branding(logo=kept_logo(image()).content, color="#0B6E4F")


def _credit_note() -> Document:
    credited = CreditedInvoice("doc_1", "INV-2026-00007", date(2026, 2, 2), remains=Remains(100, 23, 123))
    return replace(invoice("PL"), kind=DocumentKind.CREDIT_NOTE, number="CN-1", credits=credited, reason="Zwrot")


def _exchanged() -> Document:
    exchange = Exchange("GBP", Decimal("0.85"), date(2026, 3, 13), "ECB", 6_375, 1_275)
    return replace(invoice("GB"), currency="EUR", exchange=exchange, note="A note.\nOf two lines.", footer="A footer.")


def _withheld() -> Document:
    what = invoice("ES")
    return replace(what, withholding=Withholding("IRPF", "IRPF", Decimal(15), what.net_minor, 1_125))


DOCUMENTS = {
    "logo and code": (invoice("DE"), LOGO),
    "several pages": (replace(invoice("GB", count=60), footer="A footer."), Branding()),
    "slip": (invoice("CH", count=12), Branding()),
    "two languages abroad": (invoice("DE", "FR"), Branding(second_language="en")),
    "credit note": (_credit_note(), Branding()),
    "draft of a sandbox": (replace(invoice("DE"), number="", environment=Environment.SANDBOX), LOGO),
    "parts of a tax": (invoice("US", lines=(line("100", "LA"), line("100", "ELSEWHERE"))), Branding()),
    "discounts": (
        invoice("GB", lines=(line("100", percent="10"),), adjustments=(discount(percent="5"), charge(amount="4.90"))),
        Branding(),
    ),
    "withholding": (_withheld(), Branding()),
    "two currencies": (_exchanged(), Branding()),
    "nothing said": (replace(invoice("GR", count=1), payment_terms="", note="", footer=""), Branding()),
}
EVERY_DOCUMENT = pytest.mark.parametrize("name", DOCUMENTS)


def reading_of(name: str) -> Reading:
    return read(render_pdf(*DOCUMENTS[name]))


@EVERY_DOCUMENT
def test_a_document_is_tagged_as_pdf_ua_wants_it(name: str) -> None:
    assert reading_of(name).faults == []


@EVERY_DOCUMENT
def test_a_checker_that_is_not_ours_finds_nothing_either(name: str, tmp_path: Path) -> None:
    path = tmp_path / "document.pdf"
    path.write_bytes(render_pdf(*DOCUMENTS[name]))
    assert list(validate(str(path)).findings) == []


def test_our_checker_finds_what_is_taken_out_of_a_file() -> None:
    pdf = render_pdf(*DOCUMENTS["logo and code"])

    def faults(change: str) -> str:
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            root = opened.Root
            kids = list(root.StructTreeRoot.K.K)
            match change:
                case "XMP":
                    del root.Metadata
                case "language":
                    del root.Lang
                case "heading":
                    kids[0].S = pikepdf.Name("/P")
                case "alternative":
                    del next(kid for kid in kids if kid.S == "/Figure").Alt
                case "scope":
                    del next(kid for kid in kids if kid.S == "/Table").K[0].K[0].A
                case "cell":
                    del next(kid for kid in kids if kid.S == "/Table").K[1].K[0]
                case "tree":
                    root.StructTreeRoot.K.K = pikepdf.Array(kids[:-1])
            output = io.BytesIO()
            opened.save(output, fix_metadata_version=False, min_version="1.7")
        return " ".join(read(output.getvalue()).faults)

    expected = {
        "XMP": "06-001", "language": "11-006", "heading": "14-002", "alternative": "13-004", "scope": "15-003",
        "cell": "15-004", "tree": "01-005",
    }  # fmt: skip
    assert faults("") == ""
    for change, point in expected.items():
        assert point in faults(change), change


def test_words_of_different_columns_are_not_glued_together() -> None:
    said = [(leaf.role, leaf.text) for leaf in reading_of("logo and code").leaves]
    assert said[0] == ("H1", "Rechnung Nr. INV-2026-00042")
    assert ("P", "Zahlbetrag 89,25 €") in said
    assert ("P", "Fällig am 15.04.2026") in said
    assert ("P", "Hotel Bristol Lindenstraße 5 10969 Berlin") in said
    assert ("P", "Rechnungsdatum 16.03.2026") in said
    assert ("P", "IBAN DE89 3704 0044 0532 0130 00") in said
    sums = said.index(("TH", "Gesamtbetrag")) - 4
    assert said[sums : sums + 6] == [
        ("TH", "Nettobetrag"),
        ("TD", "75,00 €"),
        ("TH", "USt."),
        ("TD", "14,25 €"),
        ("TH", "Gesamtbetrag"),
        ("TD", "89,25 €"),
    ]


def test_the_sender_above_the_address_is_not_read_twice() -> None:
    texts = [leaf.text for leaf in reading_of("logo and code").leaves]
    assert not [text for text in texts if "·" in text]


def test_a_file_of_several_pages_has_an_outline() -> None:
    with pikepdf.open(io.BytesIO(render_pdf(*DOCUMENTS["several pages"]))) as opened, opened.open_outline() as outline:
        assert [item.title for item in outline.root] == ["Invoice INV-2026-00042", "Total", "Payment details"]
    with pikepdf.open(io.BytesIO(render_pdf(*DOCUMENTS["logo and code"]))) as opened, opened.open_outline() as outline:
        assert not outline.root


@pytest.mark.parametrize("text", ["half a pair \ud800", "control \x01", ")Tj (Ελλάς 漢", "#20 <b> \\n", "A" * 400])
def test_no_text_of_a_document_breaks_its_file(text: str) -> None:
    what = invoice("GB", count=40)
    what = replace(what, number=text, seller=replace(what.seller, name=text), buyer=replace(what.buyer, name=text))
    assert read(render_pdf(what, LOGO)).faults == []


def test_the_dates_of_the_file_are_those_of_the_document() -> None:
    what = replace(invoice("GB"), issue_date=date(2027, 1, 31), number="A\x01<B>&C")
    with pikepdf.open(io.BytesIO(render_pdf(what))) as opened:
        assert opened.docinfo["/CreationDate"] == opened.docinfo["/ModDate"] == "D:20270131"
        assert opened.open_metadata()["dc:title"] == "Invoice A<B>&C"
