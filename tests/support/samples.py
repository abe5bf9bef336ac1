"""An organization of one country with its codes, its customers and items, and documents composed from drawn lines."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import reject
from hypothesis import strategies as st

from invoicing.countries import country
from invoicing.countries.model import DatedRate
from invoicing.document.adjusted import AdjustmentKind
from invoicing.document.documents import Document, DocumentKind, JurisdictionLevel, Supply, TaxCategory
from invoicing.document.drafting import Circumstances, Composition, compose_explained
from invoicing.document.requested import (
    RequestedAdjustment,
    RequestedDocument,
    RequestedLine,
    RequestedLineAdjustment,
    check_request,
)
from invoicing.master_data.profiles import Profile
from invoicing.master_data.records import (
    Customer,
    Item,
    Jurisdiction,
    PaymentTerm,
    Posting,
    Series,
    Setup,
    TaxCode,
    WithholdingCode,
)
from invoicing.money.amounts import minor_digits
from invoicing.organizations import Environment
from invoicing.refusals import InvalidInput
from invoicing.tax.inputs import Rounding

TODAY = date(2026, 3, 16)
LONG_AGO = date(2000, 1, 1)
ONE_CENT = Decimal("0.01")


def dated(percent: str) -> tuple[DatedRate, ...]:
    return (DatedRate(Decimal(percent), LONG_AGO),)


def tax_code(code: str, percent: str = "0", *, category: TaxCategory | None = None, default: bool = False) -> TaxCode:
    """A code of category S, or E where the rate is zero, or the given one."""
    chosen = category or (TaxCategory.STANDARD if Decimal(percent) else TaxCategory.EXEMPT)
    reason = "" if chosen in (TaxCategory.STANDARD, TaxCategory.ZERO) else f"Reason of {code}"
    return TaxCode(code, code.title(), chosen, "VAT", dated(percent), reason=reason, is_default=default)


def stack(code: str, *parts: tuple[str, JurisdictionLevel, str]) -> TaxCode:
    """A code of US sales tax, of jurisdictions with name, level and rate."""
    jurisdictions = tuple(Jurisdiction(name, level, dated(rate)) for name, level, rate in parts)
    return TaxCode(code, code.title(), TaxCategory.STANDARD, "Sales tax", (), jurisdictions=jurisdictions)


LOS_ANGELES = stack(
    "LA",
    ("California", JurisdictionLevel.STATE, "7.25"),
    ("Los Angeles County", JurisdictionLevel.COUNTY, "0.25"),
    ("Los Angeles County districts", JurisdictionLevel.DISTRICT, "2.25"),
)
OTHER_PLACE = stack(
    "ELSEWHERE",
    ("California", JurisdictionLevel.STATE, "7.25"),
    ("Elsewhere", JurisdictionLevel.CITY, "2.5"),
)
"""A stack with the same sum as Los Angeles, for other jurisdictions."""

CODES = (
    tax_code("STANDARD", "20", default=True),
    tax_code("REDUCED", "5.5"),
    tax_code("EXEMPT"),
    LOS_ANGELES,
    OTHER_PLACE,
)
POSTING = Posting("1100", "4000", "2200", "4300", "4900", "1000")
RITENUTA = WithholdingCode("RITENUTA", "Ritenuta", "Ritenuta d'acconto", dated("20"))


def setup(codes: tuple[TaxCode, ...] = CODES) -> Setup:
    return Setup(
        tax_codes={code.code: code for code in codes},
        terms={"NET30": PaymentTerm("NET30", "30 days net", 30, is_default=True)},
        series=Series("INVOICES", DocumentKind.INVOICE, "INV-{YYYY}-{SEQ:5}"),
        posting=POSTING,
        withholdings={"RITENUTA": RITENUTA},
    )


def country_codes(code: str) -> tuple[TaxCode, ...]:
    """The tax codes that an organization of this country starts with."""
    rules = country(code)
    return tuple(
        TaxCode(
            template.code,
            template.name,
            template.category,
            rules.tax_label,
            template.rates,
            template.reason,
            template.default,
            template.reason_local,
            template.reason_code,
        )
        for template in rules.tax_codes
    )


def circumstances(
    *,
    seller: str = "GB",
    buyer: Customer | None = None,
    items: tuple[Item, ...] = (),
    codes: tuple[TaxCode, ...] | None = CODES,
    region: str = "",
    rounding: Rounding = Rounding.SUM_OF_LINES,
    small_business: bool = False,
) -> Circumstances:
    """Harbour Bakery of the seller's country; `codes` None takes the country's own."""
    rules = country(seller)
    profile = Profile(
        name="Harbour Bakery",
        environment=Environment.SANDBOX,
        country=seller,
        currency=rules.currency,
        tax_system=rules.tax_system,
        region=region,
    )
    return Circumstances(
        organization="org_1",
        profile=profile,
        setup=setup(country_codes(seller) if codes is None else codes),
        customer=buyer or customer(seller),
        items={item.id: item for item in items},
        today=TODAY,
        rounding=rounding,
        small_business=small_business,
    )


def customer(country_code: str, *, consumer: bool = False, tax_number: str = "", region: str = "") -> Customer:
    return Customer(
        id="cus_1",
        name="Hotel Bristol",
        country=country_code,
        consumer=consumer,
        tax_number=tax_number,
        region=region,
    )


def line(
    price: str = "100",
    code: str = "",
    *,
    quantity: str = "1",
    percent: str = "0",
    discount: str | None = None,
    charge: str | None = None,
    supply: Supply = Supply.GOODS,
    item: str = "",
    base: str = "1",
    adjustments: tuple[RequestedLineAdjustment, ...] = (),
) -> RequestedLine:
    return RequestedLine(
        quantity=Decimal(quantity),
        description="Bread",
        unit_price=Decimal(price),
        tax_code=code,
        discount_percent=Decimal(percent),
        discount_amount=None if discount is None else Decimal(discount),
        charge_amount=None if charge is None else Decimal(charge),
        supply=supply,
        item=item,
        base_quantity=Decimal(base),
        adjustments=adjustments,
    )


def off(
    percent: str | None = None,
    *,
    amount: str | None = None,
    base: str | None = None,
    of_rest: bool = False,
    kind: AdjustmentKind = AdjustmentKind.DISCOUNT,
    code: str = "",
) -> RequestedLineAdjustment:
    """A discount of one line, or a charge."""
    return RequestedLineAdjustment(
        kind,
        "Agreed",
        reason_code=code,
        percent=None if percent is None else Decimal(percent),
        amount=None if amount is None else Decimal(amount),
        base=None if base is None else Decimal(base),
        of_rest=of_rest,
    )


def discount(*, percent: str | None = None, amount: str | None = None, code: str = "") -> RequestedAdjustment:
    return _adjustment(AdjustmentKind.DISCOUNT, "Loyalty", percent, amount, code)


def charge(*, percent: str | None = None, amount: str | None = None, code: str = "") -> RequestedAdjustment:
    return _adjustment(AdjustmentKind.CHARGE, "Freight", percent, amount, code)


def request(*lines: RequestedLine, **fields: object) -> RequestedDocument:
    return replace(RequestedDocument(customer="cus_1", lines=lines or (line(),)), **fields)  # type: ignore[arg-type]  # The fields are named in each test.


def composed(wanted: RequestedDocument, given: Circumstances | None = None) -> Composition:
    """As an operation does it: the request is checked, and then composed."""
    return compose_explained(check_request(wanted), given or circumstances())


def document(wanted: RequestedDocument, given: Circumstances | None = None) -> Document:
    return composed(wanted, given).document


def document_or_none(wanted: RequestedDocument, given: Circumstances | None = None) -> Document | None:
    """The document, or None where its lines and adjustments do not fit each other."""
    try:
        return document(wanted, given)
    except InvalidInput:
        return None


def document_or_reject(wanted: RequestedDocument) -> Document:
    """The document of a property's example; one that is refused is no example, and hypothesis draws another."""
    return document_or_none(wanted) or reject()


def issued(draft: Document) -> Document:
    return replace(draft, id="doc_1", number="INV-2026-00001")


def _adjustment(
    kind: AdjustmentKind, reason: str, percent: str | None, amount: str | None, code: str
) -> RequestedAdjustment:
    return RequestedAdjustment(
        kind,
        reason,
        percent=None if percent is None else Decimal(percent),
        amount=None if amount is None else Decimal(amount),
        tax_code=code,
    )


def _in_whole_units(wanted: RequestedDocument) -> RequestedDocument:
    """With amounts that are exact in the currency, as an amount must be; prices may be finer."""
    unit = Decimal(1).scaleb(-minor_digits(wanted.currency))

    def whole(amount: Decimal | None) -> Decimal | None:
        return amount and max(unit, amount.quantize(unit))

    lines = tuple(
        replace(
            part,
            discount_amount=whole(part.discount_amount),
            charge_amount=whole(part.charge_amount),
            adjustments=tuple(replace(one, amount=whole(one.amount), base=whole(one.base)) for one in part.adjustments),
        )
        for part in wanted.lines
    )
    adjustments = tuple(replace(part, amount=whole(part.amount)) for part in wanted.adjustments)
    return replace(wanted, lines=lines, adjustments=adjustments)


_code_names = st.sampled_from([code.code for code in CODES])
_amounts = st.decimals(Decimal(0), Decimal(30), places=2).map(str)
requested_lines = st.builds(
    line,
    st.sampled_from(["0", "0.01", "9.99", "10", "33.3333"]) | st.decimals(Decimal(0), Decimal(2000), places=4).map(str),
    _code_names,
    quantity=st.sampled_from(["1", "2", "3"]) | st.decimals(ONE_CENT, Decimal(50), places=2).map(str),
    percent=st.sampled_from(["0", "2.5", "33.333333"]),
    charge=st.none() | _amounts,
) | st.builds(line, st.just("50"), _code_names, quantity=st.sampled_from(["1", "7"]), discount=_amounts)
_line_adjustments = st.lists(
    st.builds(off, st.sampled_from(["5", "33.333333"]), of_rest=st.booleans())
    | st.builds(off, st.just("10"), base=st.sampled_from(["3", "20"]), kind=st.sampled_from(AdjustmentKind))
    | st.builds(off, amount=st.sampled_from(["0.01", "2.5"]), kind=st.sampled_from(AdjustmentKind)),
    max_size=3,
).map(tuple)
requested_lines |= st.builds(
    line,
    st.sampled_from(["40", "9.99", "0.3333"]),
    _code_names,
    quantity=st.sampled_from(["70", "12", "-1", "-3"]),
    base=st.sampled_from(["1", "3", "100", "1000"]),
    charge=st.none() | _amounts,
    adjustments=_line_adjustments,
)
_percents = st.sampled_from(["1", "2.5", "10", "33.333333"])
_targets = st.sampled_from(["", "", "STANDARD", "REDUCED", "LA"])
requested_adjustments = (
    st.builds(discount, percent=_percents, code=_targets)
    | st.builds(discount, amount=st.sampled_from(["0.01", "1", "5.55"]), code=_targets)
    | st.builds(charge, percent=_percents, code=_targets)
    | st.builds(charge, amount=st.sampled_from(["0.01", "4.90"]), code=_targets)
)
currencies = st.sampled_from(["JPY", "EUR", "KWD"])
requests = st.builds(
    request,
    st.just(line("12.50", quantity="3")),
    currency=currencies,
    prices_include_tax=st.booleans(),
    rounding=st.sampled_from([mode.value for mode in Rounding]),
    lines=st.lists(requested_lines, min_size=1, max_size=6).map(tuple),
    adjustments=st.lists(requested_adjustments, max_size=3).map(tuple),
).map(_in_whole_units)
"""Requests with every kind of line and adjustment, in currencies of 0, 2 and 3 digits and in both modes."""
