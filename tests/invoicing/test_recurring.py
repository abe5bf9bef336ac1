"""What recurs from month to month, how its days move on, and what plans count."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.document.documents import Document
from invoicing.recurring.moving import moved_on, supplied_next
from invoicing.recurring.plans import Hours, Plan, PlanKind, code_in, counted_for, counted_text, entry_id, lines_of
from invoicing.recurring.recurrence import recurring, says_month, work_of_document
from invoicing.reports.months import month_before, month_of
from tests.support.samples import document, issued, line, request

DAYS = st.dates(date(2000, 1, 1), date(2090, 12, 1))


@pytest.mark.parametrize(
    ("day", "after"),
    [
        ("2026-01-01", "2026-02-01"),
        ("2026-01-15", "2026-02-15"),
        ("2026-01-30", "2026-02-28"),
        ("2026-01-31", "2026-02-28"),
        ("2026-02-28", "2026-03-31"),
        ("2024-02-28", "2024-03-28"),
        ("2024-02-29", "2024-03-31"),
        ("2026-12-31", "2027-01-31"),
    ],
)
def test_a_day_moves_on_to_the_same_day_of_the_next_month(day: str, after: str) -> None:
    assert moved_on(date.fromisoformat(day)).isoformat() == after


@given(DAYS)
def test_a_day_moves_into_the_next_month_and_the_last_stays_the_last(day: date) -> None:
    after = moved_on(day)
    assert month_before(month_of(after)) == month_of(day)
    last = (day + timedelta(days=1)).day == 1
    assert not last or (after + timedelta(days=1)).day == 1


@given(DAYS, DAYS)
def test_days_keep_their_order(one: date, other: date) -> None:
    first, last = sorted((one, other))
    assert moved_on(first) <= moved_on(last)


@cache
def _drawn(text: str) -> Document:
    return issued(document(request(replace(line(), description=text))))


def invoice(text: str = "Rent", day: str = "2026-02-28", **more: object) -> Document:
    of_day = date.fromisoformat(day)
    return replace(_drawn(text), issue_date=of_day, supply_date=of_day, **more)  # type: ignore[arg-type]  # Fields.


def test_what_was_issued_late_on_the_day_of_its_supply_is_supplied_in_the_month_that_is_drafted() -> None:
    late = invoice(day="2026-04-02")
    assert supplied_next(late, month="2026-04", today=date(2026, 5, 2)).start == date(2026, 4, 2)
    assert supplied_next(late, month="2026-05", today=date(2026, 6, 2)).start == date(2026, 5, 2)


def test_what_was_supplied_on_the_day_of_issue_is_so_again_where_that_is_to_come() -> None:
    on_the_day = invoice(day="2026-02-28")
    assert supplied_next(on_the_day, month="2026-03", today=date(2026, 3, 30)).start is None
    assert supplied_next(on_the_day, month="2026-03", today=date(2026, 3, 31)).start == date(2026, 3, 31)
    before = replace(on_the_day, supply_date=date(2026, 2, 1))
    assert supplied_next(before, month="2026-03", today=date(2026, 2, 28)).start == date(2026, 3, 1)
    period = replace(on_the_day, supply_date=date(2026, 2, 1), supply_end=date(2026, 2, 28))
    moved = supplied_next(period, month="2026-03", today=date(2026, 2, 1))
    assert (moved.start, moved.end) == (date(2026, 3, 1), date(2026, 3, 31))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Rent", "RENT", True),
        ("Rent January 2026", "Rent February 2026", True),
        ("Rent 01/2026", "Rent 02/2026", True),
        ("Order 17", "Order 18", True),
        ("Rent", "Rent and heating", False),
        ("Repair of a Marchers boat", "Repair of a boat", False),
    ],
)
def test_a_text_is_the_same_work_whatever_month_and_number_it_names(one: str, other: str, same: bool) -> None:
    assert (work_of_document(invoice(one)) == work_of_document(invoice(other))) is same


def test_months_are_known_in_the_documents_own_language() -> None:
    for locale, one, other in (("de_DE", "Miete Januar", "Miete März"), ("fr_FR", "Loyer janvier", "Loyer février")):
        january, later = invoice(one, locale=locale), invoice(other, locale=locale)
        assert work_of_document(january) == work_of_document(later)
    for text in (
        "Rent 2026-02",
        "Rent, February",
        "Rent, January",
        "Rent Feb 26",
        "Rent Sept. 26",
        "Rent, May",
        "May rent",
    ):
        assert says_month(invoice(text), invoice(text)), text
        assert not says_month(invoice(text), invoice("Rent")), "it was moved on"
    for locale, text in (("de_DE", "Miete Februar"), ("de_DE", "Miete Okt."), ("fr_FR", "Loyer févr. 26")):
        assert says_month(invoice(text, locale=locale), invoice(text, locale=locale)), text
    for text in ("Rent 12026-02", "What you may need", "Marches", "Order 2026-17"):
        assert not says_month(invoice(text), invoice(text)), text
    for one, other in (("Rent Feb 26", "Rent Mar 26"), ("Rent Feb. 2026", "Rent March 2026")):
        assert work_of_document(invoice(one)) == work_of_document(invoice(other))


def test_another_customer_or_currency_is_other_work() -> None:
    one = invoice()
    for other in (replace(one, customer="cus_other"), replace(one, currency="EUR")):
        assert recurring([one], [other], all_of_them=False) == []


TEXTS = st.lists(st.sampled_from(["Rent", "Books", "Advice"]), max_size=8)


@given(TEXTS, TEXTS)
def test_as_many_recur_as_both_months_have(previous: list[str], before: list[str]) -> None:
    now, then = [invoice(text) for text in previous], [invoice(text, "2026-01-31") for text in before]
    found = Counter(one.document.lines[0].description for one in recurring(now, then, all_of_them=False))
    assert found == Counter(previous) & Counter(before)
    everything = recurring(now, then, all_of_them=True)
    assert [one.document for one in everything] == now
    assert sum(one.earlier is not None for one in everything) == found.total()


def plan(kind: PlanKind, first: str = "2026-01", last: str = "", **more: object) -> Plan:
    made = Plan(entry_id("org", kind), kind.value.title(), "org", "cus", kind, Decimal(90), "GBP", first)
    return replace(made, last_month=last, **more)  # type: ignore[arg-type]  # Fields.


@pytest.mark.parametrize(
    ("first", "last", "month", "covers"),
    [
        ("2026-01", "", "2025-12", False),
        ("2026-01", "", "2026-01", True),
        ("2026-01", "2026-03", "2026-03", True),
        ("2026-01", "2026-03", "2026-04", False),
    ],
)
def test_a_plan_covers_its_months(first: str, last: str, month: str, covers: bool) -> None:
    assert plan(PlanKind.MONTH, first, last).covers(month) is covers
    assert not plan(PlanKind.MONTH, first, last, active=False).covers(month)


MONTHS = st.builds(lambda year, month: f"{year}-{month:02}", st.integers(2024, 2026), st.integers(1, 12))


@given(MONTHS, st.one_of(st.just(""), MONTHS), MONTHS, st.one_of(st.just(""), MONTHS))
def test_two_plans_meet_where_a_month_is_of_both(first: str, last: str, other: str, end: str) -> None:
    one, two = (
        plan(PlanKind.HOUR, first, max(first, last) if last else ""),
        plan(PlanKind.HOUR, other, max(other, end) if end else ""),
    )
    every = [f"{year}-{month:02}" for year in (2024, 2025, 2026) for month in range(1, 13)]
    both = any(one.covers(month) and two.covers(month) for month in every)
    assert one.meets(two) == two.meets(one) == both


def test_hours_are_a_line_each_and_what_is_nothing_is_none() -> None:
    days = [Hours(entry_id("org", str(day)), "org", date(2026, 2, day), Decimal(day), "Call", "Anna") for day in (1, 2)]
    found = [
        counted_for(plan(kind), documents=0, hours=days) for kind in (PlanKind.MONTH, PlanKind.DOCUMENT, PlanKind.HOUR)
    ]
    assert [counted_text(one) for one in found] == ["Month: the month", "Document: 0 documents", "Hour: 3 h"]
    lines = lines_of(found, client="Harbour Bakery", month="2026-02")
    assert [(str(one.quantity), one.unit) for one in lines] == [("1", ""), ("1", "h"), ("2", "h")]
    assert all("Harbour Bakery, 2026-02" in one.description for one in lines)
    assert [code_in(one.id) for one in days] == ["1", "2"]
