"""The printed document, read back with another PDF library."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pypdfium2 as pdfium  # type: ignore[import-untyped]  # It ships no type information.
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invoicing.document.canonical import document_text
from invoicing.document.documents import Document, DocumentKind, PricedLine, TaxCategory
from invoicing.document.parties import Address, Party, PaymentDetails
from invoicing.organizations import Environment
from invoicing.render.fonts import unprintable_characters
from invoicing.render.formats import formats_for
from invoicing.render.pdf import render_pdf
from invoicing.tax.inputs import AppliedTax, TaxedLine
from invoicing.tax.totals import total
from tests.support.printed import pages_of

REPOSITORY = Path(__file__).parents[2]
WATERMARK = "SANDBOX - NOT AN INVOICE"

SELLER_ADDRESS = Address("Unit 4", "12 Station Road", "BS1 4ND", "Bristol", country="GB")
SELLER_CONTACT = ("accounts@hartley.example", "+44 117 496 0123", "www.hartley.example")
SELLER = Party("Hartley & Daughters Bakery Ltd", SELLER_ADDRESS, "GB123456782", "08123456", *SELLER_CONTACT)
BUYER_ADDRESS = Address("3 Quay Street", postal_code="BS1 5TY", city="Bristol", country="GB")
BUYER = Party("Harbour Café", BUYER_ADDRESS, "GB987654321")
PAYMENT = PaymentDetails("Hartley Ltd", "Barclays", "GB33BUKB20201555555555", "BUKBGB22")
LINE = PricedLine(Decimal(1), unit_price=Decimal(10))
TAX = AppliedTax("T1", TaxCategory.STANDARD, Decimal(20))


def line(description: str, *, quantity: str = "1", price: str = "10", discount: str = "0", unit: str = "") -> TaxedLine:
    changed = replace(LINE, description=description, quantity=Decimal(quantity), unit_price=Decimal(price), unit=unit)
    return TaxedLine(replace(changed, discount_percent=Decimal(discount)), TAX)


def untaxed(taxed: TaxedLine, category: TaxCategory, reason: str = "") -> TaxedLine:
    return replace(taxed, tax=replace(taxed.tax, category=category, rate=Decimal(0), reason=reason))


def document(*inputs: TaxedLine, prices_include_tax: bool = False) -> Document:
    totals = total(inputs, currency="GBP", prices_include_tax=prices_include_tax)
    return Document(
        kind=DocumentKind.INVOICE,
        environment=Environment.LIVE,
        organization="hartley",
        id="0197",
        number="INV-2026-00042",
        series="INV",
        issue_date=date(2026, 3, 5),
        due_date=date(2026, 4, 4),
        supply_date=date(2026, 3, 3),
        currency="GBP",
        prices_include_tax=prices_include_tax,
        rounding="sum_of_lines",
        seller=SELLER,
        buyer=BUYER,
        customer="harbour",
        payment=PAYMENT,
        lines=totals.lines,
        taxes=totals.taxes,
        net_minor=totals.net_minor,
        tax_minor=totals.tax_minor,
        total_minor=totals.total_minor,
        purchase_order="PO-7781",
        payment_terms="Payment within 30 days.",
        note="Thank you.\nSee you at Easter.",
        footer="Registered in England and Wales.",
    )


def bakery() -> Document:
    return document(
        untaxed(line("Sourdough loaf", quantity="120", price="3.2", unit="pcs"), TaxCategory.ZERO),
        line("Catering", price="485"),
        line("Delivery", quantity="2.5", price="18.5", unit="hours", discount="10"),
    )


def catalogue(count: int) -> Document:
    return document(*(line(f"<Item {index}>") for index in range(1, count + 1)))


def text_of(rendered: Document) -> str:
    return "\n".join(pages_of(render_pdf(rendered)))


def assert_inside_margins(pdf: bytes) -> None:
    with pdfium.PdfDocument(pdf) as opened:
        for page in opened:
            text = page.get_textpage()
            for index in range(text.count_chars()):
                left, _, right, _ = text.get_charbox(index)
                assert not text.get_text_range(index, 1).strip() or 49 <= left <= right <= 595.28 - 49


def test_everything_that_the_law_and_the_buyer_need_is_on_the_paper() -> None:
    text = text_of(bakery())
    for expected in (
        "Invoice\nNo. INV-2026-00042\nAmount due\n£1,015.96\nDue date\n4 Apr 2026",
        "Hartley & Daughters Bakery Ltd\nUnit 4\n12 Station Road\nBristol\nBS1 4ND\nVAT no. GB123456782",
        "Company no. 08123456",
        "accounts@hartley.example\n+44 117 496 0123\nwww.hartley.example",
        "Bill to\nHarbour Café\n3 Quay Street\nBristol\nBS1 5TY",
        "Invoice date 5 Mar 2026\nDate of supply 3 Mar 2026\nPurchase order PO-7781\nCurrency GBP\n",
        "Bill to\nVAT no. GB987654321",
        "All amounts in GBP, prices excluding VAT.",
        "No. Description Quantity Unit price Discount VAT Amount",
        "1 Sourdough loaf 120 pcs 3.20 0% 384.00",
        "3 Delivery 2.5 hours 18.50 10% 20% 41.63",
        "VAT 20% 526.63 105.33",
        "VAT zero-rated 0% 384.00 0.00",
        "Total excl. VAT £910.63\nVAT £105.33\nTotal £1,015.96",
        "Account name Hartley Ltd\nBank Barclays\nSort code 20-20-15\nAccount number 55555555",
        "IBAN GB33 BUKB 2020 1555 5555 55\nBIC BUKBGB22\nReference INV-2026",
        "Payment terms\nPayment within 30 days.",
        "Note\nThank you.\nSee you at Easter.",
        "Registered in England and Wales.",
        "Page 1 of 1",
    ):
        assert expected in text, expected


def test_the_text_is_in_reading_order() -> None:
    text = text_of(bakery())
    order = [
        "Invoice",
        "Due date",
        "Harbour",
        "Hartley & Daughters",
        "Invoice date",
        "Sourdough",
        "VAT summary",
        "Total £",
    ]
    order += ["Note", "IBAN"]
    positions = [text.index(word) for word in order]
    assert positions == sorted(positions)


def test_what_is_empty_leaves_no_label_behind() -> None:
    bare = replace(
        bakery(), payment=PaymentDetails(), purchase_order="", payment_terms="", note="", footer="",
        seller=Party("Seller", Address()), buyer=Party("Buyer", Address()), lines=bakery().lines[:2],
    )  # fmt: skip
    text = text_of(bare)
    for label in ("VAT no.", "Registration", "Purchase", "Payment", "IBAN", "Reference", "Note", "Discount"):
        assert label not in text


def test_a_supply_over_some_time_is_printed_as_a_period() -> None:
    text = text_of(replace(bakery(), supply_date=date(2026, 2, 1), supply_end=date(2026, 2, 28)))
    assert "Period of supply 1 Feb 2026 – 28 Feb 2026" in text
    assert "Date of supply" not in text


def test_a_credit_note_says_so_and_is_not_due() -> None:
    text = text_of(replace(bakery(), kind=DocumentKind.CREDIT_NOTE, number="CN-7"))
    assert "Credit note\nNo. CN-7" in text
    assert "Credit to\nHarbour Café" in text
    assert "Due date" not in text


def test_a_document_without_a_number_is_a_draft() -> None:
    text = text_of(replace(bakery(), number=""))
    assert "Draft\nInvoice, not issued" in text
    assert "Reference" not in text


def test_the_legal_reason_stands_below_its_tax() -> None:
    reverse = untaxed(line("Advice"), TaxCategory.REVERSE_CHARGE, "Article 196 of the Directive")
    text = text_of(document(reverse, untaxed(line("Flour"), TaxCategory.INTRA_COMMUNITY, "Article 138")))
    # Two categories share the rate, so each line names its own, by a mark that needs no table of codes.
    for mark, words in enumerate(("reverse charge", "intra-Community supply"), start=1):
        assert f"VAT ({mark}) {words}" in " ".join(text.split())
    assert "1 Advice 1 10.00 0% (1) 10.00" in text
    assert "2 Flour 1 10.00 0% (2) 10.00" in text
    assert " AE" not in text


def test_prices_that_include_tax_are_declared_as_such() -> None:
    text = text_of(document(line("Haircut", price="48"), prices_include_tax=True))
    assert "prices including VAT" in text
    assert "Total excl. VAT £40.00" in text


@pytest.mark.parametrize(
    ("locale", "currency", "money", "price", "percent", "day"),
    [
        ("en_GB", "GBP", "£1,234,567.80", "0.125", "7.5%", "5 Mar 2026"),
        ("en_US", "USD", "$1,234,567.80", "0.125", "7.5%", "Mar 5, 2026"),
        ("de_DE", "EUR", "1.234.567,80 €", "0,125", "7,5 %", "05.03.2026"),
        ("sv_SE", "EUR", "1 234 567,80 €", "0,125", "7,5 %", "2026-03-05"),
        ("sv_FI", "EUR", "1 234 567,80 €", "0,125", "7,5 %", "5 mars 2026"),
        ("fr-FR", "EUR", "1\u202f234\u202f567,80 €", "0,125", "7,5 %", "5 mars 2026"),
        ("en_GB", "JPY", "JP¥123,456,780", "0.125", "7.5%", "5 Mar 2026"),
        ("en_GB", "KWD", "KWD 123,456.780", "0.125", "7.5%", "5 Mar 2026"),
        # CLDR would print no decimals for the Hungarian forint; ISO 4217 has two.
        ("hu_HU", "HUF", "1 234 567,80 Ft", "0,125", "7,5%", "2026. márc. 5."),
        ("en_IN", "INR", "₹12,34,567.80", "0.125", "7.5%", "5 Mar 2026"),
        ("ja_JP", "JPY", "JPY 123,456,780", "0.125", "7.5%", "2026/03/05"),
        ("zh_CN", "CNY", "¥1,234,567.80", "0.125", "7.5%", "2026-03-05"),
        ("xx_YY", "GBP", "£1,234,567.80", "0.125", "7.5%", "5 Mar 2026"),
        ("", "GBP", "£1,234,567.80", "0.125", "7.5%", "5 Mar 2026"),
    ],
)
def test_values_are_written_as_the_locale_has_them(
    locale: str, currency: str, money: str, price: str, percent: str, day: str
) -> None:
    formats = formats_for(locale, currency)
    assert formats.money(123456780).replace("\u00a0", " ") == money
    assert formats.price(Decimal("0.125")) == price
    assert formats.percent(Decimal("7.5")).replace("\u00a0", " ") == percent
    assert formats.date(date(2026, 3, 5)).replace("\u00a0", " ") == day


def test_no_digit_of_the_largest_amounts_is_lost() -> None:
    formats = formats_for("en_GB", "GBP")
    assert formats.amount(10**26 + 1) == "1,000,000,000,000,000,000,000,000.01"
    assert formats.amount(-1) == "-0.01"
    assert formats.price(Decimal("999999999999.999999")) == "999,999,999,999.999999"
    huge = replace(bakery(), total_minor=10**26, lines=(replace(bakery().lines[0], amount_minor=10**26),))
    assert_inside_margins(render_pdf(huge))
    assert text_of(huge).count("1,000,000,000,000,000,000,000,000.00") == 2


def test_markup_in_any_text_appears_literally() -> None:
    evil = "<b>A&amp;B</b> {0} %s <img src=/etc/passwd> \\n )Tj"
    text = text_of(
        replace(
            bakery(),
            seller=replace(SELLER, name=evil, tax_number=evil, address=replace(SELLER.address, line1=evil)),
            buyer=replace(BUYER, name=evil),
            number=evil,
            purchase_order=evil,
            payment=replace(PAYMENT, account_holder=evil),
            payment_terms=evil,
            note=evil,
            footer=evil,
            lines=tuple(replace(item, description=evil, unit=evil) for item in bakery().lines),
            taxes=tuple(replace(tax, label=evil, reason=evil) for tax in bakery().taxes),
        )
    )
    flat = "".join(text.split())
    assert flat.count("".join(evil.split())) >= 14


def test_characters_outside_the_fonts_become_the_replacement_character() -> None:
    text = text_of(replace(bakery(), note="Zoë Ελλάς Привет Việt 漢 \u3000end soft\u00adhyphen \u200bjoined"))
    assert "Zoë Ελλάς Привет Việt \ufffd end softhyphen joined" in text.replace("  ", " ")


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("", ""),
        ("Größe Ελλάς Привет Việt 1\u00a0000\u202f€ ₹ – … „“", ""),
        ("line\nbreak\ttab\u3000wide\u00adsoft\u200dzero", ""),
        ("漢字と漢😀", "漢字と😀"),
        ("שלום", "שלום"),
        ("\x00a", "\x00"),
    ],
)
def test_unprintable_characters_are_named_once_in_their_order(text: str, missing: str) -> None:
    assert unprintable_characters(text) == missing


def test_long_words_stay_inside_their_columns_and_lose_nothing() -> None:
    long = replace(
        document(line("W" * 2000, unit="U" * 300), line("x" * 500 + " " + "y" * 500)),
        seller=replace(SELLER, name="S" * 400, website="https://example.com/" + "path/" * 100),
        purchase_order="P" * 500,
        payment=replace(PAYMENT, bank_name="B" * 500),
        note="N" * 2000,
        footer="F" * 2000,
    )
    pdf = render_pdf(long)
    assert_inside_margins(pdf)
    text = "".join(pages_of(pdf))
    counts = {"W": 2000, "x": 500, "y": 500, "N": 2000}
    assert {letter: text.count(letter) >= count for letter, count in counts.items()} == dict.fromkeys(counts, True)


def test_a_hundred_lines_without_a_blank_are_still_quick_to_render() -> None:
    # A layout engine that is quadratic in the length of a word would take minutes here.
    pdf = render_pdf(document(*(line("W" * 2000) for _ in range(100))))
    assert len(pages_of(pdf)) > 50


def test_each_page_repeats_the_number_the_header_and_the_sum_so_far() -> None:
    texts = pages_of(render_pdf(catalogue(100)))
    assert len(texts) > 2
    seen = 0
    for index, text in enumerate(texts, start=1):
        assert f"Page {index} of {len(texts)}" in text
        assert "INV-2026-00042" in text
        assert "Registered in England and Wales." in text
        if "<Item" in text:
            assert "No. Description Quantity Unit price VAT Amount" in text
            if index > 1:
                assert f"Brought forward {seen * 10:,}.00" in text
            seen += text.count("<Item")
            if seen < 100:
                assert f"Carried forward {seen * 10:,}.00" in text
    assert seen == 100


def test_the_totals_are_never_alone_on_a_page() -> None:
    for count in range(8, 42):
        texts = pages_of(render_pdf(catalogue(count)))
        (with_total,) = [text for text in texts if "Total excl. VAT" in text]
        assert f"<Item {count}>" in with_total
        assert f"Total £{count * 12}.00" in with_total


def test_a_line_is_not_split_between_pages() -> None:
    description = "first\nmiddle\nmiddle\nmiddle\nlast"
    for text in pages_of(render_pdf(document(*(line(description) for _ in range(40))))):
        assert text.count("first") == text.count("last")


@given(st.lists(st.integers(1, 120), min_size=1, max_size=25))
@settings(max_examples=25)
def test_every_text_line_of_every_description_is_printed_once(heights: list[int]) -> None:
    inputs = [line("\n".join(f"r{row}c{part}." for part in range(height))) for row, height in enumerate(heights)]
    words = text_of(document(*inputs)).split()
    expected = [f"r{row}c{part}." for row, height in enumerate(heights) for part in range(height)]
    assert [word for word in words if word in set(expected)] == expected


def test_a_document_without_lines_can_be_previewed() -> None:
    assert "Total £0.00" in text_of(replace(document(), number=""))


def test_a_sandbox_document_bears_its_watermark_on_every_page_and_stays_legible() -> None:
    sandbox = replace(catalogue(60), environment=Environment.SANDBOX)
    texts = pages_of(render_pdf(sandbox))
    assert all(WATERMARK in text.replace("\n", " ") for text in texts)
    assert "Invoice\nNo. INV-2026-00042" in texts[0]
    assert WATERMARK not in text_of(catalogue(60))
    with pdfium.PdfDocument(render_pdf(replace(sandbox, lines=()))) as opened:
        picture = opened[0].render(scale=1, grayscale=True).to_pil()
        darkest, _ = picture.crop((100, 600, 300, 780)).getextrema()
    assert 200 < darkest < 250


@pytest.mark.parametrize(("country", "size"), [("GB", (595, 842)), ("US", (612, 792)), ("CA", (612, 792))])
def test_the_paper_is_that_of_the_seller(country: str, size: tuple[int, int]) -> None:
    seller = replace(SELLER, address=replace(SELLER.address, country=country, region="OR"))
    with pdfium.PdfDocument(render_pdf(replace(bakery(), seller=seller))) as opened:
        width, height = opened[0].get_size()
    assert (round(width), round(height)) == size


def test_the_file_says_what_it_is() -> None:
    pdf = render_pdf(replace(bakery(), locale="de_DE"))
    with pdfium.PdfDocument(pdf) as opened:
        metadata = opened.get_metadata_dict()
    assert metadata["Title"] == "Rechnung INV-2026-00042"
    assert metadata["Author"] == "Hartley & Daughters Bakery Ltd"
    assert metadata["Subject"] == "Rechnung INV-2026-00042, 2026-03-05, Harbour Café"
    assert b"/Lang (de-DE)" in pdf


def test_only_the_embedded_fonts_are_in_the_file() -> None:
    pdf = render_pdf(replace(catalogue(40), environment=Environment.SANDBOX))
    fonts = {part.split(b" ")[0] for part in pdf.split(b"/BaseFont /")[1:]}
    assert fonts
    assert all(b"+NotoSans-" in font for font in fonts)
    assert pdf.count(b"/FontFile2") == len(fonts)
    assert b"Helvetica" not in pdf


def test_the_same_document_gives_the_same_bytes_in_many_threads() -> None:
    documents = [replace(bakery(), note=note) for note in ("Ελλάς", "Привет", "Việt Nam", "Zażółć gęślą jaźń", "ÀÉÎÕÜ")]
    expected = [render_pdf(item) for item in documents]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            rendered = list(pool.map(render_pdf, documents * 24))
    finally:
        sys.setswitchinterval(interval)
    assert rendered == expected * 24


def test_the_same_document_gives_the_same_bytes_in_another_process() -> None:
    program = """import hashlib, sys
from invoicing.document.canonical import document_from_text
from invoicing.render.pdf import render_pdf
print(hashlib.sha256(render_pdf(document_from_text(sys.stdin.read()))).hexdigest())"""
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            input=document_text(bakery()),
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(REPOSITORY), "PYTHONUTF8": "1"},
            capture_output=True,
            check=True,
            encoding="utf-8",
            cwd=REPOSITORY,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1
