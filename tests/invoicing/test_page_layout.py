"""Where things stand on the page: what a payer looks for, what an envelope shows, and what stands in columns."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from invoicing.appearance.branding import Branding, kept_logo
from invoicing.countries import COUNTRY_CODES, country
from invoicing.document.documents import Document, DocumentKind
from invoicing.document.languages import locale_of
from invoicing.document.legal_texts import LegalText, Particulars
from invoicing.document.parties import Address, Party, PaymentDetails
from invoicing.document.payable import Instalment
from invoicing.render.formats import formats_for, grouped_by_four
from invoicing.render.labels import LANGUAGES, labels_of
from invoicing.render.pdf import render_pdf
from invoicing.render.totals import hanging_width
from invoicing.render.wording import tax_name
from tests.support.printed import image, invoice, pages_of, place_of, printed

# Where the sums begin, in millimetres from the left edge.
_SUMS_LEFT = 117.6
TALL = Branding(logo=kept_logo(image(size=(200, 800))).content)


def of(code: str, *, sender: Address | None = None) -> Document:
    """An invoice as the country has it, to a buyer whose address has five lines."""
    rules = country(code)
    address = Address("Street 5", "Building B", "12345", "Town", "", code)
    seller = Party("Seller", sender or Address(country=code), "X1")
    return replace(invoice("DE"), locale=rules.locale, seller=seller, buyer=Party("The Buyer Ltd", address, "X2"))


@pytest.mark.parametrize("code", COUNTRY_CODES)
def test_the_address_is_in_the_window_of_its_country_below_the_tallest_logo(code: str) -> None:
    window = country(code).address_window
    pdf = render_pdf(of(code), TALL)
    for text in ("The Buyer Ltd", "Street 5", "Building B", "Town"):
        left, top, right, bottom = place_of(pdf, text)
        assert window.left <= left < right <= window.left + window.width, text
        assert window.top <= top < bottom <= window.top + window.height, text
    # Neither the table nor the buyer's number, which is nobody's business, is seen through it.
    head = labels_of(country(code).languages[0]).description
    assert place_of(pdf, head)[1] >= window.top + window.height
    number = place_of(pdf, "X2")
    assert number[0] > window.left + window.width or number[2] < window.left


def test_the_field_of_din_5008_has_the_sender_above_the_address() -> None:
    window = country("DE").address_window
    assert (window.left, window.top, window.width, window.height) == (20, 45, 85, 45)
    pdf = render_pdf(of("DE", sender=Address("Weg 1", "", "10115", "Berlin", "", "DE")))
    left, top, _, bottom = place_of(pdf, "Seller · Weg 1 · 10115 Berlin")
    address = place_of(pdf, "The Buyer Ltd")
    assert window.top <= top < bottom < address[1]
    assert left == pytest.approx(address[0], abs=0.5)


def test_the_sum_and_its_day_are_the_largest_after_the_title() -> None:
    pdf = render_pdf(invoice("GB"))
    title, amount, day, total = (place_of(pdf, text) for text in ("Invoice", "£90.00", "15 Apr 2026", "Total £"))
    assert title[1] < amount[1] < 40
    assert amount[0] == pytest.approx(title[0], abs=0.5)
    assert amount[3] - amount[1] > total[3] - total[1]
    assert day[2] < place_of(pdf, "Hartley & Daughters")[0]
    assert "Amount due" not in printed(replace(invoice("GB"), kind=DocumentKind.CREDIT_NOTE))


def test_instalments_have_their_days_in_the_terms_and_the_sum_alone_is_large() -> None:
    what = invoice("GB")
    parts = (Instalment(date(2026, 4, 15), 4_000), Instalment(date(2026, 5, 15), 5_000))
    text = printed(replace(what, instalments=parts))
    assert "Amount due\n£90.00\nBill to" in text
    assert "Due date 15 Apr 2026: £40.00\nDue date 15 May 2026: £50.00" in text
    assert "Due date\n15 Apr 2026" in printed(replace(what, instalments=()))


@pytest.mark.parametrize("seller", ["GB", "DE", "PL", "CH"])
def test_the_digits_of_lines_and_sums_end_in_one_place_whatever_sign_follows(seller: str) -> None:
    what = invoice(seller)
    pdf = render_pdf(what)
    formats = formats_for(what.locale, what.currency)
    line_end = place_of(pdf, formats.amount(3750))[2]
    # The total's first place is the large one below the title.
    for amount_minor in (what.net_minor, what.tax_minor):
        money = formats.money(amount_minor).replace("\u00a0", " ")
        figures = len(money.rstrip("€zł "))
        assert place_of(pdf, money, measured=figures)[2] == pytest.approx(line_end, abs=0.4)
    assert (hanging_width(what, formats) > 0) == formats.money(0).endswith(("€", "zł"))


@pytest.mark.parametrize("count", [1, 3])
def test_the_sums_stand_in_the_same_place_with_short_and_long_words(count: int) -> None:
    short, long = invoice("DE", count=count), invoice("DE", count=count)
    long = replace(
        long, taxes=tuple(replace(tax, label="Umsatzsteuer in voller Länge geschrieben") for tax in long.taxes)
    )
    places = [place_of(render_pdf(what), "Gesamtbetrag") for what in (short, long)]
    assert places[0][0] == pytest.approx(places[1][0], abs=0.1)


def test_no_line_of_the_foot_ends_with_what_stands_between_two_facts() -> None:
    facts = " · ".join(f"a fact of the seller, the number {number} of many" for number in range(1, 9))
    text = printed(replace(invoice("DE"), footer=facts))
    assert "the number 8 of many" in text
    assert "·" in text
    assert not any(line.rstrip().endswith("·") for line in text.splitlines())


def test_quantities_stand_at_their_decimal_sign_and_units_at_an_edge_of_their_own() -> None:
    what = invoice("DE")
    amounts = (("640", "Stück"), ("4.8", "Std."), ("13.25", "kg"))
    lines = tuple(
        replace(line, quantity=Decimal(number), unit=unit)
        for line, (number, unit) in zip(what.lines, amounts, strict=True)
    )
    pdf = render_pdf(replace(what, lines=lines))
    whole, half, quarter = (place_of(pdf, text) for text in ("640", "4,8", "13,25"))
    comma = place_of(pdf, "4,8", measured=2)
    assert whole[2] < comma[2]
    assert quarter[2] > half[2] > whole[2]
    assert place_of(pdf, "13,25", measured=3)[2] == pytest.approx(comma[2], abs=0.1)
    units = [place_of(pdf, unit)[0] for _, unit in amounts]
    assert max(units) - min(units) < 0.5


@pytest.mark.parametrize("lines", [6, 12, 19, 25, 40])
def test_a_slip_is_never_alone_on_its_page(lines: int) -> None:
    last = pages_of(render_pdf(invoice("CH", count=lines)))[-1]
    assert "Zahlteil" in last
    assert f"<Item {lines}>" in last
    assert "Total inkl. MWST" in last


def test_a_slip_takes_at_most_half_of_a_few_lines_to_its_page() -> None:
    first, last = pages_of(render_pdf(replace(invoice("CH", count=5), note="Danke.\n" * 4)))
    assert [f"<Item {index}>" in first for index in range(1, 6)] == [True, True, False, False, False]
    assert "<Item 3>" in last


@pytest.mark.parametrize("country_code", ["HU", "MT", "GB", "NO"])
def test_an_account_stays_on_one_line_and_can_be_copied(country_code: str) -> None:
    ibans = {
        "HU": "HU42117730161111101800000000",
        "MT": "MT84MALT011000012345MTLCAST001S",
        "GB": "GB33BUKB20201555555555",
        "NO": "NO9386011117947",
    }
    what = replace(invoice("DE"), payment=PaymentDetails("Owner", "", ibans[country_code], ""))
    assert f"IBAN {grouped_by_four(ibans[country_code])}\n".replace("\u00a0", " ") in printed(what)


def test_money_has_the_signs_that_its_language_has_for_money() -> None:
    romand = formats_for("fr_CH", "CHF")
    assert romand.money(39435).replace("\u00a0", " ") == "394.35 CHF"
    assert romand.price(Decimal("1234.5")) == "1'234.50"
    assert romand.number(Decimal("394.35")) == "394,35"
    assert formats_for("de_CH", "CHF").money(-1438).replace("\u00a0", " ") == "CHF -14.38"
    assert formats_for("de_CH", "CHF").amount(-1438) == "-14.38"


def test_the_note_stands_between_the_sums_and_the_account() -> None:
    text = printed(replace(invoice("DE"), note="Geliefert ans Hintertor."))
    assert text.index("Gesamtbetrag") < text.index("Geliefert") < text.index("IBAN")


@pytest.mark.parametrize("seller", ["DE", "FR", "GB"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_words_of_every_language_fit_and_leave_the_sums_where_they_are(language: str, seller: str) -> None:
    made = replace(invoice(seller), locale=locale_of(language, seller))
    pdf, labels = render_pdf(made), labels_of(language, seller)
    tax = tax_name(country(seller), country(seller).tax_label, language)
    text = "".join(pages_of(pdf))
    assert "…" not in text
    # A word of the sums that stands nowhere else; Spanish has none.
    sums = [words.format(tax=tax) for words in (labels.total_with_tax, labels.net)]
    only = [words for words in sums if text.count(words) == 1]
    assert only or language == "es"
    for words in only:
        assert place_of(pdf, words)[0] == pytest.approx(_SUMS_LEFT, abs=0.7)


@pytest.mark.parametrize("second", LANGUAGES)
def test_two_languages_stand_below_each_other_where_they_do_not_fit(second: str) -> None:
    first = replace(invoice("GB"), locale="hu_HU", second_language="" if second == "hu" else second)
    assert "…" not in printed(first)


def test_a_long_sender_above_the_address_is_in_smaller_type_before_it_is_cut() -> None:
    made = of("DE", sender=Address("Kastanienallee 12", "", "10435", "Berlin", "", "DE"))
    named = replace(made, seller=replace(made.seller, name="Bergmann Werbetechnik GmbH"))
    assert "Bergmann Werbetechnik GmbH · Kastanienallee 12 · 10435 Berlin\n" in printed(named)
    longest = replace(named, seller=replace(made.seller, name="Bergmann und Sander Werbetechnik GmbH & Co. KG"))
    assert "Bergmann und Sander Werbetechnik GmbH & Co. KG · K" in printed(longest)


def test_the_head_of_a_column_of_the_taxes_has_two_lines_in_each_language_where_there_is_room() -> None:
    made = of("BE")
    text = printed(replace(made, second_language="fr"))
    assert "Maatstaf\nvan heffing\nBase\nimposable\n" in text


def test_the_number_of_a_register_stands_once_where_the_foot_says_it() -> None:
    made = of("NL")
    foot = Particulars("nl", (LegalText("KvK 12345678"),), ())
    seller = replace(made.seller, registration_number="12345678")
    assert printed(replace(made, seller=seller)).count("12345678") == 1
    said = printed(replace(made, seller=replace(seller, particulars=foot)))
    assert said.count("12345678") == 1
    assert "KvK 12345678" in said
    other = replace(seller, registration_number="87654321", particulars=foot)
    assert "KVK-nummer 87654321" in printed(replace(made, seller=other))


def test_a_number_that_is_known_by_two_names_stands_under_both() -> None:
    made = of("FR")
    foot = Particulars("fr", (LegalText("832 140 008 RCS Paris"),), ())
    said = printed(replace(made, seller=replace(made.seller, registration_number="832 140 008", particulars=foot)))
    assert "SIREN 832 140 008" in said
    assert "832 140 008 RCS Paris" in said.replace("\u00a0", " ")


def test_whether_prices_hold_the_tax_is_said_where_there_is_any() -> None:
    assert "Alle Beträge in EUR, Preise zuzüglich USt.\n" in printed(invoice("DE"))
    assert "Alle Beträge in EUR.\n" in printed(invoice("DE", "FR"))


@pytest.mark.parametrize("seller", ["DE", "GR", "PL", "ES"])
def test_what_stands_beside_an_account_begins_where_the_sums_do_however_long_the_account_is(seller: str) -> None:
    # An incident: beside a long IBAN the code to pay by stood out of line with the sums above it.
    what = invoice(seller)
    pdf, labels = render_pdf(what), labels_of(what.locale[:2], seller)
    beside = labels.scan_to_pay if labels.scan_to_pay in printed(what) else labels.payment_terms
    assert place_of(pdf, beside)[0] == pytest.approx(_SUMS_LEFT, abs=0.7)
    iban = grouped_by_four(what.payment.iban).replace("\u00a0", " ")
    _, top, right, bottom = place_of(pdf, iban)
    assert bottom - top < 4, "the account breaks"
    assert right < _SUMS_LEFT - 4


def test_the_terms_and_each_sentence_of_the_law_below_them_are_paragraphs_apart() -> None:
    pdf = render_pdf(invoice("FR"))
    terms, late, sum_of_money, early = (
        place_of(pdf, text, measured=3)[1]
        for text in ("Paiement à 30", "Pénalités de retard", "Indemnité forfaitaire", "Escompte pour")
    )
    line = 12.5 * 25.4 / 72
    assert late - terms > line + 0.8
    assert early - sum_of_money > line + 0.8
