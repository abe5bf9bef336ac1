"""What a plain PDF is in law, held against a table that was written from the laws and not from the country files."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import pytest

DAY = timedelta(days=1)
FORMS = {"invoice", "reported", "none"}
BUYERS = {"business", "consumer", "public_body"}
MEMBERS = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()
SELLERS = [*MEMBERS, "CH", "GB", "NO", "US"]
UNDECIDED = {("US", "public_body")}
"""What no case answers at home, because the facts do not decide it; the end of the table says why."""

FACTS: dict[str, Any] = {
    "seller_registration": "registered",
    "seller_turnover": None,
    "seller_region": "",
    "demanded": False,
    "buyer_registered": True,
    "month_gross": None,
}
"""The facts that a case may leave out, with what is then meant: the defaults of `form_on`."""

TURNS = """
AT 2014-01-01  BE 2024-03-01  BE 2026-01-01  DE 2020-11-27  DE 2027-01-01  DE 2028-01-01  DK 2005-02-01  EE 2019-07-01
EE 2025-07-01  ES 2015-01-15  ES 2017-07-01  FI 2020-04-01  FR 2020-01-01  FR 2026-09-01  FR 2027-09-01  GR 2021-11-01
GR 2026-03-02  GR 2026-10-01  HR 2019-07-01  HR 2026-01-01  HR 2027-01-01  IT 2019-01-01  IT 2022-07-01  IT 2024-01-01
LU 2023-03-18  LV 2025-01-01  LV 2028-01-01  NO 2027-01-01  PL 2026-02-01  PL 2026-04-01  PL 2027-01-01  PT 2021-01-01
PT 2027-01-01  RO 2022-07-01  RO 2024-01-01  RO 2024-07-01  RO 2025-01-01  SE 2019-04-01  SI 2015-01-01  SI 2028-01-01
SK 2027-01-01
"""
"""The days from which some seller of the country has another form for some buyer."""


@dataclass(frozen=True, slots=True)
class Case:
    """One sale and the form that the seller's law takes; `phased` says why the days before it are left open."""

    seller_country: str
    day: date
    buyer: Literal["business", "consumer", "public_body"]
    buyer_country: str
    facts: tuple[tuple[str, Any], ...]
    form: str
    because: str
    phased: str

    @property
    def sale(self) -> tuple[object, ...]:
        """Everything but the day: what two cases share where only the law has changed."""
        return self.seller_country, self.buyer, self.buyer_country, self.facts

    def __str__(self) -> str:
        stated = [f"{name}={value}" for name, value in self.facts if value != FACTS[name]]
        return " ".join([self.seller_country, str(self.day), self.buyer, self.buyer_country, *stated])


def case(seller: str, row: dict[str, Any]) -> Case:
    """A row of the table, with what it leaves out filled in; a name that is not known is an error."""
    unknown = row.keys() - FACTS.keys() - {"day", "buyer", "buyer_country", "form", "because", "phased"}
    if unknown:
        raise ValueError(f"{seller} {row['day']}: {sorted(unknown)}")
    return Case(
        seller_country=seller,
        day=row["day"],
        buyer=row["buyer"],
        buyer_country=row.get("buyer_country", seller),
        facts=tuple((name, row.get(name, default)) for name, default in FACTS.items()),
        form=row["form"],
        because=row["because"],
        phased=row.get("phased", ""),
    )


TABLE: dict[str, list[dict[str, Any]]] = tomllib.loads(
    Path(__file__).with_name("mandate_cases.toml").read_text("utf-8")
)
CASES = [case(seller, row) for seller, rows in TABLE.items() for row in rows]


def days_of_each_sale() -> list[list[Case]]:
    found: dict[tuple[object, ...], list[Case]] = defaultdict(list)
    for one in CASES:
        found[one.sale].append(one)
    return [sorted(cases, key=lambda one: one.day) for cases in found.values()]


def turning(earlier: Case, later: Case) -> bool:
    return earlier.form != later.form and later.day - earlier.day == DAY


@pytest.mark.parametrize("one", CASES, ids=str)
def test_the_form_in_law_is_the_one_that_the_table_states(one: Case) -> None:
    from invoicing.document.mandates import form_on

    form, _ = form_on(
        one.day,
        seller_country=one.seller_country,
        buyer_country=one.buyer_country,
        buyer=one.buyer,
        **dict(one.facts),
    )
    assert form == one.form, one.because


def test_the_table_has_enough_cases_and_each_says_why() -> None:
    assert len(CASES) >= 400
    for one in CASES:
        assert one.form in FORMS, one
        assert one.buyer in BUYERS, one
        assert len(one.because) >= 20, one


@pytest.mark.parametrize("seller", SELLERS)
def test_every_country_sells_at_home_abroad_and_as_a_small_seller(seller: str) -> None:
    cases = [one for one in CASES if one.seller_country == seller]
    home = {one.buyer for one in cases if one.buyer_country == seller}
    assert home == {kind for kind in BUYERS if (seller, kind) not in UNDECIDED}
    abroad = {one.buyer_country for one in cases if one.buyer == "business"} - {seller}
    assert abroad & set(MEMBERS)
    assert abroad - set(MEMBERS)
    # Spain alone has neither a scheme for small businesses nor a limit below which a seller need not register.
    small = any(dict(one.facts)["seller_registration"] != "registered" for one in cases)
    assert small is (seller != "ES")


def test_the_table_has_no_other_country() -> None:
    assert sorted(TABLE) == sorted(SELLERS)


def test_no_two_cases_are_equal() -> None:
    asked = [(one.sale, one.day) for one in CASES]
    assert len(set(asked)) == len(asked)


def test_a_form_changes_from_one_day_to_the_next_or_the_table_says_why_not() -> None:
    for cases in days_of_each_sale():
        for earlier, later in pairwise(cases):
            if earlier.form == later.form:
                assert not later.phased, later
            else:
                assert turning(earlier, later) is not bool(later.phased), later


def test_every_day_that_matters_has_both_its_sides() -> None:
    turns = {
        f"{later.seller_country} {later.day}"
        for cases in days_of_each_sale()
        for earlier, later in pairwise(cases)
        if turning(earlier, later)
    }
    assert turns == {turn for line in TURNS.split("\n") for turn in line.split("  ") if turn}
