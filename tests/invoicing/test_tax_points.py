"""Which day decides the rate: the table of docs/money.md, each rule of a period, and lines with dates of their own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from invoicing.countries import COUNTRY_CODES, PeriodRule, TaxPointOfPeriod, country
from invoicing.countries.model import DatedRate
from invoicing.credit.crediting import credit
from invoicing.document.canonical import document_from_text, document_text
from invoicing.document.documents import Document, JurisdictionLevel, Supply, TaxCategory
from invoicing.document.notices import Notice
from invoicing.document.requested import RequestedDocument, RequestedLine, request_from_text, request_text
from invoicing.document.warnings import warnings_for
from invoicing.master_data.records import Jurisdiction, TaxCode
from invoicing.refusals import InvalidInput
from invoicing.tax.points import Billing, SupplyDates, rate_spans, tax_point
from invoicing.tax.totals import totals_follow
from tests.support.money_document import money_table
from tests.support.rates import default_code, rate_on
from tests.support.samples import (
    RITENUTA,
    circumstances,
    composed,
    customer,
    discount,
    document,
    line,
    request,
    setup,
)

ROWS = money_table("country", "from")
CHANGED = date(2021, 7, 1)


def day(text: str) -> date:
    return date.fromisoformat(text)


def dated(before: str, after: str) -> tuple[DatedRate, ...]:
    return (
        DatedRate(Decimal(before), date(2000, 1, 1), CHANGED - timedelta(days=1)),
        DatedRate(Decimal(after), CHANGED),
    )


def changing(before: str, after: str) -> TaxCode:
    """A code whose rate changes on 1 July 2021."""
    return TaxCode("STANDARD", "Standard", TaxCategory.STANDARD, "VAT", dated(before, after), is_default=True)


def notices(wanted: RequestedDocument, seller: str, *, consumer: bool = False) -> list[Notice]:
    """What a draft says of rates, in an organization with its country's own codes."""
    given = circumstances(seller=seller, codes=None, buyer=customer(seller, consumer=consumer, tax_number="1"))
    made = composed(wanted, given)
    found = warnings_for(
        made.document,
        profile=given.profile,
        customer=given.customer,
        today=made.document.issue_date,
        chosen=made.chosen,
    )
    return [notice for notice in found if "rate_" in notice.code and notice.code != "exchange_rate_missing"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: " ".join(list(row.values())[:6]))
def test_the_day_is_the_one_that_the_money_document_states(row: dict[str, str]) -> None:
    given = circumstances(
        seller=row["country"], codes=None, buyer=customer(row["country"], consumer=row["buyer"] == "consumer")
    )
    wanted = request(
        line("1000", row["code"], supply=Supply(row["supply"])),
        supply_date=day(row["from"]),
        supply_end=day(row["to"]),
        issue_date=day(row["issued"]),
    )
    (chosen,) = composed(wanted, given).chosen
    assert chosen.timing is not None
    assert (chosen.rate, chosen.timing.day) == (Decimal(row["rate"]), day(row["day"]))
    (tax,) = document(wanted, given).taxes
    assert tax.tax_minor == Decimal(row["rate"]) * 1000


def test_every_rule_that_real_rates_show_is_in_the_money_document() -> None:
    written = {country(row["country"]).tax_point_of_period.rule for row in ROWS}
    # Hungary, Italy and the US have had no change of a rate since 2018; each rule has a row of its own below.
    assert set(PeriodRule) - written == {
        PeriodRule.DUE_DAY,
        PeriodRule.INVOICE_FOR_SERVICES,
        PeriodRule.BILLING_PERIOD,
    }


@pytest.mark.parametrize("code", COUNTRY_CODES)
def test_a_supply_across_each_change_of_a_rate_is_taxed_by_its_end_and_warned_of(code: str) -> None:
    """Billed on its last day to a consumer, every rule but the Swiss comes to the rate of the end (Article 64(1))."""
    highest = country(code).tax_point_of_period.rule is PeriodRule.HIGHEST_UNLESS_SPLIT
    for template in country(code).tax_codes:
        for before, after in pairwise(template.rates):
            first, last = after.valid_from - timedelta(days=10), after.valid_from + timedelta(days=10)
            if before.valid_until != after.valid_from - timedelta(days=1) or last.year > 2030:
                continue
            wanted = request(line("1000", template.code), supply_date=first, supply_end=last, issue_date=last)
            made = document(wanted, circumstances(seller=code, codes=None, buyer=customer(code, consumer=True)))
            expected = max(before.percent, after.percent) if highest else after.percent
            assert made.lines[0].tax_rate == expected, template.code
            (notice,) = notices(wanted, code, consumer=True)
            assert notice.code == "rate_changed_in_period"
            assert country(code).tax_point_of_period.article in notice.text


# Each rule of a period: the rate is 20 % until 2021-06-30 and 10 % from then on, or the other way.
RULES = (
    ("end", "down", "2021-07-15", "2021-08-14", "services", "2021-07-15"),
    ("end", "down", "2021-06-20", "2021-07-20", "services", "2021-07-15"),
    ("end_or_earlier_invoice", "down", "2021-06-20", "2021-07-20", "services", "2021-06-20"),
    ("end_or_earlier_invoice", "down", "2021-05-01", "2021-06-01", "services", "2021-06-15"),
    ("end_or_earlier_invoice", "down", "2021-07-20", "2021-08-20", "services", "2021-07-15"),
    ("invoice_to_business", "down", "2021-08-02", "2021-09-01", "services", "2021-08-02"),
    ("invoice_to_business", "down", "2021-12-02", "2021-12-31", "services", "2021-08-15"),
    ("invoice_for_services", "down", "2021-12-02", "2021-12-31", "services", "2021-12-02"),
    ("invoice_for_services", "down", "2021-12-02", "2021-12-31", "goods", "2021-07-15"),
    ("due_day", "down", "2021-07-15", "2021-08-14", "services", "2021-08-14"),
    ("due_day", "down", "2021-07-15", "2021-10-30", "services", "2021-09-13"),
    ("due_day", "down", "2021-06-20", "2021-06-28", "services", "2021-06-20"),
    ("due_day", "down", "2021-06-20", "2021-07-15", "services", "2021-07-15"),
    ("highest_unless_split", "down", "2021-07-15", "2021-08-14", "services", "2021-06-30"),
    ("highest_unless_split", "up", "2021-07-15", "2021-08-14", "services", "2021-07-15"),
    ("end_unless_split", "up", "2021-07-15", "2021-08-14", "services", "2021-07-15"),
    ("billing_period", "up", "2021-07-15", "2021-08-14", "services", "2021-06-15"),
    ("billing_period", "down", "2021-06-20", "2021-07-14", "services", "2021-06-20"),
    ("billing_period", "down", "2021-07-20", "2021-08-14", "services", "2021-07-15"),
)


@pytest.mark.parametrize(("rule", "way", "issued", "due", "supply", "expected"), RULES)
def test_each_rule_names_its_day(rule: str, way: str, issued: str, due: str, supply: str, expected: str) -> None:
    """Sources: Directive 2006/112/EC, Articles 63 to 66; VATA s. 6(4); Revenue (IE); DPR 633/1972, art. 6; Áfa tv.
    58. §; MWST-Info 19 for 2018 and 2024; mval § 22-1; art. 41 ust. 14c ustawy o VAT; SSUTA section 329.
    """
    code = changing("20", "10") if way == "down" else changing("10", "20")
    billing = Billing(TaxPointOfPeriod(PeriodRule(rule), "Law"), day(issued), day(due), business=True)
    dates = SupplyDates(date(2021, 6, 15), date(2021, 7, 15))
    assert tax_point(dates, billing, supply=Supply(supply), code=code) == day(expected)
    one_day = SupplyDates(date(2021, 6, 15))
    assert tax_point(one_day, billing, supply=Supply(supply), code=code) == date(2021, 6, 15)


def test_a_stack_of_jurisdictions_changes_when_one_of_them_does() -> None:
    parts = (
        Jurisdiction("California", JurisdictionLevel.STATE, (DatedRate(Decimal("7.25"), date(2000, 1, 1)),)),
        Jurisdiction("City", JurisdictionLevel.CITY, dated("1", "1.5")),
    )
    code = TaxCode("CITY", "City", TaxCategory.STANDARD, "Sales tax", (), jurisdictions=parts)
    spans = rate_spans(code, SupplyDates(date(2021, 6, 15), date(2021, 7, 15)))
    assert [(span.days, span.rate) for span in spans] == [(16, Decimal("8.25")), (15, Decimal("8.75"))]


def test_a_rate_that_goes_and_comes_back_within_the_period_is_warned_of() -> None:
    wanted = request(
        line(supply=Supply.SERVICES),
        supply_date=date(2020, 6, 1),
        supply_end=date(2021, 1, 31),
        issue_date=date(2021, 2, 1),
    )
    (notice,) = notices(wanted, "DE")
    assert "19 % from 2020-06-01 to 2020-06-30 and 16 % from 2020-07-01 to 2020-12-31 and 19 % from" in notice.text


# What the draft says


def test_a_swiss_draft_gives_the_two_amounts_that_make_two_lines() -> None:
    """MWSTG Art. 115 Abs. 1, Art. 112 Abs. 3: 17 of 31 days at 7.7 %, 14 at 8.1 %."""
    wanted = request(
        line("1000", supply=Supply.SERVICES),
        supply_date=date(2023, 12, 15),
        supply_end=date(2024, 1, 14),
        issue_date=date(2024, 1, 14),
    )
    (notice,) = notices(wanted, "CH")
    assert "The rate of 2024-01-14, 8.1 %, is used for the whole" in notice.text
    assert "by days line 1 is 548.39 at 7.7 % (17 days) and 451.61 at 8.1 % (14 days)." in notice.text
    parts = request(
        own(line("548.39", supply=Supply.SERVICES), "2023-12-15", "2023-12-31"),
        own(line("451.61", supply=Supply.SERVICES), "2024-01-01", "2024-01-14"),
        issue_date=date(2024, 1, 14),
    )
    assert notices(parts, "CH") == []
    made = document(parts, circumstances(seller="CH", codes=None))
    # 451.61 x 8.1 % = 36.58041; 548.39 x 7.7 % = 42.22603.
    assert [(tax.rate, tax.tax_minor) for tax in made.taxes] == [(Decimal("8.1"), 3658), (Decimal("7.7"), 4223)]


def test_lines_of_one_code_and_time_share_a_notice() -> None:
    lines = [line("10", supply=Supply.SERVICES) for _ in range(7)]
    wanted = request(*lines, supply_date=date(2020, 6, 15), supply_end=date(2020, 7, 15), issue_date=date(2020, 7, 15))
    (notice,) = notices(wanted, "DE")
    assert notice.text.startswith("Line 1, 2".replace("Line", "Lines"))
    assert "; and 2 more." in notice.text


@pytest.mark.parametrize(
    ("seller", "supplied", "issued", "code"),
    [
        # Delivered before and invoiced after: the rate of the day of supply, without a word (Article 63).
        ("SK", "2024-12-10", "2025-01-20", ""),
        ("DE", "2020-06-30", "2020-07-05", ""),
        # Invoiced before: a payment on account falls under the rate of its day (Article 65; VATA s. 6(4)).
        ("SK", "2025-01-10", "2024-12-20", "rate_changes_before_supply"),
        ("GB", "2020-07-20", "2020-07-10", "rate_changes_before_supply"),
        # The day of a payment decides nothing (Art. 115 MWSTG, mval § 22-1).
        ("CH", "2024-01-10", "2023-12-20", ""),
        # To a business Irish invoices bear the rate of their own day.
        ("IE", "2020-08-31", "2020-09-10", "rate_of_invoice_day"),
    ],
)
def test_a_day_of_supply_with_another_rate_than_the_issue_date(
    seller: str, supplied: str, issued: str, code: str
) -> None:
    asked = line("100", "HOSPITALITY" if seller == "GB" else "", supply=Supply.SERVICES)
    wanted = request(asked, supply_date=day(supplied), issue_date=day(issued))
    assert [notice.code for notice in notices(wanted, seller)] == [code] * bool(code)
    made = document(wanted, circumstances(seller=seller, codes=None))
    template = default_code(country(seller))
    if seller != "GB":
        assert made.lines[0].tax_rate == rate_on(template.rates, day(supplied))


def test_a_rate_of_the_day_of_the_invoice_is_said_where_it_was_another_during_the_supply() -> None:
    """Revenue: an invoice to a registered business bears the rate of the day on which it is issued."""
    wanted = request(
        line("1000", supply=Supply.SERVICES),
        supply_date=date(2020, 8, 15),
        supply_end=date(2020, 8, 31),
        issue_date=date(2020, 9, 10),
    )
    (notice,) = notices(wanted, "IE")
    assert notice.code == "rate_changed_in_period"
    assert "The rate of 2020-09-10, 21 %, is used" in notice.text
    assert "by days" not in notice.text
    assert notices(wanted, "IE", consumer=True) == []


# Lines with dates of their own


def own(asked: RequestedLine, first: str, last: str = "") -> RequestedLine:
    return replace(asked, supply_date=day(first), supply_end=day(last) if last else None)


def german_parts() -> Document:
    """Two parts that were agreed and are charged apart (§ 13 Abs. 1 Nr. 1 Buchst. a Satz 2 und 3 UStG)."""
    wanted = request(
        own(line("600", supply=Supply.SERVICES), "2020-06-15", "2020-06-30"),
        own(line("400", supply=Supply.SERVICES), "2020-07-01", "2020-07-15"),
        issue_date=date(2020, 7, 20),
    )
    return document(wanted, circumstances(seller="DE", codes=None))


def test_parts_that_are_charged_apart_keep_their_rates() -> None:
    made = german_parts()
    assert [(tax.rate, tax.taxable_minor, tax.tax_minor) for tax in made.taxes] == [
        (Decimal(19), 60000, 11400),
        (Decimal(16), 40000, 6400),
    ]
    assert (made.supply_date, made.supply_end) == (date(2020, 6, 15), date(2020, 7, 15))
    assert [(one.supply_date, one.supply_end) for one in made.lines] == [
        (date(2020, 6, 15), date(2020, 6, 30)),
        (date(2020, 7, 1), date(2020, 7, 15)),
    ]
    assert document_from_text(document_text(made)) == made
    assert totals_follow(made)


def test_a_credit_note_keeps_the_rates_and_dates_of_its_lines() -> None:
    made = replace(german_parts(), id="inv_1", number="INV-1")
    note = credit(made, [], None, reason="Returned", issue_date=date(2020, 8, 1), series="CN")
    assert [one.supply_date for one in note.lines] == [date(2020, 6, 15), date(2020, 7, 1)]
    assert (note.net_minor, note.tax_minor) == (made.net_minor, made.tax_minor)


def test_dates_that_are_the_documents_own_are_not_said_twice() -> None:
    made = document(request(own(line(), "2026-03-01", "2026-03-10")))
    assert (made.supply_date, made.supply_end) == (date(2026, 3, 1), date(2026, 3, 10))
    assert (made.lines[0].supply_date, made.lines[0].supply_end) == (None, None)
    assert '"supply_end":null' not in document_text(made).partition('"lines"')[2].partition("]")[0]


def test_a_line_without_dates_is_supplied_on_the_issue_date_beside_one_with_dates() -> None:
    made = document(request(own(line(), "2026-03-01"), line()))
    assert (made.supply_date, made.supply_end) == (date(2026, 3, 1), date(2026, 3, 16))
    assert [(one.supply_date, one.supply_end) for one in made.lines] == [
        (date(2026, 3, 1), None),
        (date(2026, 3, 16), None),
    ]


@pytest.mark.parametrize(
    ("wanted", "field", "says"),
    [
        (request(replace(line(), supply_end=date(2026, 3, 1))), "lines[0].supply_date", "when its supply begins"),
        (request(own(line(), "2026-03-02", "2026-03-01")), "lines[0].supply_end", "before its supply_date"),
        (request(own(line(), "1999-03-02")), "lines[0].supply_date", "between 2000"),
        (
            request(line(), own(line(), "2026-03-02"), supply_date=date(2026, 3, 3), supply_end=date(2026, 3, 9)),
            "lines[1].supply_date",
            "lies outside the document's own supply (2026-03-03 to 2026-03-09)",
        ),
        (
            request(own(line(), "2026-03-04", "2026-03-10"), supply_date=date(2026, 3, 3), supply_end=date(2026, 3, 9)),
            "lines[0].supply_end",
            "lies outside",
        ),
    ],
)
def test_dates_of_a_line_that_do_not_fit_are_refused(wanted: RequestedDocument, field: str, says: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        composed(wanted)
    assert refused.value.field == field
    assert says in refused.value.message


def test_a_request_with_dates_of_lines_comes_back_from_its_text() -> None:
    wanted = request(replace(own(line(), "2026-03-01", "2026-03-10"), name="Bread"), line())
    assert request_from_text(request_text(wanted)) == wanted


def test_a_discount_with_a_tax_code_goes_by_the_day_of_its_lines() -> None:
    given = circumstances(seller="DE", codes=None)
    early = own(line("100", supply=Supply.SERVICES), "2020-06-15")
    late = own(line("100", "REDUCED", supply=Supply.SERVICES), "2020-07-15")
    wanted = request(early, late, adjustments=(discount(percent="10", code="STANDARD"),), issue_date=date(2020, 7, 20))
    (taken,) = document(wanted, given).adjustments
    assert (taken.tax_rate, taken.amount_minor) == (Decimal(19), 1000)
    both = replace(wanted, lines=(early, replace(late, tax_code="STANDARD")))
    with pytest.raises(InvalidInput) as refused:
        composed(both, given)
    assert refused.value.field == "adjustments[0].tax_code"
    assert "has several rates here" in refused.value.message


def test_withholding_and_exchange_rate_go_by_the_end_of_the_period() -> None:
    held = replace(RITENUTA, rates=dated("20", "15"))
    given = circumstances(seller="GB")
    given = replace(given, setup=replace(setup(), withholdings={"RITENUTA": held}))
    wanted = request(
        line("1000", supply=Supply.SERVICES),
        supply_date=date(2021, 6, 15),
        supply_end=date(2021, 7, 15),
        withholding="RITENUTA",
        currency="EUR",
        exchange_rate=Decimal("0.9"),
        exchange_source="HMRC",
    )
    made = document(wanted, given)
    assert made.withholding is not None
    assert made.exchange is not None
    assert (made.withholding.rate, made.exchange.on) == (Decimal(15), date(2021, 7, 15))
