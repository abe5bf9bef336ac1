"""Public examples of EN 16931 are said with our fields and come to their own totals.

`standard_examples.json` has the facts of each. One whose sums do not follow from its lines is named there with what is
wrong (`contradicts`), and one that says what no field here can say with the term (`lacks`). `without` are the terms of
which a value is wrong by itself, such as a number that is no GTIN: it is refused, and the rest is said.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from invoicing.credit.crediting import credit
from invoicing.document.canonical import document_from_text, document_text
from invoicing.document.details import DOCUMENT, LINE, said_of_document, said_of_line
from invoicing.document.documents import Document, DocumentKind
from invoicing.money.amounts import to_minor
from invoicing.refusals import InvalidInput
from invoicing.tax.totals import totals_follow
from tests.support.samples import composed, issued
from tests.support.standard_examples import (
    Example,
    Facts,
    amount,
    document_details,
    examples,
    given,
    line_details,
    requested,
    sign,
    taken_back,
    without,
)
from tests.support.standard_rules import contradictions

ALL = examples()
FOLLOW = [one for one in ALL if not one.contradicts and not one.lacks]
FIELDS = (Path(__file__).parents[2] / "docs" / "fields.md").read_text("utf-8")
ROWS = {row.split("|")[1].strip(): row for row in FIELDS.splitlines() if re.match(r"\| B[TG]-", row)}


Subtotals = dict[tuple[str, Decimal], tuple[int, int]]


def told(example: Example) -> str:
    return example.name.replace(" ", "_")


@cache
def said(name: str) -> Document:
    """The example as a document; what takes back and does not say of which invoice is the credit note of all of it."""
    example = next(one for one in ALL if one.name == name)
    facts = without(example.facts, example.without)
    invoice = issued(composed(requested(facts), given(facts)).document)
    if not taken_back(facts) or invoice.kind is DocumentKind.CREDIT_NOTE:
        return invoice
    made = credit(invoice, (), None, reason="Correction", issue_date=invoice.issue_date, series="CN")
    return replace(made, id="cn_1", number="CN-1")


def unsaid(example: Example) -> set[str]:
    """Its terms that no field has: those that docs/fields.md does not support, and what an invoice follows up (BG-3),
    which only a credit note names here.
    """
    found = {term for term in example.terms if "| not supported, because " in ROWS[term]}
    return found if taken_back(example.facts) else found | ({"BG-3"} & example.terms)


def test_how_many_are_said_contradict_themselves_or_lack_a_field(capsys: pytest.CaptureFixture[str]) -> None:
    counts = {
        "said": count(FOLLOW),
        "of these but for terms that are not supported": count([one for one in FOLLOW if unsaid(one)]),
        "contradict themselves": count([one for one in ALL if one.contradicts]),
        "lack a field": count([one for one in ALL if one.lacks and not one.contradicts]),
    }
    with capsys.disabled():
        print("\nexamples of the standard:", ", ".join(f"{number} {what}" for what, number in counts.items()))
        print("not supported:", ", ".join(sorted({term for one in FOLLOW for term in unsaid(one)}, key=by_number)))
    assert counts["lack a field"] == 0
    page = " ".join(FIELDS.split())
    assert f"The facts of {count(ALL)} public examples" in page
    assert f"{counts['said']} are said" in page
    assert f"{counts['contradict themselves']} contradict themselves" in page


def count(found: list[Example]) -> int:
    return sum(len(one.paths) for one in found)


def by_number(term: str) -> tuple[str, int]:
    kind, _, number = term.partition("-")
    return kind, int(number)


def test_every_term_of_an_example_is_in_the_page_of_fields() -> None:
    assert {term for one in ALL for term in one.terms} - set(ROWS) == set()


def test_an_example_contradicts_itself_exactly_where_the_file_says_so() -> None:
    for example in ALL:
        assert contradictions(example.facts) == list(example.contradicts), example.name


@pytest.mark.parametrize("example", [one for one in ALL if one.without], ids=told)
def test_a_value_that_is_wrong_by_itself_is_refused(example: Example) -> None:
    for term in example.without:
        others = [other for other in example.without if other != term]
        with pytest.raises(InvalidInput) as refused:
            composed(requested(without(example.facts, others)), given(example.facts))
        assert (refused.value.field or "").rpartition(".")[2] == {"BT-9": "due_date", "BT-157": "gtin"}[term]


@pytest.mark.parametrize("example", FOLLOW, ids=told)
def test_an_example_is_said_and_has_its_own_totals(example: Example) -> None:
    facts, made = example.facts, said(example.name)
    minor = minors(facts)
    assert [line.net_minor for line in made.lines] == [minor(line, "BT-131") for line in facts["BG-25"]]
    subtotals = {(tax.category.value, tax.rate): (tax.taxable_minor, tax.tax_minor) for tax in made.taxes}
    assert charged(subtotals) == charged(stated_subtotals(facts))
    totals = (made.net_minor, made.tax_minor, made.total_minor)
    assert totals == (minor(facts, "BT-109"), minor(facts, "BT-110"), minor(facts, "BT-112"))
    # What was paid before (BT-113) is recorded beside the document; so Italy states the tax that a public buyer pays.
    paid = minor(facts, "BT-113") - made.split_tax_minor
    assert made.payable_minor - paid == minor(facts, "BT-115")
    assert made.rounding_minor == minor(facts, "BT-114")
    if made.exchange is not None:
        assert made.exchange.tax_minor == sign(facts) * to_minor(amount(facts, "BT-111"), facts["BT-6"])


@pytest.mark.parametrize("example", FOLLOW, ids=told)
def test_an_example_is_kept_with_all_that_it_says(example: Example) -> None:
    facts, made = without(example.facts, example.without), said(example.name)
    assert totals_follow(made)
    assert document_from_text(document_text(made)) == made
    stated = [(name, text) for name, text in document_details(facts) if DOCUMENT[name].kept]
    assert as_said(said_of_document(made)) == sorted(stated)
    for line, row in zip(made.lines, facts["BG-25"], strict=True):
        details = [(name, text) for name, text in line_details(row) if LINE[name].kept]
        assert as_said(said_of_line(line)) == sorted(details)
        assert line.base_quantity == Decimal(row.get("BT-149", "1"))
        assert line.order_line == row.get("BT-132", "")


def as_said(kept: dict[str, str]) -> list[tuple[str, str]]:
    """What was said, each value by itself."""
    return sorted((name, text) for name, texts in kept.items() for text in texts.split("\n"))


def charged(subtotals: Subtotals) -> Subtotals:
    """Those of something: some examples have one for a discount of nothing."""
    return {key: amounts for key, amounts in subtotals.items() if any(amounts)}


def minors(facts: Facts) -> Callable[[Facts, str], int]:
    return lambda part, term: sign(facts) * to_minor(amount(part, term), facts["BT-5"])


def stated_subtotals(facts: Facts) -> Subtotals:
    minor = minors(facts)
    return {
        (tax["BT-118"], amount(tax, "BT-119")): (minor(tax, "BT-116"), minor(tax, "BT-117"))
        for tax in facts.get("BG-23", ())
    }
