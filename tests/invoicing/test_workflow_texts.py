"""Workflows are written as texts: what is written is read as it was meant, and what is odd is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.approval.wording import conditions_of, conditions_text, steps_of, steps_text
from invoicing.approval.workflows import (
    Approver,
    Comparison,
    Condition,
    CurrencyIs,
    CustomerIs,
    DraftedBy,
    FirstDocument,
    OverriddenTax,
    PreparedBy,
    Step,
    TotalIs,
)
from invoicing.refusals import Refusal

READ = {
    "total > 1000 EUR": TotalIs(Comparison.MORE, Decimal(1000), "EUR"),
    "Total>=0.5 kwd": TotalIs(Comparison.AT_LEAST, Decimal("0.5"), "KWD"),
    "total < 10 JPY": TotalIs(Comparison.LESS, Decimal(10), "JPY"),
    "total <= 10 JPY": TotalIs(Comparison.AT_MOST, Decimal(10), "JPY"),
    "currency = usd": CurrencyIs("USD"),
    "customer = Inn, if any": CustomerIs("Inn, if any"),
    "FIRST_DOCUMENT": FirstDocument(),
    "overridden_tax": OverriddenTax(),
    "drafted_by=Key": PreparedBy(DraftedBy.KEY),
}
ODD_CONDITIONS = (
    "total",
    "total > EUR",
    "total > 1000",
    "total > 1,000 EUR",
    "total > 1e3 EUR",
    "total > NaN EUR",
    "total > Infinity EUR",
    "total > -1 EUR",
    "total > 0.001 EUR",
    "total > 0.5 JPY",
    "total > 1000 XXX",
    "total > 1000 €",
    "total > 1000000000000 EUR",
    "total > 999999999999.99 KWDX",
    "total != 1 EUR",
    "total = 1 EUR",
    "currency = EURO",
    "currency =",
    "customer =",
    "drafted_by = nobody",
    "drafted_by = key, link",
    "approved",
    "first_document = true",
)
ODD_STEPS = (
    "",
    "|",
    "viewer",
    "owner accountant",
    "owner, preparer",
    "owner, not preparer, not preparer",
    "owner, if",
    "owner, if approved",
    "owner,",
    "2: owner",
    "1: owner | 3: client",
    "owner | owner | owner | owner | owner | owner",
    "owner, if " + "; ".join(f"total > {number} EUR" for number in range(11)),
)
AMOUNTS = st.decimals(0, 10**10, places=2)
CONDITIONS: st.SearchStrategy[Condition] = st.one_of(
    st.builds(TotalIs, st.sampled_from(Comparison), AMOUNTS, st.sampled_from(["EUR", "USD"])),
    st.builds(CurrencyIs, st.sampled_from(["EUR", "JPY"])),
    st.builds(CustomerIs, st.sampled_from(["cus_0199f3a0", "Inn, if any"])),
    st.builds(PreparedBy, st.sampled_from(DraftedBy)),
    st.sampled_from([FirstDocument(), OverriddenTax()]),
)
STEPS = st.builds(
    Step, st.sampled_from(Approver), st.booleans(), st.lists(CONDITIONS, max_size=10, unique=True).map(tuple)
)


@pytest.mark.parametrize(("text", "meant"), READ.items())
def test_a_condition_is_read_as_it_is_meant(text: str, meant: Condition) -> None:
    assert conditions_of(text) == (meant,)


@pytest.mark.parametrize("text", ODD_CONDITIONS)
def test_what_is_no_condition_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        conditions_of(text)
    assert refused.value.field == "values"


@pytest.mark.parametrize("text", ODD_STEPS)
def test_what_is_no_list_of_steps_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        steps_of(text)
    assert refused.value.field == "values"


def test_a_condition_that_is_said_twice_is_one() -> None:
    assert conditions_of("first_document; first_document;") == (FirstDocument(),)


@given(st.lists(CONDITIONS, max_size=10, unique=True).map(tuple))
def test_conditions_are_read_as_they_are_shown(conditions: tuple[Condition, ...]) -> None:
    assert conditions_of(conditions_text(conditions)) == conditions


@given(st.lists(STEPS, min_size=1, max_size=5).map(tuple))
def test_steps_are_read_as_they_are_shown(steps: tuple[Step, ...]) -> None:
    assert steps_of(steps_text(steps)) == steps
