"""What is printed in each country: words, formats, addresses, legal texts, and everything a document can hold."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from invoicing.appearance.branding import Branding, kept_logo
from invoicing.countries import COUNTRY_CODES, country
from invoicing.document.documents import CreditedInvoice, DocumentKind, Exchange, Withholding
from invoicing.document.parties import Address, PaymentDetails
from invoicing.organizations import Environment
from invoicing.render.addresses import address_lines
from invoicing.render.formats import formats_for
from invoicing.render.pdf import render_pdf
from tests.support.printed import PARTIES, image, invoice, pages_of, picture, printed, structure
from tests.support.samples import charge, discount, line, off
from tests.support.steps import steps_of

ENGLISH_TOO = Branding(second_language="en")
LOGO = kept_logo(image(color="#FF0000")).content
LOGO_PLACE = (75, 60)
SLIP_TOP = 842 - 298


@pytest.mark.parametrize(
    ("seller", "expected"),
    [
        (
            "GB",
            (
                "12 Station Road\nBristol\nBS1 4ND\nVAT no. GB123456782",
                "Invoice\nNo. INV-2026-00042\nAmount due\n£90.00\nDue date\n15 Apr 2026\nBill to\nHotel Bristol",
                "Invoice date 16 Mar 2026\nDate of supply 16 Mar 2026",
                "All amounts in GBP, prices excluding VAT.",
                "No. Description Quantity Unit price VAT Amount\n1 <Item 1> 2 12.50 20% 25.00",
                "VAT 20% 75.00 15.00\nTotal excl. VAT £75.00\nVAT £15.00\nTotal £90.00",
            ),
        ),
        (
            "DE",
            (
                "Lindenstraße 5\n10969 Berlin\nUSt-IdNr. DE136695976\nHandelsregisternummer HRB 12345\n",
                "Rechnung\nNr. INV-2026-00042\nZahlbetrag\n89,25 €\nFällig am\n15.04.2026",
                "Rechnungsdatum 16.03.2026\nLeistungsdatum 16.03.2026",
                "Pos. Bezeichnung Menge Einzelpreis USt. Betrag\n1 <Item 1> 2 12,50 19 % 25,00",
                "USt. 19 % 75,00 14,25\nNettobetrag 75,00 €\nUSt. 14,25 €\nGesamtbetrag 89,25 €",
                "IBAN DE89 3704 0044 0532 0130 00\nBIC COBADEFFXXX\nVerwendungszweck INV-2026-00042",
                "Zum Bezahlen scannen",
                "Seite 1 von 1",
            ),
        ),
        (
            "GR",
            (
                "Ερμού 5\n105 63 Αθήνα\nΑΦΜ 094259216",
                "Τιμολόγιο παροχής\nυπηρεσιών\nΑριθμός INV-2026-00042",
                "Πελάτης\nHotel Bristol",
                "ΦΠΑ 24% 75,00 18,00\nΚαθαρή αξία 75,00 €\nΦΠΑ 18,00 €\nΣυνολική αξία 93,00 €",
            ),
        ),
        (
            "CH",
            (
                "Rue du Lac 1268\n2501 Biel\nMWST-Nr. CHE-116.281.710 MWST",
                "Total inkl. MWST CHF 81.08",
                "Empfangsschein\nKonto / Zahlbar an\nCH44 3199 9123 0008 8901 2\nRobert Schneider AG\nRue du Lac 1268",
                "Referenz\n00 00000 00001 82331 20260 00420\nZahlbar durch\nHotel Bristol",
                "Zusätzliche Informationen\nINV-2026-00042",
            ),
        ),
        (
            "US",
            (
                "100 Main St\nLos Angeles, CA 90012\nEIN 12-3456789",
                "Invoice date Mar 16, 2026",
                "Account number 123456789\nRouting number 121100782",
            ),
        ),
        (
            "PL",
            (
                "ul. Długa 5\n00-238 Warszawa\nNIP 8567346215\n",
                "Faktura\nNr INV-2026-00042",
                "Nabywca\nHotel Bristol",
                "Lp. Nazwa towaru lub usługi Ilość Cena jednostkowa VAT Wartość",
                "Razem netto 75,00 zł\nVAT 17,25 zł\nRazem brutto 92,25 zł",
            ),
        ),
        (
            "ES",
            (
                "Factura\nN.º INV-2026-00042\nTotal a pagar",
                "Cliente\nHotel",
                "Fecha de expedición 16 mar 2026",
                "Total 90,75 €",
            ),
        ),
    ],
)
def test_a_document_is_written_as_its_country_writes_it(seller: str, expected: tuple[str, ...]) -> None:
    text = printed(invoice(seller)).replace("\u00a0", " ")
    for part in expected:
        assert part in text, part


def test_the_code_of_a_british_bank_is_a_sort_code() -> None:
    account = PaymentDetails("", "", "", "", "12345678", "20-00-00")
    assert "Account number 12345678\nSort code 20-00-00\n" in printed(replace(invoice("GB"), payment=account))
    abroad = replace(invoice("GB"), payment=account, locale="de_DE")
    assert "Bankleitzahl 20-00-00" in printed(abroad)


def test_the_text_is_in_reading_order_with_logo_code_and_slip() -> None:
    text = printed(invoice("DE"), Branding(logo=LOGO, color="#0B6E4F"))
    order = [
        "Rechnung\n",
        "Zahlbetrag",
        "Hotel Bristol",
        "DE136695976",
        "Rechnungsdatum",
        "<Item 3>",
        "USt.-Aufstellung",
        "Gesamtbetrag",
    ]
    order += ["IBAN", "Zum Bezahlen", "Seite 1"]
    assert [text.index(word) for word in order] == sorted(text.index(word) for word in order)
    text = printed(invoice("CH"))
    order = [
        "Total inkl. MWST",
        "Zahlungsbedingungen",
        "Seite 1",
        "Empfangsschein",
        "Annahmestelle",
        "Zahlteil",
        "Zusätzliche",
    ]
    assert [text.index(word) for word in order] == sorted(text.index(word) for word in order)


def test_a_second_language_stands_beside_the_first() -> None:
    text = printed(invoice("DE", "FR", count=1), ENGLISH_TOO).replace("\u00a0", " ")
    for part in (
        "Rechnung / Invoice\nNr. / No. INV-2026-00042",
        "Rechnungsempfänger / Bill to",
        "Pos.\nNo.\nBezeichnung\nDescription",
        "Alle Beträge in EUR.\nAll amounts in EUR.",
        "Gesamtbetrag / Total 25,00 €",
        "Seite 1 von 1 / Page 1 of 1",
    ):
        assert part in text, part


def test_a_second_language_that_is_the_first_changes_nothing() -> None:
    assert render_pdf(invoice("GB"), ENGLISH_TOO) == render_pdf(invoice("GB"))


def test_a_number_of_a_country_without_vat_is_not_called_one() -> None:
    assert "EIN 12-3456789" in printed(invoice("PL", "US"))


def test_an_american_document_without_sales_tax_says_so_and_shows_no_tax_of_nothing() -> None:
    without = printed(invoice("US", lines=(line("100", "EXEMPT"),)))
    assert "Reason of EXEMPT" in without
    assert "Total $100.00" in without
    assert "summary" not in without
    assert "0%" not in without
    assert "All amounts in USD.\n" in printed(invoice("US", lines=(line("100", "LA"),)))


def test_the_legal_text_is_in_the_language_of_the_law_and_in_english_for_a_buyer_abroad() -> None:
    abroad = invoice("DE", "FR")
    (tax,) = abroad.taxes
    assert tax.reason_local
    text = " ".join(printed(abroad).split())
    # The texts begin with the words of the category, which is not said twice.
    assert f"USt. 0 % 75,00 0,00 {tax.reason_local} {tax.reason}" in text.replace("\u00a0", " ")
    assert "10969 Berlin Deutschland" in text
    assert "75001 Paris Frankreich" in text
    assert "USt-IdNr. FR40303265045" in text
    at_home = replace(abroad, buyer=abroad.seller)
    text = " ".join(printed(at_home).split())
    assert tax.reason_local in text
    assert tax.reason not in text
    assert "Deutschland" not in text
    in_english = " ".join(printed(replace(at_home, locale="en_DE")).split())
    # The words of the law stay, with their translation before them.
    assert f"{tax.reason} {tax.reason_local}" in in_english
    both = " ".join(printed(replace(at_home, locale="en_DE"), Branding(second_language="de")).split())
    assert f"{tax.reason} {tax.reason_local}" in both


def test_discounts_and_charges_lead_from_the_lines_to_the_total() -> None:
    lines = (line("100", percent="10"), line("100", discount="5"), line("100", charge="2.50"))
    what = invoice("GB", lines=lines, adjustments=(discount(percent="5"), charge(amount="4.90")))
    text = printed(what)
    assert "2 Bread\nDiscount -5.00\n" in text or "2 Bread 1 100.00 20% 95.00\nDiscount -5.00" in text
    assert "Charge 2.50" in text
    assert "Subtotal £287.50\nDiscount: Loyalty 5% -£14.38\nCharge: Freight £4.90\nTotal excl. VAT £278.02" in text


def test_prices_for_many_and_the_discounts_of_a_line_are_printed() -> None:
    lines = (
        line("3.49", quantity="2500", base="100", adjustments=(off("10"), off(amount="2.50"))),
        line("0.08", quantity="-120"),
    )
    text = printed(invoice("GB", lines=lines))
    assert "3.49 / 100" in text
    assert "Discount: Agreed 10% × 87.25 -8.73" in text
    assert "Discount: Agreed -2.50" in text
    assert "-120 0.08 20% -9.60" in text


def test_the_rounding_of_the_sum_to_pay_stands_between_total_and_sum() -> None:
    text = printed(invoice("CH", lines=(line("79.92", "EXEMPT"),), rounding_to=Decimal("0.05")))
    assert re.search(r"Total CHF.79\.92\nRundung CHF.-0\.02\nZu bezahlen CHF.79\.90", text), text


def test_a_discount_over_several_rates_is_printed_once() -> None:
    lines = (line("100", "STANDARD"), line("100", "REDUCED"))
    text = printed(invoice("GB", lines=lines, adjustments=(discount(amount="10"),)))
    assert text.count("Discount: Loyalty") == 1
    assert "Discount: Loyalty -£10.00" in text


def test_every_jurisdiction_is_shown_and_stacks_of_one_rate_are_told_apart() -> None:
    text = printed(invoice("US", lines=(line("100", "LA"), line("100", "ELSEWHERE"))))
    assert "1 Bread 1 100.00 9.75% (2) 100.00\n2 Bread 1 100.00 9.75% (1) 100.00" in text.replace("\u00a0", " ")
    assert "Sales tax (1) 9.75% 100.00 9.75\nCalifornia 7.25% 7.25\nElsewhere 2.5% 2.50" in text
    assert "Los Angeles County 0.25% 0.25 Los Angeles County districts 2.25% 2.25" in " ".join(text.split())


def test_tax_that_the_buyer_withholds_leads_to_the_amount_payable() -> None:
    what = invoice("ES")
    what = replace(what, withholding=Withholding("IRPF", "IRPF", Decimal(15), what.net_minor, 1_125))
    text = printed(what).replace("\u00a0", " ")
    assert "IVA 15,75 €\nTotal 90,75 €\nRetención: IRPF 15 % -11,25 €\nTotal a pagar 79,50 €" in text


def test_a_credit_note_with_tax_withheld_says_what_is_credited_and_not_what_is_payable() -> None:
    what = replace(invoice("ES"), kind=DocumentKind.CREDIT_NOTE)
    what = replace(what, withholding=Withholding("IRPF", "IRPF", Decimal(15), what.net_minor, 1_125))
    text = printed(what).replace("\u00a0", " ")
    assert "Importe abonado -79,50 €" in text
    assert "pagar" not in text


def test_tax_in_the_accounting_currency_names_rate_day_and_source() -> None:
    what = replace(invoice("GB"), currency="EUR")
    what = replace(what, exchange=Exchange("GBP", Decimal("0.85"), date(2026, 3, 13), "ECB", 6_375, 1_275))
    text = printed(what)
    assert "Total €90.00\nVAT in GBP £12.75\nExchange rate: EUR 1 = GBP 0.85, 13 Mar 2026, ECB" in text


def test_a_credit_note_names_its_invoice_and_the_reason_and_asks_for_no_payment() -> None:
    what = replace(
        invoice("DE"),
        kind=DocumentKind.CREDIT_NOTE,
        number="CN-1",
        credits=CreditedInvoice("doc_1", "INV-2026-00007", date(2026, 2, 2)),
        reason="Ware beschädigt",
    )
    text = printed(what)
    assert "Rechnungskorrektur\nNr. CN-1\n" in text
    assert "Empfänger\nUSt-IdNr. DE136695976" in text
    assert "Korrigiert Rechnung INV-2026-00007, 02.02.2026" in " ".join(text.split())
    assert "Grund Ware beschädigt" in text
    for absent in ("Fällig", "IBAN", "scannen"):
        assert absent not in text


@pytest.mark.parametrize("code", COUNTRY_CODES)
def test_every_country_prints_in_its_own_languages(code: str) -> None:
    rules = country(code)
    for language in rules.languages:
        what = replace(
            invoice("DE"),
            locale=f"{language}_{code}",
            seller=replace(PARTIES["DE"], address=Address("1", "", "2", "3", "4", code)),
        )
        assert "\ufffd" not in printed(what)


@pytest.mark.parametrize(
    ("address", "abroad", "expected"),
    [
        (Address("1 High St", "", "SW1A 1AA", "London", "", "GB"), False, ["1 High St", "London", "SW1A 1AA"]),
        (Address("5 Ocean Ave", "", "90401", "LA", "", "US"), True, ["5 Ocean Ave", "LA 90401", "United States"]),
        (Address("5 Ocean Ave", "", "", "Santa Monica", "CA", "US"), False, ["5 Ocean Ave", "Santa Monica, CA"]),
        (Address("", "", "90401", "", "CA", "US"), False, ["CA 90401"]),
        (Address("Via Roma 1", "", "20121", "Milano", "MI", "IT"), False, ["Via Roma 1", "20121 Milano MI"]),
        (Address("Fő utca 1.", "", "1011", "Budapest", "", "HU"), False, ["Budapest", "Fő utca 1.", "1011"]),
        (Address("Brīvības 1", "", "LV-1010", "Rīga", "", "LV"), False, ["Brīvības 1", "Rīga, LV-1010"]),
        (Address("Brīvības 1", "", "", "Rīga", "", "LV"), False, ["Brīvības 1", "Rīga"]),
        (Address("1 King St", "", "M5H", "Toronto", "ON", "CA"), True, ["1 King St", "Toronto, ON M5H", "Canada"]),
        (Address("1-1", "", "100-0001", "Tokyo", "", "JP"), True, ["1-1", "100-0001 Tokyo", "Japan"]),
        (Address(), True, []),
    ],
)  # fmt: skip
def test_an_address_is_written_as_its_country_writes_it(address: Address, abroad: bool, expected: list[str]) -> None:
    assert address_lines(address, formats_for("en_GB", "GBP"), abroad=abroad) == expected


def test_the_logo_is_on_the_first_page_and_the_colour_behind_the_head_of_the_table() -> None:
    plain = render_pdf(invoice("FR", count=40))
    branded = render_pdf(invoice("FR", count=40), Branding(logo=LOGO, color="#0B6E4F"))
    assert picture(plain).getpixel(LOGO_PLACE) != (255, 0, 0)
    assert picture(branded).getpixel(LOGO_PLACE) == (255, 0, 0)
    assert branded.count(b"/Subtype /Image") == 1
    assert branded == render_pdf(invoice("FR", count=40), Branding(logo=LOGO, color="#0B6E4F"))
    jpeg = kept_logo(image("JPEG", color="#0000FF")).content
    darkest, _ = zip(
        *picture(render_pdf(invoice("FR"), Branding(logo=jpeg))).crop((75, 55, 85, 65)).getextrema(), strict=True
    )
    assert darkest[0] < 9
    assert darkest[2] > 245


def test_a_screen_reader_finds_a_table_of_rows_and_words_for_the_pictures() -> None:
    found = structure(render_pdf(invoice("DE", count=2), Branding(logo=LOGO)))
    roles = [role for role, _ in found]
    row = ["TR", *["TD"] * 6]
    assert roles[:2] == ["Document", "H1"]
    table = roles.index("Table")
    assert roles[table:][:22] == ["Table", "TR", *["TH"] * 6, *row, *row]
    assert set(roles[2:table]) == {"P", "Figure"}
    taxes = ["Table", "TR", *["TH"] * 4, "TR", "TH", *["TD"] * 3]
    assert roles[table + 22 :][:21] == [*taxes, "Table", *["TR", "TH", "TD"] * 3]
    assert set(roles[table + 43 :]) == {"H2", "P", "Figure"}
    assert [words for _, words in found if words] == [PARTIES["DE"].name, "Zum Bezahlen scannen"]


def test_what_is_repeated_on_each_page_is_read_out_once() -> None:
    pdf = render_pdf(replace(invoice("GB", count=60), footer="Footer"))
    pages = len(pages_of(pdf))
    rows = [[role for role, _ in structure(pdf, page)].count("TR") for page in range(pages)]
    heads = [[role for role, _ in structure(pdf, page)].count("TH") for page in range(pages)]
    assert pages > 1
    # Besides its head and sixty lines: two rows of taxes and three of sums, with five and three heads.
    assert sum(rows) == 61 + 5
    assert heads == [6] + [0] * (pages - 2) + [5 + 3]


def test_who_holds_the_account_is_said_only_where_there_is_one() -> None:
    without = replace(invoice("FR"), payment=PaymentDetails("Hôtel Bristol"))
    assert "Titulaire du compte" not in printed(without)
    assert "Coordonnées bancaires" not in printed(without)
    stated = PaymentDetails("Hôtel Bristol", "", "FR1420041010050500013M02606")
    assert "Coordonnées bancaires\nTitulaire du compte Hôtel Bristol" in printed(replace(without, payment=stated))


def test_a_payment_code_can_be_left_out() -> None:
    without = Branding(payment_qr=False)
    assert "Zum Bezahlen" not in printed(invoice("DE"), without)
    assert "Empfangsschein" not in printed(invoice("CH"), without)


@pytest.mark.parametrize("lines", [*range(1, 14), 30])
def test_the_slip_is_whole_at_the_foot_of_the_last_page(lines: int) -> None:
    pages = pages_of(render_pdf(invoice("CH", count=lines)))
    assert ["Zahlteil" in page for page in pages] == [False] * (len(pages) - 1) + [True]
    assert all(f"Seite {index} von {len(pages)}" in page for index, page in enumerate(pages, start=1))


def test_the_watermark_of_a_sandbox_goes_through_the_slip() -> None:
    lower = (0, SLIP_TOP + 60, 595, SLIP_TOP + 280)
    colors = {}
    for environment in Environment:
        page = picture(render_pdf(replace(invoice("CH"), environment=environment))).crop(lower)
        colors[environment] = {color for _, color in page.getcolors(100_000) or []}
    watermark = (244, 230, 227)
    assert watermark in colors[Environment.SANDBOX]
    assert watermark not in colors[Environment.LIVE]


def test_a_slip_needs_a4_wherever_the_seller_is() -> None:
    swiss_account = replace(invoice("US"), currency="CHF", payment=invoice("CH").payment)
    assert picture(render_pdf(swiss_account)).size == (596, 842)
    assert picture(render_pdf(swiss_account, Branding(payment_qr=False))).size == (612, 792)


def test_the_slip_overlaps_nothing() -> None:
    for lines in range(1, 16):
        pdf = render_pdf(replace(invoice("CH", count=lines), note="Danke", footer="Footer"))
        last = picture(pdf, len(pages_of(pdf)) - 1)
        # Between the foot of the page and the slip is a strip of white paper.
        assert last.crop((0, SLIP_TOP - 16, 595, SLIP_TOP - 12)).getextrema() == ((255, 255),) * 3, lines


def test_three_hundred_lines_take_no_more_than_their_share_of_work() -> None:
    render_pdf(invoice("DE"))
    few, many = invoice("DE", count=3), invoice("DE", count=300)
    assert steps_of(lambda: render_pdf(many)) < 20 * steps_of(lambda: render_pdf(few))
    assert len(pages_of(render_pdf(many))) > 8


@pytest.mark.parametrize(("code", "said"), [("EXEMPT", "zw."), ("REVERSE-CHARGE", "np."), ("EXPORT", "0%")])
def test_polish_documents_say_in_words_that_a_sale_has_no_rate(code: str, said: str) -> None:
    text = printed(invoice("PL", lines=(line("100", code),))).replace("\u00a0", "")
    assert [word for word in ("zw.", "np.", "0%") if word in text.replace("100%", "")] == [said]
