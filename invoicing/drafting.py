"""From what was asked for to the document: amounts, tax and texts, with warnings, before any number is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from invoicing.amounts import check_currency
from invoicing.catalog import Customer, Item, Setup, TaxCode
from invoicing.countries import country
from invoicing.documents import Document, DocumentKind, Supply
from invoicing.profiles import Profile
from invoicing.refusals import Conflict, InvalidInput, LimitExceeded, NotReady
from invoicing.tax import SUM_OF_LINES, LineInput, total
from invoicing.text import clean_line, clean_text

LINES_MAX = 1_000
QUANTITY_MAX = Decimal(1_000_000_000)
PRICE_MAX = Decimal(1_000_000_000)
YEARS = range(2000, 2100)


@dataclass(frozen=True, slots=True)
class RequestedLine:
    """A line as asked for. `item` is an item's id; what the line leaves out comes from the item."""

    quantity: Decimal
    item: str = ""
    description: str = ""
    unit: str = ""
    unit_price: Decimal | None = None
    tax_code: str = ""
    supply: Supply | None = None
    discount_percent: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class RequestedDocument:
    """A document as asked for; what is left out follows from the customer and the organization's settings."""

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


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What composing looks at besides the request; `today` is the organization's own date."""

    organization: str
    profile: Profile
    setup: Setup
    customer: Customer
    items: Mapping[str, Item]
    today: date


def check_request(request: RequestedDocument) -> RequestedDocument:
    """The request with its texts normalized.

    Raises:
        InvalidInput, LimitExceeded: naming the field, such as `lines[2].quantity`.
    """
    if not request.lines:
        raise InvalidInput("lines: a document needs at least one line.", field="lines")
    if len(request.lines) > LINES_MAX:
        raise LimitExceeded(
            f"lines: {len(request.lines)} lines; a document has at most {LINES_MAX}. Split it.", field="lines"
        )
    for name in ("issue_date", "due_date", "supply_date", "supply_end"):
        day: date | None = getattr(request, name)
        if day is not None and day.year not in YEARS:
            raise InvalidInput(f"{name} must lie between {YEARS.start} and {YEARS.stop - 1}.", field=name)
    return replace(
        request,
        lines=tuple(_check_line(line, f"lines[{index}]") for index, line in enumerate(request.lines)),
        currency=check_currency(request.currency) if request.currency else "",
        payment_terms=clean_line(request.payment_terms, field="payment_terms", limit=40),
        purchase_order=clean_line(request.purchase_order, field="purchase_order", limit=100),
        note=clean_text(request.note, field="note"),
    )


def compose(request: RequestedDocument, circumstances: Circumstances) -> Document:
    """The document that the request would become, without id and number.

    Raises:
        NotReady: the organization has no country yet.
        Conflict: the customer or an item is archived.
        InvalidInput: dates, codes or prices that do not fit.
    """
    profile, setup, customer = circumstances.profile, circumstances.setup, circumstances.customer
    if not profile.country:
        raise NotReady("The organization has no country yet: set it with update_organization.", field="country")
    if customer.archived:
        raise Conflict(f"The customer {customer.name} is archived.", field="customer")
    issue_date = request.issue_date or circumstances.today
    supply_date = request.supply_date or issue_date
    currency = request.currency or customer.currency or profile.currency
    inclusive = profile.prices_include_tax if request.prices_include_tax is None else request.prices_include_tax
    lines = [
        _line_input(line, circumstances, currency=currency, tax_point=supply_date, field=f"lines[{index}]")
        for index, line in enumerate(request.lines)
    ]
    totals = total(lines, currency=currency, prices_include_tax=inclusive)
    due_date, terms = _due(request, circumstances, issue_date)
    return Document(
        kind=DocumentKind.INVOICE,
        environment=profile.environment,
        organization=circumstances.organization,
        id="",
        number="",
        series=setup.series.code,
        issue_date=issue_date,
        due_date=due_date,
        supply_date=supply_date,
        supply_end=_supply_end(request, supply_date),
        currency=currency,
        prices_include_tax=inclusive,
        rounding=SUM_OF_LINES,
        seller=profile.seller(),
        buyer=customer.buyer(),
        customer=customer.id,
        payment=profile.payment(),
        lines=totals.lines,
        taxes=totals.taxes,
        net_minor=totals.net_minor,
        tax_minor=totals.tax_minor,
        total_minor=totals.total_minor,
        purchase_order=request.purchase_order,
        payment_terms=terms,
        note=request.note,
        footer=profile.footer,
        locale=profile.locale,
        tax_number_label=country(profile.country).tax_number_label,
    )


def _check_line(line: RequestedLine, field: str) -> RequestedLine:
    if not 0 < line.quantity <= QUANTITY_MAX:
        raise InvalidInput(
            f"{field}.quantity must be more than 0 and at most {QUANTITY_MAX}; to take something back, issue a"
            " credit note.",
            field=f"{field}.quantity",
        )
    if line.unit_price is not None and not 0 <= line.unit_price <= PRICE_MAX:
        raise InvalidInput(
            f"{field}.unit_price must be between 0 and {PRICE_MAX}; use discount_percent for a reduction.",
            field=f"{field}.unit_price",
        )
    if not 0 <= line.discount_percent <= 100:
        raise InvalidInput(f"{field}.discount_percent must be between 0 and 100.", field=f"{field}.discount_percent")
    return replace(
        line,
        description=clean_text(line.description, field=f"{field}.description", limit=1_000, lines=20),
        unit=clean_line(line.unit, field=f"{field}.unit", limit=20),
        tax_code=clean_line(line.tax_code, field=f"{field}.tax_code", limit=40).upper(),
    )


def _line_input(
    line: RequestedLine, circumstances: Circumstances, *, currency: str, tax_point: date, field: str
) -> LineInput:
    item = circumstances.items[line.item] if line.item else Item(id="", name="")
    if item.archived:
        raise Conflict(f"{field}.item: {item.name} is archived.", field=f"{field}.item")
    description = line.description or item.description or item.name
    if not description:
        raise InvalidInput(f"{field} needs a description or an item.", field=f"{field}.description")
    code = _tax_code(line.tax_code or item.tax_code, circumstances.setup, field=f"{field}.tax_code")
    rate = code.rate_on(tax_point)
    if rate is None:
        raise InvalidInput(
            f"{field}.tax_code: {code.code} has no rate on {tax_point.isoformat()}.", field=f"{field}.tax_code"
        )
    return LineInput(
        description=description,
        quantity=line.quantity,
        unit=line.unit or item.unit,
        unit_price=_unit_price(line, item, currency=currency, field=field),
        discount_percent=line.discount_percent,
        supply=line.supply or item.supply,
        tax_code=code.code,
        tax_category=code.category,
        tax_rate=rate,
        tax_label=code.label,
        tax_reason=code.reason,
        item=item.id,
        revenue_account=item.revenue_account,
    )


def _unit_price(line: RequestedLine, item: Item, *, currency: str, field: str) -> Decimal:
    if line.unit_price is not None:
        return line.unit_price
    if item.unit_price is None:
        raise InvalidInput(f"{field}.unit_price is required: no item gives one.", field=f"{field}.unit_price")
    if item.currency and item.currency != currency:
        raise InvalidInput(
            f"{field}.unit_price: the price of {item.name} is in {item.currency}, the document is in {currency}:"
            f" state the price in {currency}.",
            field=f"{field}.unit_price",
        )
    return item.unit_price


def _tax_code(code: str, setup: Setup, *, field: str) -> TaxCode:
    if not code:
        return setup.default_tax_code()
    if code not in setup.tax_codes:
        raise InvalidInput(f"{field}: no such tax code. Known: {', '.join(sorted(setup.tax_codes))}.", field=field)
    return setup.tax_codes[code]


def _due(request: RequestedDocument, circumstances: Circumstances, issue_date: date) -> tuple[date, str]:
    terms = circumstances.setup.terms
    wanted = request.payment_terms or circumstances.customer.payment_terms
    if wanted and wanted.upper() not in terms:
        raise InvalidInput(f"payment_terms: no such terms. Known: {', '.join(sorted(terms))}.", field="payment_terms")
    term = terms[wanted.upper()] if wanted else circumstances.setup.default_terms()
    if request.due_date is None:
        return issue_date + timedelta(days=term.days), term.name
    if request.due_date < issue_date:
        raise InvalidInput(
            f"due_date {request.due_date.isoformat()} lies before the issue date {issue_date.isoformat()}.",
            field="due_date",
        )
    # A due date that was stated outranks the terms' own, whose name would then say something else.
    stated = bool(request.payment_terms) or issue_date + timedelta(days=term.days) == request.due_date
    return request.due_date, term.name if stated else ""


def _supply_end(request: RequestedDocument, supply_date: date) -> date | None:
    if request.supply_end is not None and request.supply_end < supply_date:
        raise InvalidInput("supply_end lies before supply_date.", field="supply_end")
    return None if request.supply_end == supply_date else request.supply_end
