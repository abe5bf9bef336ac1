"""A tax code as an accountant changes it: a new one, or the next rate of one that is there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from invoicing.countries.model import TAXED_CATEGORIES, DatedRate
from invoicing.document.documents import JurisdictionLevel, TaxCategory
from invoicing.master_data.records import Jurisdiction, TaxCode, rate_in_force
from invoicing.money.amounts import parse_decimal, plain
from invoicing.refusals import Conflict, InvalidInput, LimitExceeded
from invoicing.text.codes import capitals, small_letters
from invoicing.text.typed import clean_line

_ANOTHER_PART = re.compile(r"[,;|]\s*(?:state|county|city|district|country):", re.IGNORECASE)
CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,39}", re.ASCII)
PARTS_MAX = 20
PROFILES_ACCOUNT = "-"
"""Says that a code has no account of its own, but that of the posting profile; no account has this number."""
YEARS = range(1950, 2100)
_NEVER_CHARGED = frozenset(TaxCategory) - {
    TaxCategory.STANDARD,
    TaxCategory.SPLIT_PAYMENT,
    TaxCategory.CANARY_ISLANDS,
    TaxCategory.CEUTA_AND_MELILLA,
}


@dataclass(frozen=True, slots=True)
class Part:
    """What one jurisdiction of a stack takes, in percent."""

    level: JurisdictionLevel
    name: str
    percent: Decimal


@dataclass(frozen=True, slots=True)
class TaxCodeChange:
    """What to keep of a tax code; what is empty stays as it is. From `valid_from` its rate is `percent`, or those of
    the `parts` of a stack. `default` makes it the code of ordinary supplies. `revenue_account` is the number of an
    account, or `PROFILES_ACCOUNT`.
    """

    code: str
    name: str = ""
    label: str = ""
    category: str = ""
    percent: Decimal | None = None
    parts: tuple[Part, ...] = ()
    valid_from: date | None = None
    reason: str = ""
    reason_local: str = ""
    reason_code: str = ""
    default: bool = False
    revenue_account: str = ""


def check_code(code: str, *, field: str = "code") -> str:
    """The code of a setting in capitals.

    Raises:
        InvalidInput: it holds anything but letters, digits and hyphens.
    """
    wanted = capitals(code)
    if not CODE.fullmatch(wanted):
        raise InvalidInput(f"{field} must be 1 to 40 letters, digits and hyphens.", field=field)
    return wanted


def part_from_text(text: str) -> Part:
    """The part that is written like `state:California:6`.

    Raises:
        InvalidInput: another form, an unknown level, or a percentage that is none.
    """
    level, _, rest = text.partition(":")
    name, _, percent = rest.rpartition(":")
    if small_letters(level) not in set(JurisdictionLevel) or not name.strip():
        levels = ", ".join(JurisdictionLevel)
        raise InvalidInput(
            f"part must be level:name:percent such as state:California:6, and the level one of {levels}.", field="part"
        )
    cleaned = clean_line(name, field="part", limit=80, required=True)
    if _ANOTHER_PART.search(cleaned):
        raise InvalidInput("part: there is another part in the name of this one: separate them by |.", field="part")
    return Part(JurisdictionLevel(small_letters(level)), cleaned, _percent(parse_decimal(percent, field="part")))


def changed_tax_code(before: TaxCode | None, change: TaxCodeChange, *, label: str) -> TaxCode:
    """The tax code after the change, in use; `label` is what the tax is called where nothing is stated.

    Raises:
        InvalidInput: what is missing or does not fit together, by its field.
        Conflict: another category, a stack where there was a rate, or a rate before one that is there.
        LimitExceeded: too many parts, or a text that is too long.
    """
    if before is None:
        category = _category(change.category or TaxCategory.STANDARD.value)
        code = TaxCode(check_code(change.code), "", category, label, ())
        for field in ("name", "valid_from"):
            if not getattr(change, field):
                raise InvalidInput(f"{field} is required for a new tax code.", field=field)
    else:
        code = before
        if change.category and _category(change.category) is not before.category:
            raise Conflict(
                f"category: {before.code} is of category {before.category.value} and stays so: its documents say it."
                " Make another code.",
                field="category",
            )
    code = replace(
        code,
        name=_text(change.name, "name", 80) or code.name,
        label=_text(change.label, "label", 40) or code.label,
        reason=_text(change.reason, "reason", 120) or code.reason,
        reason_local=_text(change.reason_local, "reason_local", 120) or code.reason_local,
        reason_code=_text(change.reason_code, "reason_code", 40) or code.reason_code,
        is_default=code.is_default or change.default,
        active=True,
        revenue_account=_revenue_account(code, change),
    )
    _check_reason(code)
    return _with_rate(code, change)


def _with_rate(code: TaxCode, change: TaxCodeChange) -> TaxCode:
    if change.percent is not None and change.parts:
        raise InvalidInput("State percent, or the parts of a stack, not both.", field="part")
    if change.valid_from is not None and change.valid_from.year not in YEARS:
        raise InvalidInput(f"valid_from must lie between {YEARS.start} and {YEARS.stop - 1}.", field="valid_from")
    if change.valid_from is None:
        if change.percent is not None or change.parts:
            raise InvalidInput("valid_from is required with a rate: since when it is in force.", field="valid_from")
        return code
    if change.parts:
        parts = _checked_parts(code, change.parts)
        _check_rate(code, sum((part.percent for part in parts), Decimal(0)), field="part")
        return replace(code, jurisdictions=_stack(code, parts, change.valid_from))
    if change.percent is None:
        raise InvalidInput("valid_from goes with a rate: state percent, or the parts of a stack.", field="percent")
    if code.jurisdictions:
        raise Conflict(f"{code.code} is a stack of jurisdictions: state its parts.", field="percent")
    _check_rate(code, _percent(change.percent), field="percent")
    return replace(code, rates=rates_from_day(code.rates, change.percent, change.valid_from))


def _revenue_account(code: TaxCode, change: TaxCodeChange) -> str:
    wanted = change.revenue_account.strip() or code.revenue_account
    return "" if wanted == PROFILES_ACCOUNT else wanted


def _category(name: str) -> TaxCategory:
    try:
        return TaxCategory(capitals(name))
    except ValueError:
        raise InvalidInput(f"category must be one of: {', '.join(TaxCategory)}.", field="category") from None


def _text(text: str, field: str, limit: int) -> str:
    return clean_line(text, field=field, limit=limit)


def _percent(percent: Decimal) -> Decimal:
    if not 0 <= percent <= 100:
        raise InvalidInput("percent must be between 0 and 100.", field="percent")
    return percent


def _check_reason(code: TaxCode) -> None:
    """EN 16931 wants a reason where no tax is charged, and forbids one where it is (BR-E-10, BR-S-10, ...)."""
    if code.category in TAXED_CATEGORIES and (code.reason or code.reason_local or code.reason_code):
        raise InvalidInput(f"reason: category {code.category.value} is taxed and takes none.", field="reason")
    if code.category not in TAXED_CATEGORIES and not code.reason:
        raise InvalidInput(
            f"reason is required for category {code.category.value}: why no tax is charged, with the article.",
            field="reason",
        )


def _check_rate(code: TaxCode, percent: Decimal, *, field: str) -> None:
    if code.category in _NEVER_CHARGED and (percent or field == "part"):
        raise InvalidInput(f"{field}: category {code.category.value} has a rate of 0 %.", field=field)
    if code.category in (TaxCategory.STANDARD, TaxCategory.SPLIT_PAYMENT) and not 0 < percent <= 100:
        raise InvalidInput(
            f"{field}: category {code.category.value} has a rate of more than 0 and at most 100 %; a rate of zero is"
            " category Z.",
            field=field,
        )


def _checked_parts(code: TaxCode, parts: Sequence[Part]) -> Sequence[Part]:
    if len(parts) > PARTS_MAX:
        raise LimitExceeded(f"part: a stack has at most {PARTS_MAX} jurisdictions.", field="part")
    names = [(part.level, part.name) for part in parts]
    if len(set(names)) < len(names):
        raise InvalidInput("part: a jurisdiction stands twice.", field="part")
    if code.rates:
        raise Conflict(f"{code.code} has a rate of its own: make another code for the stack.", field="part")
    missing = [place.name for place in code.jurisdictions if (place.level, place.name) not in names]
    if missing:
        raise InvalidInput(
            f"part: {', '.join(missing)} belongs to the stack {code.code}; a levy that has ended has a rate of 0.",
            field="part",
        )
    return parts


def _stack(code: TaxCode, parts: Sequence[Part], day: date) -> tuple[Jurisdiction, ...]:
    """The stack with these rates from the day on; a levy that is new had a rate of 0 before it."""
    known = {(place.level, place.name): place for place in code.jurisdictions}
    began = min((rate.valid_from for place in code.jurisdictions for rate in place.rates), default=day)
    stack = []
    for part in parts:
        place = known.get((part.level, part.name))
        rates = place.rates if place else (DatedRate(Decimal(0), began),) if began < day else ()
        now = rate_in_force(rates, day)
        if now is None or now.percent != part.percent:
            rates = rates_from_day(rates, part.percent, day)
        stack.append(Jurisdiction(part.name, part.level, rates))
    return tuple(stack)


def rates_from_day(rates: Sequence[DatedRate], percent: Decimal, day: date) -> tuple[DatedRate, ...]:
    """The rates with this one from the day on, in place of one that begins on the same day.

    Raises:
        Conflict: there is a rate that begins later.
    """
    later = [rate for rate in rates if rate.valid_from > day]
    if later:
        raise Conflict(
            f"valid_from: there is a rate of {plain(later[0].percent)} % from {later[0].valid_from.isoformat()}; add"
            " rates in the order of time.",
            field="valid_from",
        )
    eve = day - timedelta(days=1)
    earlier = (rate for rate in rates if rate.valid_from < day)
    ended = [
        replace(rate, valid_until=eve) if rate.valid_until is None or rate.valid_until > eve else rate
        for rate in earlier
    ]
    return (*ended, DatedRate(percent, day))
