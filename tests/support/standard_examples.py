"""Public examples of EN 16931 as facts by business term: how each is said with our fields, and where one is wrong.

`tests/invoicing/standard_examples.json` has them. Numbers, codes, days and references are as the example has them; of
free texts only the length is kept.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import chain
from pathlib import Path
from typing import Any

from invoicing.countries import COUNTRY_CODES
from invoicing.document.adjusted import AdjustmentKind
from invoicing.document.details import with_document_details, with_line_details
from invoicing.document.documents import TaxCategory
from invoicing.document.drafting import Circumstances
from invoicing.document.payable import PaymentMeans
from invoicing.document.requested import (
    RequestedAdjustment,
    RequestedDocument,
    RequestedLine,
    RequestedLineAdjustment,
)
from invoicing.master_data.records import TaxCode
from tests.support.samples import circumstances, customer, tax_code

Facts = dict[str, Any]
FILE = Path(__file__).parents[1] / "invoicing" / "standard_examples.json"
CREDIT_NOTES = ("381", "396", "261", "81", "83", "532")
MEANS = {
    **dict.fromkeys(("30", "31", "42", "50", "56", "58"), PaymentMeans.TRANSFER),
    **dict.fromkeys(("48", "54", "55"), PaymentMeans.CARD),
    **dict.fromkeys(("49", "59"), PaymentMeans.DIRECT_DEBIT),
    "10": PaymentMeans.CASH,
    "20": PaymentMeans.CHEQUE,
    "68": PaymentMeans.ONLINE,
}
"""UNTDID 4461. What is not here, as that the means were agreed otherwise, is said by stating none."""
UNITS = tuple(map(Decimal, ("0.05", "0.1", "0.5", "1", "5", "10")))
DOCUMENT_DETAILS = {
    "BT-10": "buyer_reference",
    "BT-11": "project",
    "BT-12": "contract",
    "BT-14": "sales_order",
    "BT-15": "receiving_advice",
    "BT-16": "despatch_advice",
    "BT-17": "tender",
    "BT-18": "object",
    "BT-19": "accounting_reference",
    "BT-59": "payee_name",
    "BT-60": "payee_identifier",
    "BT-61": "payee_registration_number",
    "BT-62": "tax_representative_name",
    "BT-63": "tax_representative_tax_number",
    "BT-64": "tax_representative_line1",
    "BT-65": "tax_representative_line2",
    "BT-66": "tax_representative_city",
    "BT-67": "tax_representative_postal_code",
    "BT-68": "tax_representative_region",
    "BT-69": "tax_representative_country",
    "BT-70": "delivery_name",
    "BT-71": "delivery_location",
    "BT-75": "delivery_line1",
    "BT-76": "delivery_line2",
    "BT-77": "delivery_city",
    "BT-78": "delivery_postal_code",
    "BT-79": "delivery_region",
    "BT-80": "delivery_country",
}
LINE_DETAILS = {
    "BT-128": "object",
    "BT-132": "order_line",
    "BT-133": "accounting_reference",
    "BT-134": "supply_date",
    "BT-135": "supply_end",
    "BT-149": "base_quantity",
    "BT-155": "seller_item",
    "BT-156": "buyer_item",
    "BT-157": "gtin",
    "BT-159": "origin",
}


@dataclass(frozen=True)
class Example:
    """One example, or several of the same facts. `contradicts` are the rules that its own sums break, `lacks` the term
    for which there is no field here, each with what is wrong. `without` are terms whose value is none, such as a number
    that is no GTIN: it is refused. `also` are the terms of it that its facts leave out.
    """

    source: str
    paths: tuple[str, ...]
    facts: Facts
    contradicts: tuple[str, ...]
    lacks: str
    without: tuple[str, ...]
    also: tuple[str, ...]

    @property
    def terms(self) -> set[str]:
        return {*self.also, *_terms(self.facts)}

    @property
    def name(self) -> str:
        return self.paths[0]


def examples() -> list[Example]:
    raw = json.loads(FILE.read_text("utf-8"))["examples"]
    return [
        Example(
            one["source"],
            tuple(one["paths"]),
            one["facts"],
            tuple(one.get("contradicts", ())),
            one.get("lacks", ""),
            tuple(one.get("without", ())),
            tuple(one["also"].split()),
        )
        for one in raw
    ]


def without(facts: Facts, terms: Collection[str]) -> Facts:
    """The facts less these terms, also of their parts."""
    kept = {name: value for name, value in facts.items() if name not in terms}
    return {
        name: [_without(part, terms) for part in value] if isinstance(value, list) else value
        for name, value in kept.items()
    }


def _without(part: Any, terms: Collection[str]) -> Any:
    return without(part, terms) if isinstance(part, dict) else part


def _terms(facts: Facts) -> Iterator[str]:
    for name, value in facts.items():
        yield name
        for part in value if isinstance(value, list) else ():
            if isinstance(part, dict):
                yield from _terms(part)


def taken_back(facts: Facts) -> bool:
    """Whether it is a credit note here: so is an invoice whose sums are less than nothing."""
    return facts["BT-3"] in CREDIT_NOTES or Decimal(facts["BT-112"]) < 0


def sign(facts: Facts) -> int:
    return -1 if Decimal(facts["BT-112"]) < 0 else 1


def code_name(part: Facts, category: str, rate: str) -> str:
    return f"{part[category]} {Decimal(part.get(rate, '0')).normalize():f}"


def given(facts: Facts) -> Circumstances:
    """Seller and buyer of their countries, where these are known here, and a tax code for each category and rate."""
    home, abroad = (code if code in COUNTRY_CODES else "GB" for code in (facts["BT-40"], facts.get("BT-55", "")))
    names = {code_name(part, category, rate) for part, category, rate in _taxed_parts(facts)}
    found = circumstances(seller=home, buyer=customer(abroad), codes=tuple(_codes(sorted(names))))
    books: str = facts.get("BT-6") or facts["BT-5"]
    return replace(found, profile=replace(found.profile, currency=books))


def _taxed_parts(facts: Facts) -> Iterator[tuple[Facts, str, str]]:
    for group, category, rate in (
        ("BG-25", "BT-151", "BT-152"),
        ("BG-20", "BT-95", "BT-96"),
        ("BG-21", "BT-102", "BT-103"),
    ):
        yield from ((part, category, rate) for part in facts.get(group, ()))


def _codes(names: list[str]) -> Iterator[TaxCode]:
    for index, name in enumerate(names):
        category, _, rate = name.partition(" ")
        yield tax_code(name, rate, category=TaxCategory(category), default=index == 0)


def requested(facts: Facts) -> RequestedDocument:
    """What an assistant would ask for to get this example."""
    request = RequestedDocument(
        customer="cus_1",
        lines=tuple(_line(line, index, facts) for index, line in enumerate(facts["BG-25"])),
        issue_date=_day(facts["BT-2"]),
        # A credit note asks for no payment.
        due_date=None if credited(facts) else _day(facts.get("BT-9")),
        supply_date=None
        if delivered_apart(facts) and "BT-73" not in facts
        else _day(facts.get("BT-73", facts.get("BT-72"))),
        supply_end=_day(facts.get("BT-74")),
        currency=facts["BT-5"],
        prices_include_tax=False,
        purchase_order=facts.get("BT-13", ""),
        note=_text(facts.get("BT-22", 0)),
        terms_text="" if credited(facts) else _text(facts.get("BT-20", 0)),
        adjustments=tuple(
            chain(_adjustments(facts, AdjustmentKind.DISCOUNT), _adjustments(facts, AdjustmentKind.CHARGE))
        ),
        payment_means=MEANS.get(facts.get("BT-81", "")),
        **_rounding(facts),
        **_exchange(facts),
    )
    return with_document_details(request, document_details(facts))


def delivered_apart(facts: Facts) -> bool:
    """Whether its day of delivery (BT-72) is another than its period, or that of its lines, begins with."""
    periods = [line for line in facts["BG-25"] if "BT-134" in line or "BT-135" in line]
    start = facts.get("BT-73", "" if periods else None)
    return "BT-72" in facts and start is not None and start != facts["BT-72"]


def _exchange(facts: Facts) -> dict[str, Any]:
    """The rate of which the tax in the currency of the books follows; the examples state none."""
    if facts.get("BT-6", facts["BT-5"]) == facts["BT-5"]:
        return {}
    tax = amount(facts, "BT-110")
    rate = (amount(facts, "BT-111") / tax).quantize(Decimal("0.000001")) if tax else Decimal(1)
    return {"exchange_rate": rate, "exchange_source": "The example"}


def credited(facts: Facts) -> Facts | None:
    """The invoice that a credit note names by number and day; of several it names one here."""
    named = [one for one in facts.get("BG-3", ()) if "BT-26" in one] if taken_back(facts) else []
    return named[0] if named else None


def document_details(facts: Facts) -> list[tuple[str, str]]:
    said = [(name, facts[term]) for term, name in DOCUMENT_DETAILS.items() if term in facts]
    if (former := credited(facts)) is not None:
        said += [
            ("former_invoice", former["BT-25"]),
            ("former_invoice_date", former["BT-26"]),
            ("reason", "Correction"),
        ]
    if delivered_apart(facts):
        said.append(("delivery_date", facts["BT-72"]))
    for one in facts.get("BG-24", ()):
        parts = (one.get("BT-122", ""), _text(one.get("BT-123", 0)), one.get("BT-124", ""))
        said.append(("attachment", "; ".join(filter(None, parts))))
    return said


def _rounding(facts: Facts) -> dict[str, Any]:
    """The unit to which its sum to pay is rounded, or else by how much; 0 also where a country would round cash."""
    total, rounding = sign(facts) * amount(facts, "BT-112"), sign(facts) * amount(facts, "BT-114")
    units = (unit for unit in UNITS if (total / unit).quantize(Decimal(1), ROUND_HALF_UP) * unit == total + rounding)
    unit = next(units, None) if rounding else Decimal(0)
    return {"rounding_amount": rounding} if unit is None else {"rounding_to": unit}


def _line(line: Facts, index: int, facts: Facts) -> RequestedLine:
    quantity, price = sign(facts) * Decimal(line["BT-129"]), Decimal(line["BT-146"])
    request = RequestedLine(
        quantity=-quantity if price < 0 else quantity,
        name=_text(line["BT-153"]) if "BT-154" in line else "",
        description=_text(line.get("BT-154") or line["BT-153"]),
        unit=line.get("BT-130", ""),
        unit_price=abs(price),
        tax_code=code_name(line, "BT-151", "BT-152"),
        adjustments=tuple(
            chain(
                _line_adjustments(line, AdjustmentKind.DISCOUNT, quantity * price),
                _line_adjustments(line, AdjustmentKind.CHARGE, quantity * price),
            )
        ),
    )
    return with_line_details(request, line_details(line), index=index)


def line_details(line: Facts) -> list[tuple[str, str]]:
    """What it says by details. A period of which only the last day is known is that day."""
    said = [(name, line[term]) for term, name in LINE_DETAILS.items() if term in line]
    if "BT-135" in line and "BT-134" not in line:
        said = [(name.replace("supply_end", "supply_date"), text) for name, text in said]
    if "BT-127" in line:
        said.append(("note", _text(line["BT-127"])))
    for code, scheme, version in line.get("BT-158", ()):
        said.append(("classification", f"{scheme}{f':{version}' if version else ''}={code}"))
    return said + [("attribute", f"{name}={value}") for name, value in line.get("BG-32", ())]


ADJUSTED = {
    AdjustmentKind.DISCOUNT: ("BG-20", "BT-92", "BT-93", "BT-94", "BT-95", "BT-96", "BT-97", "BT-98"),
    AdjustmentKind.CHARGE: ("BG-21", "BT-99", "BT-100", "BT-101", "BT-102", "BT-103", "BT-104", "BT-105"),
}
LINE_ADJUSTED = {
    AdjustmentKind.DISCOUNT: ("BG-27", "BT-136", "BT-137", "BT-138", "BT-139", "BT-140"),
    AdjustmentKind.CHARGE: ("BG-28", "BT-141", "BT-142", "BT-143", "BT-144", "BT-145"),
}


def amount(part: Facts, term: str) -> Decimal:
    return Decimal(part.get(term, "0"))


def adjustments_of(facts: Facts) -> Iterator[tuple[Decimal, Decimal, Decimal, str, Decimal]]:
    """Each discount and charge of the document: what it adds, its base and percentage, its category and rate."""
    for kind, (group, worth, base, percent, category, rate, *_) in ADJUSTED.items():
        for part in facts.get(group, ()):
            numbers = (amount(part, term) for term in (base, percent))
            yield (_signed(kind, part, worth), *numbers, part[category], amount(part, rate))


def line_adjustments_of(line: Facts) -> Iterator[tuple[Decimal, Decimal, Decimal]]:
    """The same of a line, without tax."""
    for kind, (group, worth, base, percent, *_) in LINE_ADJUSTED.items():
        for part in line.get(group, ()):
            yield _signed(kind, part, worth), amount(part, base), amount(part, percent)


def _signed(kind: AdjustmentKind, part: Facts, term: str) -> Decimal:
    return -amount(part, term) if kind is AdjustmentKind.DISCOUNT else amount(part, term)


def _adjustments(facts: Facts, kind: AdjustmentKind) -> Iterator[RequestedAdjustment]:
    group, amount, base, percent, category, rate, reason, code = ADJUSTED[kind]
    for part in facts.get(group, ()):
        worth = sign(facts) * Decimal(part[amount])
        if worth:
            yield RequestedAdjustment(
                _way(kind, worth),
                _text(part.get(reason, 0)),
                tax_code=code_name(part, category, rate),
                reason_code=part.get(code, ""),
                **_how_much(part, abs(worth), base, percent),
            )


def _line_adjustments(line: Facts, kind: AdjustmentKind, goods: Decimal) -> Iterator[RequestedLineAdjustment]:
    group, amount, base, percent, reason, code = LINE_ADJUSTED[kind]
    for part in line.get(group, ()):
        worth = Decimal(part[amount])
        if worth:
            yield RequestedLineAdjustment(
                _way(kind, worth if Decimal(line["BT-131"]) >= 0 else -worth),
                _text(part.get(reason, 0)),
                reason_code=part.get(code, ""),
                **_how_much(part, abs(worth), base, percent),
            )


def _way(kind: AdjustmentKind, worth: Decimal) -> AdjustmentKind:
    """A discount of less than nothing is a charge."""
    if worth > 0:
        return kind
    return AdjustmentKind.CHARGE if kind is AdjustmentKind.DISCOUNT else AdjustmentKind.DISCOUNT


def _how_much(part: Facts, amount: Decimal, base: str, percent: str) -> dict[str, Any]:
    if Decimal(part.get(percent, "0")) and Decimal(part.get(base, "0")):
        return {"percent": Decimal(part[percent]), "base": abs(Decimal(part[base]))}
    return {"amount": amount}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _text(length: int) -> str:
    return ("x" * 79 + "\n") * (length // 80) + "x" * (length % 80) if length > 400 else "x" * length
