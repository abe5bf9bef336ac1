"""A list of codes says what each stands for: from the codes alone a guess made 2.1 % of French 5.5 %."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from invoicing.countries import country
from invoicing.countries.model import DatedRate
from invoicing.document.documents import TaxCategory
from invoicing.master_data.code_lists import rate_text, tax_code_texts, term_texts
from invoicing.master_data.records import PaymentTerm, TaxCode

DAY = date(2026, 11, 28)


def codes_of(code: str) -> list[TaxCode]:
    rules = country(code)
    return [
        TaxCode(one.code, one.name, one.category, rules.tax_label, one.rates, is_default=one.default)
        for one in rules.tax_codes
    ]


def test_each_code_of_france_is_told_with_its_rate_and_name_and_the_default_first() -> None:
    texts = tax_code_texts(codes_of("FR"), DAY)
    assert texts[0] == "STANDARD 20 % Standard rate (default)"
    assert [text for text in texts if " 5.5 % " in text]
    assert [text for text in texts if " 2.1 % " in text]
    assert [text.split()[0] for text in texts if " 5.5 % " in text] != [
        text.split()[0] for text in texts if " 2.1 % " in text
    ]


def test_the_rate_is_that_of_the_day_and_a_code_without_one_says_so_at_the_end() -> None:
    rates = (
        DatedRate(Decimal(16), date(2020, 7, 1), date(2020, 12, 31)),
        DatedRate(Decimal(19), date(2021, 1, 1)),
    )
    code = TaxCode("STANDARD", "Standard rate", TaxCategory.STANDARD, "USt.", rates, is_default=True)
    ended = replace(code, code="A", rates=rates[:1], is_default=False)
    assert rate_text(code, date(2020, 8, 1)) == "16 %"
    assert tax_code_texts([ended, code], DAY) == [
        "STANDARD 19 % Standard rate (default)",
        "A no rate on this day Standard rate",
    ]
    assert rate_text(code) == "19 %"


def test_terms_are_told_with_their_names_the_shortest_first() -> None:
    terms = [PaymentTerm("NET30", "30 days", 30, is_default=True), PaymentTerm("NOW", "At once", 0)]
    assert term_texts(terms) == ["NOW At once", "NET30 30 days (default)"]
