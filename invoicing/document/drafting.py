"""From what was asked for to the document: amounts, tax and texts, with warnings, before any number is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from invoicing.countries import Country, VatRegistration, country
from invoicing.document.dimensions import tagged
from invoicing.document.documents import Document, DocumentKind, PricedLine, Supply, TaxCategory, Withholding
from invoicing.document.due import due, early_payment, instalments, term_of
from invoicing.document.former import as_credit_note
from invoicing.document.languages import languages_of
from invoicing.document.particulars import with_legal_texts
from invoicing.document.parties import PaymentDetails
from invoicing.document.payable import EarlyPayment
from invoicing.document.payable_rounding import payable_rounding
from invoicing.document.readiness import check_country
from invoicing.document.referring import referred, supplied_as_invoiced
from invoicing.document.requested import (
    ADJUSTMENTS_MAX,
    LINES_MAX,
    PRICE_MAX,
    QUANTITY_MAX,
    YEARS,
    RequestedAdjustment,
    RequestedDocument,
    RequestedLine,
    check_request,
    request_from_text,
    request_text,
)
from invoicing.document.stated_rate import stated_exchange
from invoicing.master_data.code_lists import withholding_texts
from invoicing.master_data.profiles import Profile
from invoicing.master_data.records import Customer, Item, PaymentTerm, Setup, TaxCode
from invoicing.master_data.registration import settled, worded_on
from invoicing.payment.accounts import pay_to
from invoicing.refusals import Conflict, InvalidInput
from invoicing.tax.adjusting import TaxedAdjustment
from invoicing.tax.advances import OpenAdvance, check_advances, deducted_lines, posted_as_asked
from invoicing.tax.choice import ChosenTax
from invoicing.tax.costs import fund_charge
from invoicing.tax.explaining import explain
from invoicing.tax.facts import buyer_facts, seller_facts
from invoicing.tax.inputs import Rounding, TaxedLine, is_charged_for
from invoicing.tax.lines import DecidedTax, TaxSetting, code_of_adjustment, taxed_adjustment, taxed_line
from invoicing.tax.local_codes import local_codes, on_day
from invoicing.tax.points import Billing, SupplyDates, tax_point
from invoicing.tax.schemes import scheme_of
from invoicing.tax.totals import Totals, total
from invoicing.tax.withholding import check_payer, withhold
from invoicing.text.typed import quoted

__all__ = [
    "ADJUSTMENTS_MAX",
    "LINES_MAX",
    "PRICE_MAX",
    "QUANTITY_MAX",
    "YEARS",
    "Circumstances",
    "Composition",
    "RequestedAdjustment",
    "RequestedDocument",
    "RequestedLine",
    "check_request",
    "compose_explained",
    "request_from_text",
    "request_text",
    "tax_setting",
]


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What composing looks at besides the request; `today` is the organization's own date.

    `rounding` is the mode of a document that states none. `small_business` says that the seller is exempt as a
    small enterprise; that its default tax code is SMALL-BUSINESS says the same. `advances` are those to deduct.
    """

    organization: str
    profile: Profile
    setup: Setup
    customer: Customer
    items: Mapping[str, Item]
    today: date
    rounding: Rounding = Rounding.SUM_OF_LINES
    small_business: bool = False
    advances: tuple[OpenAdvance, ...] = ()


@dataclass(frozen=True, slots=True)
class Composition:
    """A composed document, and how the tax of each line was chosen."""

    document: Document
    chosen: tuple[ChosenTax, ...]

    @property
    def explanation(self) -> tuple[str, ...]:
        return explain(self.document, self.chosen)


def compose_explained(request: RequestedDocument, circumstances: Circumstances) -> Composition:
    """The document that the request would become, without id and number, and its explanation.

    Raises:
        NotReady: the organization has no country yet.
        Conflict: the customer or an item is archived.
        InvalidInput: what does not fit, by its field, or prices that round to a total of zero.
        LimitExceeded: an amount has more than 15 digits in minor units.
    """
    check_country(circumstances.profile)
    request = supplied_as_invoiced(request)
    circumstances = _on_day(circumstances, request.supply_date or request.issue_date or circumstances.today)
    profile, setup, customer = circumstances.profile, circumstances.setup, circumstances.customer
    request = _with_fund(tagged(request, setup.dimensions), country(profile.country))
    if customer.archived:
        raise Conflict(f"The customer {quoted(customer.name)} is archived.", field="customer")
    issue_date = request.issue_date or circumstances.today
    currency = request.currency or customer.currency or profile.currency
    inclusive = profile.prices_include_tax if request.prices_include_tax is None else request.prices_include_tax
    rounding = Rounding(request.rounding) if request.rounding else circumstances.rounding
    term = term_of(request, circumstances.setup, circumstances.customer)
    due_date, terms = due(request, term, issue_date)
    locale, second_language = languages_of(profile, customer)
    setting = _setting(request, circumstances, currency=currency, issue_date=issue_date, due_date=due_date)
    totals, chosen, tax_day = _totals(
        request, setting, circumstances.advances, prices_include_tax=inclusive, rounding=rounding
    )
    document = Document(
        kind=DocumentKind.INVOICE,
        environment=profile.environment,
        organization=circumstances.organization,
        id="",
        number="",
        series=setup.series.code,
        issue_date=issue_date,
        due_date=due_date,
        supply_date=setting.shown.start,
        supply_end=setting.shown.end,
        currency=currency,
        prices_include_tax=inclusive,
        rounding=rounding.value,
        seller=profile.seller(),
        buyer=customer.buyer(),
        customer=customer.id,
        payment=_pay_to(request, circumstances, currency),
        lines=totals.lines,
        taxes=totals.taxes,
        net_minor=totals.net_minor,
        tax_minor=totals.tax_minor,
        total_minor=totals.total_minor,
        payment_terms=request.terms_text or terms,
        note=request.note,
        footer=profile.footer,
        locale=locale,
        second_language=second_language,
        tax_number_label=country(profile.country).tax_number_label,
        adjustments=totals.adjustments,
        # What a buyer keeps back, it keeps back of a payment, and that comes after the supply.
        withholding=_withholding(request, circumstances, totals, setting.shown.last),
        tax_point=tax_day,
        accounting_currency=profile.currency,
        early_payment=_early_payment(term if terms else None, issue_date, totals, profile.country),
        # Of what asks for no money, the tax could wait for ever.
        cash_accounting=profile.tax_due == "payment" and _has_tax(totals) and totals.total_minor > 0,
        payment_means=request.payment_means,
        paid_on=request.paid_on,
        advance=country(profile.country).advance_taxed if request.advance else None,
        **referred(request, customer),
    )
    return Composition(_completed(document, request, term, circumstances), chosen)


def _completed(
    document: Document, request: RequestedDocument, term: PaymentTerm, circumstances: Circumstances
) -> Document:
    """The document with what follows from its amounts: exchange, rounding of the sum to pay, instalments, texts."""
    profile = circumstances.profile
    document = replace(
        document,
        exchange=stated_exchange(request, document, today=circumstances.today),
        payable_rounding=payable_rounding(request, document, profile),
    )
    document = replace(document, instalments=instalments(request, term, document))
    worded = with_legal_texts(document, replace(profile, locale=document.locale), circumstances.customer)
    return as_credit_note(worded, request.former)


def _early_payment(term: PaymentTerm | None, issue_date: date, totals: Totals, home: str) -> EarlyPayment | None:
    """None where the total is not all paid to the seller: its discount would be of two debtors."""
    if _is_split(totals):
        return None
    total_minor, tax_minor = totals.total_minor, totals.tax_minor
    return early_payment(term, issue_date, total_minor=total_minor, tax_minor=tax_minor, country=home)


def _is_split(totals: Totals) -> bool:
    return any(tax.category is TaxCategory.SPLIT_PAYMENT for tax in totals.taxes)


def _pay_to(request: RequestedDocument, circumstances: Circumstances, currency: str) -> PaymentDetails:
    profile, accounts = circumstances.profile, circumstances.setup.bank_accounts
    countries = {"seller": profile.country, "buyer": circumstances.customer.country}
    asked = {"currency": currency, "named": request.bank_account}
    return pay_to(accounts, profile.payment(), **countries, **asked, payee=request.payee is not None)


def _has_tax(totals: Totals) -> bool:
    return any(tax.category is TaxCategory.STANDARD for tax in totals.taxes)


def _totals(
    request: RequestedDocument,
    setting: TaxSetting,
    advances: Sequence[OpenAdvance],
    *,
    prices_include_tax: bool,
    rounding: Rounding,
) -> tuple[Totals, tuple[ChosenTax, ...], date]:
    """What the document comes to, how the tax of each line was chosen, and the day on which it is due."""
    lines, chosen = _taxed_lines(request, setting)
    lines += deducted_lines(request, advances, setting, prices_include_tax=prices_include_tax)
    tax_day = _tax_day(setting, chosen)
    totals = total(
        lines,
        currency=setting.currency,
        prices_include_tax=prices_include_tax,
        rounding=rounding,
        adjustments=_adjustments(request, setting, chosen, tax_day),
    )
    _check_not_rounded_away(lines, totals, setting.currency)
    check_advances(request, totals)
    return totals, chosen, tax_day


def tax_setting(circumstances: Circumstances, *, currency: str, tax_point: date) -> TaxSetting:
    """What the tax of a line depends on besides the line."""
    circumstances = _on_day(circumstances, tax_point)
    setup = circumstances.setup
    seller = seller_facts(circumstances.profile, on=tax_point)
    buyer = buyer_facts(circumstances.customer, on=tax_point)
    cited = {name: on_day(code, seller.country, tax_point) for name, code in setup.tax_codes.items()}
    return TaxSetting(
        setup=replace(setup, tax_codes=cited),
        items=circumstances.items,
        seller=seller,
        buyer=buyer,
        currency=currency,
        supplied=SupplyDates(tax_point),
        shown=SupplyDates(tax_point),
        billing=_billing(circumstances, tax_point, tax_point),
        # One that is not in use stands in the way of none that is known of a place.
        codes={**cited, **local_codes(seller, buyer, tax_point), **_in_use(cited)},
    )


def _in_use(codes: Mapping[str, TaxCode]) -> dict[str, TaxCode]:
    return {name: code for name, code in codes.items() if code.active}


def _setting(
    request: RequestedDocument, circumstances: Circumstances, *, currency: str, issue_date: date, due_date: date
) -> TaxSetting:
    supplied, shown = _supplied(request, issue_date)
    setting = tax_setting(circumstances, currency=currency, tax_point=supplied.end or supplied.start)
    scheme = scheme_of(request, setting.seller, setting.buyer, setting.codes, on=shown.last)
    return replace(
        setting,
        supplied=supplied,
        shown=shown,
        billing=_billing(circumstances, issue_date, due_date),
        codes={**setting.codes, **(scheme.by_name if scheme else {})},
        scheme=scheme,
    )


def _billing(circumstances: Circumstances, issue_date: date, due_date: date) -> Billing:
    rule = country(circumstances.profile.country).tax_point_of_period
    return Billing(rule, issue_date, due_date, business=not circumstances.customer.consumer)


def _supplied(request: RequestedDocument, issue_date: date) -> tuple[SupplyDates, SupplyDates]:
    """When lines without dates of their own are supplied, and what the document says: the dates that were stated for
    it, or else all that the lines span.
    """
    start = request.supply_date or issue_date
    supplied = SupplyDates(start, _supply_end(request, start))
    if request.supply_date is not None or request.supply_end is not None:
        return supplied, supplied
    starts = [line.supply_date or start for line in request.lines]
    last = max(line.supply_end or line.supply_date or start for line in request.lines)
    return supplied, SupplyDates(min(starts), last if last > min(starts) else None)


def _tax_day(setting: TaxSetting, chosen: Iterable[ChosenTax]) -> date:
    """The day on which the tax of the document as a whole is due (Article 91(2) Directive 2006/112/EC)."""
    supplies = {tax.timing.supply for tax in chosen if tax.timing}
    return max(tax_point(setting.shown, setting.billing, supply=supply) for supply in supplies or {Supply.GOODS})


def _adjustments(
    request: RequestedDocument, setting: TaxSetting, chosen: Sequence[ChosenTax], tax_day: date
) -> list[TaxedAdjustment]:
    """The adjustments with their taxes: with a tax code they belong to its lines, and so to the day of these."""
    found = []
    for index, stated in enumerate(request.adjustments):
        code = code_of_adjustment(stated.tax_code, chosen, setting, field=f"adjustments[{index}].tax_code")
        item = replace(stated, tax_code=code)
        lines = [tax for tax in chosen if tax.code == item.tax_code]
        if len({tax.rate for tax in lines}) > 1:
            field = f"adjustments[{index}].tax_code"
            raise InvalidInput(
                f"{field}: {item.tax_code} has several rates here, since its lines are supplied at different times."
                " Leave tax_code out, which splits it over all lines, or put the amount on the lines.",
                field=field,
            )
        day = next((tax.timing.day for tax in lines if tax.timing), tax_day)
        found.append(taxed_adjustment(item, index, setting.codes, day))
    return found


def _on_day(circumstances: Circumstances, tax_point: date) -> Circumstances:
    """The circumstances with the seller's registration settled, and with the words of the day for why it charges no
    tax.
    """
    setup = circumstances.setup
    profile = settled(circumstances.profile, default_code=setup.default_tax_code().code)
    if circumstances.small_business and profile.vat_registration != VatRegistration.NOT_REGISTERED:
        profile = replace(profile, vat_registration=VatRegistration.SMALL_BUSINESS.value)
    codes = {name: worded_on(code, profile.country, tax_point) for name, code in setup.tax_codes.items()}
    return replace(circumstances, profile=profile, setup=replace(setup, tax_codes=codes))


def _taxed_lines(request: RequestedDocument, setting: TaxSetting) -> tuple[list[TaxedLine], tuple[ChosenTax, ...]]:
    decided: dict[tuple[object, ...], DecidedTax] = {}
    taxed = [taxed_line(line, index, setting, decided) for index, line in enumerate(request.lines)]
    return posted_as_asked([line for line, _ in taxed], request, setting), tuple(chosen for _, chosen in taxed)


def _check_not_rounded_away(lines: Sequence[TaxedLine], totals: Totals, currency: str) -> None:
    """What is given away has a price of zero or a discount of all; a price that vanishes is a mistake."""
    if totals.total_minor:
        return
    vanished = [
        str(made.position)
        for asked, made in zip(lines, totals.lines, strict=True)
        if not made.amount_minor and not _is_given_away(asked.line)
    ]
    if vanished:
        which = f"line {vanished[0]} comes" if len(vanished) == 1 else f"lines {', '.join(vanished)} come"
        raise InvalidInput(
            f"The total rounds to zero: {which} to less than half of the smallest unit of {currency}. Raise the"
            " quantity or the price, or set the price to 0 to give it away.",
            field="lines",
        )


def _with_fund(request: RequestedDocument, rules: Country) -> RequestedDocument:
    if not request.fund:
        return request
    # A copy has the contribution of the earlier document among its charges: the stated one stands for it.
    others = tuple(item for item in request.adjustments if not item.cost)
    return replace(request, adjustments=(*others, fund_charge(request.fund, rules)))


def _is_given_away(line: PricedLine) -> bool:
    return any(item.amount_minor for item in line.adjustments) or not is_charged_for(line)


def _withholding(
    request: RequestedDocument, circumstances: Circumstances, totals: Totals, tax_point: date
) -> Withholding | None:
    if not request.withholding:
        return None
    profile, setup = circumstances.profile, circumstances.setup
    code = setup.withholdings.get(request.withholding)
    if code is None:
        known = ", ".join(withholding_texts(setup.withholdings.values())) or "none in this country"
        raise InvalidInput(f"withholding: no such code. Known: {known}.", field="withholding")
    rules = country(profile.country)
    check_payer(code, rules=rules, customer=circumstances.customer, vat_registration=profile.vat_registration)
    return withhold(code, totals, rules=rules, on=tax_point)


def _supply_end(request: RequestedDocument, supply_date: date) -> date | None:
    if request.supply_end is not None and request.supply_end < supply_date:
        raise InvalidInput(
            f"supply_end lies before supply_date ({supply_date.isoformat()}, the issue date where it is not stated):"
            " state both.",
            field="supply_end",
        )
    return None if request.supply_end == supply_date else request.supply_end
