"""What is asked for: a document before its amounts, tax and texts are known; its limits, and its text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

from invoicing.document.adjusted import AdjustmentKind
from invoicing.document.canonical import canonical_json
from invoicing.document.documents import LINE_TEXTS, LineTerms, Supply
from invoicing.document.former import FormerInvoice, checked_former
from invoicing.document.marks import LATER
from invoicing.document.parts import (
    checked_delivery,
    checked_line_references,
    checked_payee,
    checked_references,
    checked_representative,
)
from invoicing.document.payable import PaymentMeans, check_rounding
from invoicing.document.plain_values import later_defaults, made_of
from invoicing.document.reason_codes import checked_reason_code
from invoicing.document.references import Delivery, Payee, References, TaxRepresentative
from invoicing.document.tags import checked_tags
from invoicing.money.amounts import check_currency, plain
from invoicing.refusals import InvalidInput, LimitExceeded
from invoicing.tax.inputs import Rounding
from invoicing.text.codes import capitals, small_letters
from invoicing.text.typed import clean_line, clean_text

LINES_MAX = 1_000
ADJUSTMENTS_MAX = 100
_TERMS = ("due_date", "payment_terms", "terms_text")
LINE_ADJUSTMENTS_MAX = 20
QUANTITY_MAX = Decimal(1_000_000_000)
PRICE_MAX = Decimal(1_000_000_000)
EXCHANGE_RATE_MAX = Decimal(1_000_000_000)
YEARS = range(2000, 2100)
ALL_ADVANCES = "all"


@dataclass(frozen=True, slots=True)
class RequestedLineAdjustment:
    """A discount or charge of one line as asked for: `percent` or `amount`, and one of them only.

    A percentage is of quantity x price, or of `base` where one is stated, or with `of_rest` of what the line came to
    before it. Amounts are in the currency, with tax where prices include it, and positive also on a line that takes
    goods back.
    """

    kind: AdjustmentKind
    reason: str = ""
    reason_code: str = ""
    percent: Decimal | None = None
    amount: Decimal | None = None
    base: Decimal | None = None
    of_rest: bool = False


@dataclass(frozen=True, slots=True)
class RequestedLine(LineTerms):
    """A line as asked for. `item` is an item's id; what the line leaves out comes from the item.

    `discount_amount` and `charge_amount` are in the currency, for the whole line, with tax where prices include it, and
    positive also on a line that takes goods back; `adjustments` come after them, in their order.
    """

    unit_price: Decimal | None = None
    tax_code: str = ""
    supply: Supply | None = None
    discount_amount: Decimal | None = field(default=None, metadata=LATER)
    charge_amount: Decimal | None = field(default=None, metadata=LATER)
    adjustments: tuple[RequestedLineAdjustment, ...] = field(default=(), metadata=LATER)


@dataclass(frozen=True, slots=True)
class RequestedAdjustment:
    """A discount or charge of the whole document as asked for: `percent` or `amount`, and one of them only.

    With `tax_code` it belongs to that code's tax group, and the percentage is of that group's lines; without, it is
    split over all groups in proportion. Where a `base` is stated, the percentage is of that instead. `cost` says that
    it is a fund's contribution, of what the fee comes to after all other discounts and charges.
    """

    kind: AdjustmentKind
    reason: str = ""
    percent: Decimal | None = None
    amount: Decimal | None = None
    tax_code: str = ""
    cost: str = field(default="", metadata=LATER)
    reason_code: str = field(default="", metadata=LATER)
    base: Decimal | None = field(default=None, metadata=LATER)


@dataclass(frozen=True, slots=True)
class RequestedDocument:
    """A document as asked for; what is left out follows from the customer and the organization's settings.

    Whether prices include tax is said once for the whole document. `series` is the code of a number series, where it
    is not the usual one of invoices, and `bank_account` that of an account, where it is not the one that fits.
    `exchange_rate` is what one unit of the document's currency costs in the currency of the books. `fund` is the code
    of the seller's fund whose contribution it charges (`Country.costs`), with its percentage where that is not the
    usual one: TC04, or TC04 5. `split_payment` and `surcharge` say whether the buyer pays the tax itself or bears a
    surcharge, where that is not as the customer's facts have it. `terms_text` are terms of payment in words of their
    own (BT-20), `rounding_amount` is what is added to the sum to pay where no unit says it, `delivery_place` the name
    of one of the places to which the customer has things delivered. With `former` it is a credit note for an invoice of
    a former system. An `advance` is invoiced before the supply; `deducts` are the ids or numbers of those that this
    invoice deducts, or ALL_ADVANCES. `paid_on` is the day on which all of it was paid, by `payment_means`.
    """

    customer: str
    lines: tuple[RequestedLine, ...]
    issue_date: date | None = None
    due_date: date | None = None
    supply_date: date | None = None
    supply_end: date | None = None
    payment_terms: str = ""
    currency: str = ""
    prices_include_tax: bool | None = None
    purchase_order: str = ""
    note: str = ""
    adjustments: tuple[RequestedAdjustment, ...] = field(default=(), metadata=LATER)
    rounding: str = field(default="", metadata=LATER)
    withholding: str = field(default="", metadata=LATER)
    exchange_rate: Decimal | None = field(default=None, metadata=LATER)
    exchange_date: date | None = field(default=None, metadata=LATER)
    exchange_source: str = field(default="", metadata=LATER)
    series: str = field(default="", metadata=LATER)
    payment_means: PaymentMeans | None = field(default=None, metadata=LATER)
    rounding_to: Decimal | None = field(default=None, metadata=LATER)
    rounding_amount: Decimal | None = field(default=None, metadata=LATER)
    bank_account: str = field(default="", metadata=LATER)
    fund: str = field(default="", metadata=LATER)
    split_payment: bool | None = field(default=None, metadata=LATER)
    surcharge: bool | None = field(default=None, metadata=LATER)
    terms_text: str = field(default="", metadata=LATER)
    references: References | None = field(default=None, metadata=LATER)
    delivery_place: str = field(default="", metadata=LATER)
    delivery: Delivery | None = field(default=None, metadata=LATER)
    payee: Payee | None = field(default=None, metadata=LATER)
    tax_representative: TaxRepresentative | None = field(default=None, metadata=LATER)
    former: FormerInvoice | None = field(default=None, metadata=LATER)
    advance: bool = field(default=False, metadata=LATER)
    deducts: tuple[str, ...] = field(default=(), metadata=LATER)
    paid_on: date | None = field(default=None, metadata=LATER)


def check_request(request: RequestedDocument) -> RequestedDocument:
    """The request with its texts normalized.

    Raises:
        InvalidInput, LimitExceeded: naming the field, such as `lines[2].quantity`.
    """
    if not request.lines:
        raise InvalidInput("lines: a document needs at least one line.", field="lines")
    _check_count("lines", len(request.lines), LINES_MAX)
    _check_count("adjustments", len(request.adjustments), ADJUSTMENTS_MAX)
    for name in ("issue_date", "due_date", "supply_date", "supply_end", "exchange_date", "paid_on"):
        _check_year(getattr(request, name), name)
    _check_year(request.delivery.on if request.delivery else None, "delivery_date")
    _check_exchange(request)
    if request.former is not None:
        _check_year(request.former.issue_date, "former_invoice_date")
        _check_left_out(request, ("paid_on", *_TERMS), "the customer does not pay a credit note")
    if request.paid_on is not None:
        _check_left_out(request, _TERMS, "what was paid is not due any more")
    check_rounding(request.rounding_to, request.rounding_amount)
    return replace(
        request,
        deducts=_checked_deducts(request),
        lines=tuple(_check_line(line, f"lines[{index}]") for index, line in enumerate(request.lines)),
        adjustments=tuple(
            _check_adjustment(item, f"adjustments[{index}]") for index, item in enumerate(request.adjustments)
        ),
        currency=check_currency(request.currency) if request.currency else "",
        payment_terms=clean_line(request.payment_terms, field="payment_terms", limit=40),
        purchase_order=clean_line(request.purchase_order, field="purchase_order", limit=100),
        note=clean_text(request.note, field="note"),
        rounding=_check_rounding(request.rounding),
        withholding=capitals(clean_line(request.withholding, field="withholding", limit=40)),
        exchange_source=clean_line(request.exchange_source, field="exchange_source", limit=100),
        series=capitals(clean_line(request.series, field="series", limit=40)),
        bank_account=capitals(clean_line(request.bank_account, field="bank_account", limit=40)),
        fund=capitals(clean_line(request.fund, field="fund", limit=40)),
        terms_text=clean_text(request.terms_text, field="payment_terms_text", limit=1_000),
        delivery_place=clean_line(request.delivery_place, field="delivery", limit=80),
        references=checked_references(request.references),
        delivery=checked_delivery(request.delivery),
        payee=checked_payee(request.payee),
        tax_representative=checked_representative(request.tax_representative),
        former=checked_former(request.former),
    )


def request_text(request: RequestedDocument) -> str:
    """The canonical text of a request; a field that was added later is left out while it has its default."""
    return canonical_json(request_values(request))


def request_values(request: RequestedDocument) -> dict[str, Any]:
    """What the text of a request is made of."""
    later = later_defaults(RequestedDocument)
    values = {one.name: getattr(request, one.name) for one in fields(request)}
    return {name: value for name, value in values.items() if name not in later or value != later[name]}


def request_from_text(text: str) -> RequestedDocument:
    """The request whose text this is, also of a release that knew fewer fields."""
    return request_from_values(json.loads(text))


def request_from_values(raw: dict[str, Any]) -> RequestedDocument:
    """The request of these values, as JSON has them."""
    return made_of(RequestedDocument, raw)


def _checked_deducts(request: RequestedDocument) -> tuple[str, ...]:
    _check_count("deduct", len(request.deducts), ADJUSTMENTS_MAX)
    if request.deducts and (request.advance or request.former):
        raise InvalidInput("deduct: an advance deducts no other, and a credit note none.", field="deduct")
    if request.advance and request.former:
        raise InvalidInput("advance: a credit note is none.", field="advance")
    cleaned = (clean_line(one, field="deduct", limit=100, required=True) for one in request.deducts)
    return tuple(ALL_ADVANCES if small_letters(one) == ALL_ADVANCES else one for one in cleaned)


def _check_count(name: str, count: int, limit: int) -> None:
    if count > limit:
        raise LimitExceeded(f"{name}: {count} {name}; a document has at most {limit}. Split it.", field=name)


def _check_rounding(name: str) -> str:
    wanted = small_letters(name)
    if wanted and wanted not in set(Rounding):
        raise InvalidInput(f"rounding must be {' or '.join(Rounding)}.", field="rounding")
    return wanted


def _check_exchange(request: RequestedDocument) -> None:
    if request.exchange_rate is None:
        for name in ("exchange_date", "exchange_source"):
            if getattr(request, name):
                raise InvalidInput(f"{name} was stated without exchange_rate.", field=name)
        return
    if not 0 < request.exchange_rate <= EXCHANGE_RATE_MAX:
        raise InvalidInput(
            f"exchange_rate must be more than 0 and at most {EXCHANGE_RATE_MAX}: what one unit of the document's"
            " currency costs in the currency of the books.",
            field="exchange_rate",
        )
    if not clean_line(request.exchange_source, field="exchange_source", limit=100):
        raise InvalidInput(
            "exchange_source is required with exchange_rate: whose rate it is, such as ECB.", field="exchange_source"
        )


def _check_left_out(request: RequestedDocument, names: Iterable[str], why: str) -> None:
    for name in names:
        if getattr(request, name):
            said = "payment_terms_text" if name == "terms_text" else name
            raise InvalidInput(f"{said}: {why}; leave it out.", field=said)


def _check_line(line: RequestedLine, field: str) -> RequestedLine:
    if not 0 < abs(line.quantity) <= QUANTITY_MAX:
        raise InvalidInput(
            f"{field}.quantity must not be 0, and at most {QUANTITY_MAX}. Less than 0 takes goods back beside others;"
            " to take back what was invoiced, issue a credit note.",
            field=f"{field}.quantity",
        )
    if not 0 < line.base_quantity <= QUANTITY_MAX:
        raise InvalidInput(
            f"{field}.base_quantity must be more than 0 and at most {QUANTITY_MAX}: how many units the price is for.",
            field=f"{field}.base_quantity",
        )
    if line.unit_price is not None and not 0 <= line.unit_price <= PRICE_MAX:
        raise InvalidInput(
            f"{field}.unit_price must be between 0 and {PRICE_MAX}; use discount_percent for a reduction, and a"
            " quantity below 0 for goods that are taken back.",
            field=f"{field}.unit_price",
        )
    if not 0 <= line.discount_percent <= 100:
        raise InvalidInput(f"{field}.discount_percent must be between 0 and 100.", field=f"{field}.discount_percent")
    if line.discount_percent and line.discount_amount:
        raise InvalidInput(
            f"{field}: state discount_percent or discount_amount, not both.", field=f"{field}.discount_amount"
        )
    for name in ("discount_amount", "charge_amount"):
        amount: Decimal | None = getattr(line, name)
        if amount is not None and not 0 <= amount <= PRICE_MAX:
            raise InvalidInput(f"{field}.{name} must be between 0 and {PRICE_MAX}.", field=f"{field}.{name}")
    _check_line_dates(line, field)
    _check_count(f"{field}.adjustments", len(line.adjustments), LINE_ADJUSTMENTS_MAX)
    # A document has up to a thousand lines, and most leave out most of what a line can say.
    changed = {name: value for name, value in _checked_parts(line, field) if value != getattr(line, name)}
    return replace(line, **changed) if changed else line


def _checked_parts(line: RequestedLine, field: str) -> Iterator[tuple[str, Any]]:
    """The texts and lists that a line states, normalized."""
    for name, limit in LINE_TEXTS.items():
        if text := getattr(line, name):
            yield name, clean_line(text, field=f"{field}.{name}", limit=limit)
    if line.description:
        yield "description", clean_text(line.description, field=f"{field}.description", limit=1_000, lines=20)
    if line.note:
        yield "note", clean_text(line.note, field=f"{field}.note", limit=1_000, lines=20)
    if line.tax_code:
        yield "tax_code", capitals(clean_line(line.tax_code, field=f"{field}.tax_code", limit=40))
    if line.dimensions:
        yield "dimensions", checked_tags(line.dimensions, field=f"{field}.dimensions")
    if line.cost:
        yield "cost", capitals(clean_line(line.cost, field=f"{field}.cost", limit=40))
    if line.adjustments:
        named = ((item, f"{field}.adjustments[{index}]") for index, item in enumerate(line.adjustments))
        yield "adjustments", tuple(_check_line_adjustment(item, name) for item, name in named)
    if line.references:
        yield "references", checked_line_references(line.references, field=field)


def _check_year(day: date | None, field: str) -> None:
    if day is not None and day.year not in YEARS:
        raise InvalidInput(f"{field} must lie between {YEARS.start} and {YEARS.stop - 1}.", field=field)


def _check_line_dates(line: RequestedLine, field: str) -> None:
    if line.supply_date is None and line.supply_end is None:
        return
    for name in ("supply_date", "supply_end"):
        _check_year(getattr(line, name), f"{field}.{name}")
    if line.supply_end is None:
        return
    if line.supply_date is None:
        raise InvalidInput(
            f"{field}.supply_end needs {field}.supply_date: when its supply begins.", field=f"{field}.supply_date"
        )
    if line.supply_end < line.supply_date:
        raise InvalidInput(f"{field}.supply_end lies before its supply_date.", field=f"{field}.supply_end")


def _check_adjustment(item: RequestedAdjustment, field: str) -> RequestedAdjustment:
    _check_how_much(item, field)
    return replace(
        item,
        **_checked_reasons(item, field),
        cost=capitals(clean_line(item.cost, field=f"{field}.cost", limit=40)),
        tax_code=capitals(clean_line(item.tax_code, field=f"{field}.tax_code", limit=40)),
    )


def _check_line_adjustment(item: RequestedLineAdjustment, field: str) -> RequestedLineAdjustment:
    _check_how_much(item, field)
    if item.of_rest and (item.percent is None or item.base is not None):
        raise InvalidInput(f"{field}.of_rest goes with percent, and without base.", field=f"{field}.of_rest")
    return replace(item, **_checked_reasons(item, field))


def _check_how_much(item: RequestedAdjustment | RequestedLineAdjustment, field: str) -> None:
    if (item.percent is None) == (item.amount is None):
        raise InvalidInput(f"{field}: state percent or amount, one of the two.", field=f"{field}.amount")
    if item.base is not None and item.percent is None:
        raise InvalidInput(f"{field}.base goes with percent: what it is taken of.", field=f"{field}.base")
    for name, limit in (("percent", Decimal(100)), ("amount", PRICE_MAX), ("base", PRICE_MAX)):
        number: Decimal | None = getattr(item, name)
        if number is not None and not 0 < number <= limit:
            raise InvalidInput(
                f"{field}.{name} must be more than 0 and at most {plain(limit)}; kind says which way it goes.",
                field=f"{field}.{name}",
            )


def _checked_reasons(item: RequestedAdjustment | RequestedLineAdjustment, field: str) -> dict[str, Any]:
    code = checked_reason_code(item.reason_code, item.kind, field=f"{field}.reason_code")
    # EN 16931 wants a reason or its code for each (BR-33, BR-38, BR-42, BR-44).
    reason = clean_line(item.reason, field=f"{field}.reason", limit=100, required=not code)
    return {"reason": reason, "reason_code": code}
