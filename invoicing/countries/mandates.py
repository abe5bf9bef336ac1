"""What a country's law says of the form of an invoice: mandates, and what single invoices must show besides.

A mandate is dated data with its source: for which seller and which buyer, from which day, and what a PDF from this
program then is. That there is none is said as well, so that nobody takes a gap for an answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, get_args

from invoicing.countries.reading import Table
from invoicing.money.amounts import parse_decimal

Registration = Literal["registered", "small_business", "not_registered"]
BuyerKind = Literal["business", "consumer", "public_body"]
Place = Literal["home", "eu", "third"]
System = Literal["clearance", "exchange", "portal", "reporting", "certified_program"]
Confidence = Literal["high", "medium", "low", "not_verified"]
Need = Literal["buyer_tax_number", "buyer_registration_number", "words"]

REGISTRATIONS: tuple[Registration, ...] = get_args(Registration)
BUYER_KINDS: tuple[BuyerKind, ...] = get_args(BuyerKind)
COVERED = (*BUYER_KINDS, "abroad")
"""The buyers of whom each country must say something: those at home by their kind, and everybody abroad."""


@dataclass(frozen=True, slots=True)
class MandateRule:
    """For whom a mandate holds, and from the first to the last of which days, both included.

    Turnover is that of a year; amounts and `month_gross_above` are compared with totals that include tax, which is on
    the strict side where the law means the net: whole units of the national currency.
    A fact that is not known does not take a seller out of a rule, but for turnover: without it a small business is
    assumed, which `turnover_above` leaves out, and which `spares_turnover_to` does not: that leaves out only those
    whose turnover is known to be no more. `regions` are names, codes or the first digits of postal codes;
    `except_regions` those where it does not hold. `legal_form` is `company`, where only those are meant.
    """

    valid_from: date
    valid_until: date | None
    buyers: tuple[BuyerKind, ...]
    places: tuple[Place, ...]
    sellers: tuple[Registration, ...]
    turnover_above: int | None
    spares_turnover_to: int | None
    month_gross_above: int | None
    amount_above: int | None
    regions: tuple[str, ...]
    except_regions: tuple[str, ...]
    demanded: bool
    buyer_registered: bool
    legal_form: str


@dataclass(frozen=True, slots=True)
class Mandate:
    """One mandate. `form` says what a PDF from this program is where it holds: `reported` is an invoice whose data
    must be reported too, or whose program must be approved; `none` is no invoice in law. `unlawful` says that the
    program itself may not be used, whatever the form. `todo` is what to do, in a sentence; `paper_words` what stands
    on the PDF where it is only a copy, in the country's own language.
    """

    code: str
    name: str
    system: System
    form: Literal["reported", "none"]
    unlawful: bool
    todo: str
    paper_words: str
    rules: tuple[MandateRule, ...]
    source: str
    checked: date
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class NoMandate:
    """That the law asks for no form of invoices to these buyers; `note` says what else it asks for."""

    buyers: tuple[str, ...]
    note: str
    source: str
    checked: date
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class PlannedMandate:
    """What is announced or enacted without a day: it is told, and decides nothing."""

    name: str
    expected: str
    source: str
    checked: date
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Requirement:
    """What an invoice must show besides, by amount, buyer and category of tax. A `required` one keeps a live document
    from being issued; the others ask, because the program cannot know whether they apply.

    `total_above` is the total with tax in the national currency. Where it names `categories`, a tax group of the
    document is of one of them. A note that holds one of the `words` meets it. Where it names `supplies`, it is of
    invoices with a line whose words tell one of these kinds (`invoicing.tax.special_supplies`), and the footer may
    say it too.
    """

    code: str
    required: bool
    needs: Need
    words: tuple[str, ...]
    text: str
    valid_from: date
    valid_until: date | None
    buyers: tuple[BuyerKind, ...]
    places: tuple[Place, ...]
    categories: tuple[str, ...]
    total_above: Decimal | None
    supplies: tuple[str, ...]
    source: str
    checked: date
    confidence: Confidence


def read_mandate(table: Table) -> Mandate:
    """A mandate, from its table in a country's file.

    Raises:
        ValueError: the table does not follow the schema.
    """
    mandate = Mandate(
        code=table.take("code", str),
        name=table.take("name", str),
        system=table.one_of("system", get_args(System)),
        form=table.one_of("form", ("reported", "none")),
        unlawful=table.optional("unlawful", bool) or False,
        todo=table.take("todo", str),
        paper_words=table.optional("paper_words", str) or "",
        rules=tuple(_rule(entry) for entry in table.tables("rules")),
        source=table.take("source", str),
        checked=table.take("checked", date),
        confidence=table.one_of("confidence", get_args(Confidence)),
    )
    table.close()
    if (mandate.form == "none" or mandate.unlawful) != bool(mandate.paper_words):
        raise ValueError(f"{table.where}, {mandate.code}: paper_words belong to what is only a copy, and to that only.")
    return mandate


def read_no_mandate(table: Table) -> NoMandate:
    """The statement that there is no mandate, from its table in a country's file.

    Raises:
        ValueError: the table does not follow the schema.
    """
    found = NoMandate(
        buyers=table.some_of("buyers", COVERED),
        note=table.take("note", str),
        source=table.take("source", str),
        checked=table.take("checked", date),
        confidence=table.one_of("confidence", get_args(Confidence)),
    )
    table.close()
    return found


def read_planned_mandate(table: Table) -> PlannedMandate:
    """A mandate to come, from its table in a country's file.

    Raises:
        ValueError: the table does not follow the schema.
    """
    planned = PlannedMandate(
        name=table.take("name", str),
        expected=table.take("expected", str),
        source=table.take("source", str),
        checked=table.take("checked", date),
        confidence=table.one_of("confidence", get_args(Confidence)),
    )
    table.close()
    return planned


def read_requirement(table: Table) -> Requirement:
    """What a mandate asks for, from its table in a country's file.

    Raises:
        ValueError: the table does not follow the schema.
    """
    above = table.optional("total_above", str)
    requirement = Requirement(
        code=table.take("code", str),
        required=table.take("required", bool),
        needs=table.one_of("needs", get_args(Need)),
        words=tuple(table.optional("words", list) or ()),
        text=table.take("text", str),
        valid_from=table.take("valid_from", date),
        valid_until=table.optional("valid_until", date),
        buyers=table.some_of("buyers", BUYER_KINDS),
        places=table.some_of("places", get_args(Place)),
        categories=tuple(table.optional("categories", list) or ()),
        total_above=None if above is None else parse_decimal(above, field="total_above"),
        supplies=tuple(table.optional("supplies", list) or ()),
        source=table.take("source", str),
        checked=table.take("checked", date),
        confidence=table.one_of("confidence", get_args(Confidence)),
    )
    table.close()
    return requirement


def _rule(table: Table) -> MandateRule:
    rule = MandateRule(
        valid_from=table.take("valid_from", date),
        valid_until=table.optional("valid_until", date),
        buyers=table.some_of("buyers", BUYER_KINDS),
        places=table.some_of_or("places", get_args(Place), ("home",)),
        sellers=table.some_of_or("sellers", REGISTRATIONS, REGISTRATIONS),
        turnover_above=table.optional("turnover_above", int),
        spares_turnover_to=table.optional("spares_turnover_to", int),
        month_gross_above=table.optional("month_gross_above", int),
        amount_above=table.optional("amount_above", int),
        regions=tuple(table.optional("regions", list) or ()),
        except_regions=tuple(table.optional("except_regions", list) or ()),
        demanded=table.optional("demanded", bool) or False,
        buyer_registered=table.optional("buyer_registered", bool) or False,
        legal_form=table.optional("legal_form", str) or "",
    )
    table.close()
    if rule.valid_until is not None and rule.valid_until < rule.valid_from:
        raise ValueError(f"{table.where}: a rule ends before it begins.")
    return rule
