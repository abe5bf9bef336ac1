"""From the lines that were asked for to lines with prices and tax, and which rule chose the tax of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from operator import attrgetter

from invoicing.document.documents import LineTerms, PricedLine, Supply, TaxCategory
from invoicing.document.making import maker
from invoicing.document.notices import Notice
from invoicing.document.referring import line_references
from invoicing.document.requested import RequestedAdjustment, RequestedLine
from invoicing.master_data.code_lists import tax_code_texts
from invoicing.master_data.records import Item, Setup, TaxCode
from invoicing.money.amounts import exact_minor
from invoicing.refusals import Conflict, InvalidInput
from invoicing.remedies import Act
from invoicing.tax.adjusting import TaxedAdjustment
from invoicing.tax.choice import BuyerFacts, Choice, ChosenTax, Rule, SellerFacts, proposed_code
from invoicing.tax.costs import as_cost, is_passed_on
from invoicing.tax.inputs import AppliedTax, TaxedLine
from invoicing.tax.line_adjusting import adjusted_line
from invoicing.tax.local_codes import DOMESTIC_REVERSE_CHARGE, REVERSE_CHARGE, as_at_home, at_place, codes_shown
from invoicing.tax.places.territories import Territory
from invoicing.tax.points import Billing, RateTiming, SupplyDates, rate_timing
from invoicing.tax.proposal import choose
from invoicing.tax.questions import with_questions
from invoicing.tax.schemes import Scheme
from invoicing.text.typed import quoted

_FROM_ITEM = ("name", "description", "unit", "references")
_DATES = ("supply_date", "supply_end")
_STATED = tuple(field.name for field in fields(LineTerms) if field.name not in {*_FROM_ITEM, *_DATES})
_SOLD = ("unit_price", "discount_amount", "charge_amount", "supply", "supply_assumed", "revenue_account")
_stated_of = attrgetter(*_STATED)
_priced_line = maker(PricedLine, (*_STATED, *_FROM_ITEM, *_DATES, *_SOLD))


@dataclass(frozen=True, slots=True)
class TaxSetting:
    """What the tax of a line depends on besides the line. `supplied` is when what states no dates of its own is
    supplied, `shown` what the document says of all of it; `codes` are all that a line can state: the organization's,
    and those of the places that are concerned. `scheme` has codes that stand for these.
    """

    setup: Setup
    items: Mapping[str, Item]
    seller: SellerFacts
    buyer: BuyerFacts
    currency: str
    supplied: SupplyDates
    shown: SupplyDates
    billing: Billing
    codes: Mapping[str, TaxCode]
    scheme: Scheme | None = None


_Alike = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class DecidedTax:
    """What was decided of a line's tax whatever its words and amounts are, and how."""

    supply: Supply
    code: TaxCode
    choice: Choice
    dates: SupplyDates
    timing: RateTiming
    tax: AppliedTax
    since: date | None
    guessed: bool


def taxed_line(
    line: RequestedLine, index: int, setting: TaxSetting, decided: dict[_Alike, DecidedTax]
) -> tuple[TaxedLine, ChosenTax]:
    """The line with its price and tax, and how the tax was chosen; `index` is from 0. `decided` is what was decided of
    the same document's lines before, which holds for those that name the same item, tax code, supply, days and cost.

    Raises:
        Conflict: the item is archived.
        InvalidInput: a description, price or tax code is missing, unknown or not valid on the tax point, a
            discount is more than the line, an amount is finer than the currency, or the line's own dates lie outside
            the document's.
    """
    field = f"lines[{index}]"
    item = setting.items[line.item] if line.item else Item(id="", name="")
    if item.archived:
        raise Conflict(f"{field}.item: {quoted(item.name)} is archived.", field=f"{field}.item")
    name, description = _texts(line, item)
    if not description:
        raise InvalidInput(f"{field} needs a description or an item.", field=f"{field}.description")
    alike = (line.item, line.tax_code, line.supply, line.supply_date, line.supply_end, line.cost)
    known = decided.get(alike)
    if known is None:
        known = decided[alike] = _decided(line, item, setting, field=field)
    code, timing, tax, supply = known.code, known.timing, known.tax, known.supply
    choice = with_questions(
        known.choice,
        code,
        f"{name} {description}",
        supply=line.supply or item.supply,
        seller=setting.seller,
        buyer=setting.buyer,
        on=timing.day,
    )
    for stated, amount in (("discount_amount", line.discount_amount), ("charge_amount", line.charge_amount)):
        if amount:
            exact_minor(amount, setting.currency, field=f"{field}.{stated}")
    apart = known.dates if known.dates != setting.shown else None
    unit_price = _unit_price(line, item, currency=setting.currency, field=field)
    besides = (line.discount_amount or Decimal(0), line.charge_amount or Decimal(0))
    assumed, account = not (line.supply or item.supply), _account(line, item, code, setting)
    priced = _priced_line(
        (
            *_stated_of(line),
            *(name, description, line.unit or item.unit, line_references(line.references, item)),
            *((apart.start, apart.end) if apart else (None, None)),
            *(unit_price, *besides, supply, assumed, account),
        )
    )
    taxed = TaxedLine(adjusted_line(priced, line.adjustments, currency=setting.currency, field=field), tax)
    return taxed, ChosenTax(index + 1, tax.code, tax.category, tax.rate, known.since, choice, known.guessed, timing)


def _decided(line: RequestedLine, item: Item, setting: TaxSetting, *, field: str) -> DecidedTax:
    supply = line.supply or item.supply or Supply.GOODS
    code, choice = _choice(line, item, supply, setting, field=f"{field}.tax_code")
    dates = _dates(line, setting, field=field)
    timing = rate_timing(dates, setting.billing, supply=supply, code=code)
    if line.cost:
        own = bool(line.tax_code)
        code, choice = as_cost(
            code, choice, line.cost, setting.seller, on=timing.day, stated=own, field=f"{field}.cost"
        )
    if setting.scheme is not None:
        code, choice = setting.scheme.applied(code, choice, supply, timing.day)
    return DecidedTax(
        supply=supply,
        code=code,
        choice=choice,
        dates=dates,
        timing=timing,
        tax=applied(code, timing.day, field=f"{field}.tax_code"),
        since=code.since(timing.day),
        guessed=_is_taken_as_goods(line, item, choice, setting),
    )


def _account(line: RequestedLine, item: Item, code: TaxCode, setting: TaxSetting) -> str:
    """The account of the line; empty for that of the posting profile. An expense in the buyer's name is no revenue."""
    passed_on = setting.setup.posting.passed_on
    if passed_on and line.cost and is_passed_on(line.cost, setting.seller):
        return passed_on
    return item.revenue_account or code.revenue_account


def proposed_tax_code(item: Item, supply: Supply, setting: TaxSetting) -> str:
    """The code that is proposed where a line states none; an item without id is none."""
    return _proposal(item, supply, setting, field="tax_code")[0].code


def taxed_adjustment(
    item: RequestedAdjustment, index: int, codes: Mapping[str, TaxCode], tax_point: date
) -> TaxedAdjustment:
    """The adjustment with the tax of its code, where it names one.

    Raises:
        InvalidInput: the tax code does not exist, or has no rate on the tax point.
    """
    field = f"adjustments[{index}].tax_code"
    if not item.tax_code:
        return TaxedAdjustment(item)
    return TaxedAdjustment(item, applied(_tax_code(item.tax_code, codes, field=field), tax_point, field=field))


def applied(code: TaxCode, tax_point: date, *, field: str) -> AppliedTax:
    """The tax of a code on a tax point.

    Raises:
        InvalidInput: the code has no rate on that day.
    """
    rate = code.rate_on(tax_point)
    if rate is None:
        raise InvalidInput(
            f"{field}: {code.code} has no rate on {tax_point.isoformat()}, the date of supply. Use another code, or"
            " correct supply_date.",
            field=field,
        )
    return AppliedTax(
        code=code.code,
        category=code.category,
        rate=rate,
        label=code.label,
        reason=code.reason,
        reason_local=code.reason_local,
        reason_code=code.reason_code,
        jurisdictions=code.stack_on(tax_point),
    )


def _texts(line: RequestedLine, item: Item) -> tuple[str, str]:
    """Name and description (BT-153, BT-154); without a name, where there is but one text, or the description begins
    with the name.
    """
    name = line.name or item.name
    description = line.description or item.description
    if not description or not name:
        return "", description or name
    rest = description.casefold().removeprefix(name.casefold())
    says_it = rest != description.casefold() and not rest[:1].isalnum()
    return ("", description) if says_it else (name, description)


def _dates(line: RequestedLine, setting: TaxSetting, *, field: str) -> SupplyDates:
    if line.supply_date is None:
        return setting.supplied
    dates = SupplyDates(line.supply_date, line.supply_end if line.supply_end != line.supply_date else None)
    # What the document says of the whole holds for its parts (Peppol, PEPPOL-EN16931-R110 and R111).
    for name, day in (("supply_date", dates.start), ("supply_end", dates.last)):
        if not setting.shown.start <= day <= setting.shown.last:
            raise InvalidInput(
                f"{field}.{name} {day.isoformat()} lies outside the document's own supply"
                f" ({setting.shown.start.isoformat()} to {setting.shown.last.isoformat()}): correct one of them, or"
                " leave the document's out where each line states its own.",
                field=f"{field}.{name}",
            )
    return dates


_CODES_NAMED = 5

# What an item is by itself, such as medical care or a deposit, it is for buyers abroad as well.
_UNTAXED_BY_NATURE = (TaxCategory.EXEMPT, TaxCategory.OUTSIDE_SCOPE)


def _choice(
    line: RequestedLine, item: Item, supply: Supply, setting: TaxSetting, *, field: str
) -> tuple[TaxCode, Choice]:
    code, choice = _proposal(item, supply, setting, field=field)
    if not line.tax_code:
        return code, choice if item.tax_code else _with_untaxed_caution(choice, code, setting)
    stated, cautions = _stated_code(line.tax_code, choice, setting, field=field)
    if stated.code == code.code:
        return code, choice
    because = f"it was stated on the line; proposed was {code.code}, because {choice.because}"
    return stated, Choice(stated.category, Rule.OVERRIDDEN, because, cautions)


def _stated_code(name: str, choice: Choice, setting: TaxSetting, *, field: str) -> tuple[TaxCode, tuple[Notice, ...]]:
    """The code that a line states, as it is at the seller's own place, and what is to be known of it; a reverse charge
    at home by its own article.
    """
    cautions: tuple[Notice, ...] = ()
    stated = _tax_code(name, setting.codes, field=field, territory=setting.seller.territory)
    if choice.local is not None and choice.local == setting.seller.territory:
        stated, found = at_place(stated, replace(choice, cautions=()), setting.codes)
        cautions = found.cautions
    if choice.rule in _AT_HOME:
        stated = as_at_home(stated, setting.seller.country, setting.codes)
    return stated, cautions


def code_of_adjustment(name: str, chosen: Sequence[ChosenTax], setting: TaxSetting, *, field: str) -> str:
    """The code of a discount or charge as the document's lines have it: that of the place, and of a reverse charge at
    home.

    Raises:
        InvalidInput: the country's code has no counterpart at the place.
    """
    local = next((tax.choice for tax in chosen if tax.choice.local is not None), None)
    if setting.scheme is not None:
        name = setting.scheme.of_adjustment(name, {tax.code for tax in chosen})
    if not name or name not in setting.codes:
        return name
    if name == REVERSE_CHARGE and any(tax.code == DOMESTIC_REVERSE_CHARGE for tax in chosen):
        return DOMESTIC_REVERSE_CHARGE
    if local is None:
        return name
    code, found = at_place(setting.codes[name], replace(local, cautions=()), setting.codes)
    if found.cautions:
        raise InvalidInput(f"{field}: {found.cautions[0].text}", field=field)
    return code.code


_AT_HOME = (Rule.DOMESTIC, Rule.LOCAL_RATES)


def _is_taken_as_goods(line: RequestedLine, item: Item, choice: Choice, setting: TaxSetting) -> bool:
    if line.supply or item.supply or line.tax_code or choice.rule is Rule.ADVANCED:
        return False
    services = choose(setting.seller, setting.buyer, Supply.SERVICES)
    return (services.rule, services.local) != (choice.rule, choice.local)


def _with_untaxed_caution(choice: Choice, code: TaxCode, setting: TaxSetting) -> Choice:
    """The choice with a word on a sales tax that is not charged only because nobody has set one up.

    A US organization begins with NO-TAX as its default code, since the rates of its places are its own to add.
    """
    if choice.rule is not Rule.SALES_TAX or code.category is not TaxCategory.OUTSIDE_SCOPE:
        return choice
    own = setting.setup.tax_codes_in_use().values()
    taxed = sorted(one.code for one in own if one.category is TaxCategory.STANDARD)
    if taxed:
        caution = (
            f"No sales tax is charged: {code.code} is the default code of {setting.seller.name}. Where tax is due, set"
            f" tax_code on the lines ({', '.join(taxed[:_CODES_NAMED])}), or make such a code the default."
        )
    else:
        caution = (
            f"No sales tax is charged, because {setting.seller.name} has no sales tax code. Where tax is due, save one,"
            f" with a part for each jurisdiction; else set tax_code to {code.code} on the lines."
        )
    return replace(choice, cautions=(*choice.cautions, Notice("no_sales_tax", caution, Act.SAVE_TAX_CODE)))


def _proposal(item: Item, supply: Supply, setting: TaxSetting, *, field: str) -> tuple[TaxCode, Choice]:
    setup = setting.setup
    home = _tax_code(item.tax_code, setting.codes, field=field) if item.tax_code else setup.default_tax_code()
    choice = choose(setting.seller, setting.buyer, supply)
    if choice.category is None:
        placed, said = at_place(home, choice, setting.codes)
        at_home = choice.rule in _AT_HOME
        return as_at_home(placed, setting.seller.country, setting.codes) if at_home else placed, said
    if item.tax_code and home.category in _UNTAXED_BY_NATURE:
        return home, Choice(home.category, Rule.ITEM, f"{item.name} is {home.name.lower()} whoever buys it")
    proposed = proposed_code(choice, setup.tax_codes_in_use())
    if proposed is not None:
        placed, said = at_place(proposed, choice, setting.codes)
        return placed, replace(said, category=placed.category)
    lacking = (
        f"The tax should be of category {choice.category.value} ({choice.rule.value}), but no tax code fits:"
        f" {home.code} is used. Add a code, or set tax_code on the lines."
    )
    return home, replace(choice, category=home.category, cautions=(Notice("no_tax_code", lacking),))


def _tax_code(code: str, codes: Mapping[str, TaxCode], *, field: str, territory: Territory | None = None) -> TaxCode:
    found = codes.get(code)
    if found is None or not found.active:
        known = ", ".join(tax_code_texts(codes_shown(codes.values(), territory, date.max, label="")))
        said = "no such tax code" if found is None else f"{code} is not in use any more"
        raise InvalidInput(f"{field}: {said}. Known: {known}.", field=field)
    return found


def _unit_price(line: RequestedLine, item: Item, *, currency: str, field: str) -> Decimal:
    if line.unit_price is not None:
        return line.unit_price
    if item.unit_price is None:
        raise InvalidInput(f"{field}.unit_price is required: no item gives one.", field=f"{field}.unit_price")
    if item.currency and item.currency != currency:
        raise InvalidInput(
            f"{field}.unit_price: the price of {quoted(item.name)} is in {item.currency}, the document is in"
            f" {currency}: state the price in {currency}.",
            field=f"{field}.unit_price",
        )
    return item.unit_price
