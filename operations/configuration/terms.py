"""Payment terms: when documents are due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from sqlmodel import Session

from invoicing.countries.names import country_named
from invoicing.master_data.instalments import parse_portions, portions_of, portions_text
from invoicing.master_data.records import MONTH_END, PaymentTerm
from invoicing.money.amounts import parse_decimal, parse_whole
from invoicing.refusals import Conflict, InvalidInput
from invoicing.settlement.discounts import FROM_THE_START
from invoicing.tax.settings import check_code
from invoicing.text.typed import clean_line
from operations.configuration.entries import Change, Entry, Part, PartOf, flag, no_such_entry, of_value, record, shown
from storage.books.pool import Books
from storage.books.profile import load_profile
from storage.books.setup import load_terms, save_term

DAYS_MAX = 3_650
_WHOLE = Decimal(100)
_NONE = "0"


def term_entry(term: PaymentTerm) -> Entry:
    names = ("name", "days", "end_of_month", "day_of_month", "discount_percent", "discount_days", "instalments")
    values = {name: shown(getattr(term, name)) for name in names} | {"default": shown(term.is_default)}
    return Entry(term.code, values, term.active)


def _terms(db: Session, books: Books) -> list[Entry]:
    return [term_entry(term) for term in load_terms(db)]


def _save(db: Session, books: Books, change: Change) -> str:
    code = check_code(change.code)
    known = {term.code: term for term in load_terms(db)}
    before = known.get(code)
    after = _withdrawn(before) if change.withdraw else _changed(code, before, change)
    _check_discount(after, load_profile(db).country)
    _check_instalments(after)
    if after.is_default and not (before and before.is_default):
        for other in known.values():
            if other.is_default and other.code != code:
                save_term(db, replace(other, is_default=False))
    save_term(db, after)
    record(db, books, Part.PAYMENT_TERMS, code, term_entry(before) if before else None, term_entry(after))
    return code


def _withdrawn(before: PaymentTerm | None) -> PaymentTerm:
    if before is None:
        raise no_such_entry("terms")
    if before.is_default:
        raise Conflict(f"code: {before.code} are the default; make others the default first.", field="code")
    return replace(before, active=False)


def _changed(code: str, before: PaymentTerm | None, change: Change) -> PaymentTerm:
    """Terms that are written to again are in use again."""
    values = change.values
    parts = _instalments(values, before)
    if before is None and not parts and not values.get("days", "").strip():
        raise InvalidInput("values: days is required for new terms.", field="values")
    base = before or PaymentTerm(code, "", 0)
    after = replace(
        base,
        name=clean_line(values.get("name", base.name), field="name", limit=80, required=True),
        days=_days(values, base.days, parts),
        day_of_month=_whole(values, "day_of_month", base.day_of_month, most=MONTH_END),
        end_of_month=flag("end_of_month", values["end_of_month"]) if "end_of_month" in values else base.end_of_month,
        discount_percent=_percent(values, base.discount_percent),
        discount_days=_whole(values, "discount_days", base.discount_days, most=DAYS_MAX),
        instalments=parts,
        is_default=flag("default", values["default"]) if "default" in values else base.is_default,
        active=True,
    )
    if base.is_default and not after.is_default:
        raise Conflict("values: make other terms the default instead; there is always one.", field="values")
    return after


def _check_discount(term: PaymentTerm, country: str) -> None:
    """Terms that promise a discount say how much and until when, and do so where the law lets it be taken later."""
    if bool(term.discount_percent) != bool(term.discount_days):
        raise InvalidInput(
            "values: a discount has discount_percent and discount_days; 0 in both is none.", field="values"
        )
    if term.discount_days > term.days:
        raise InvalidInput("values: discount_days is not more than days: what is late is not early.", field="values")
    if term.discount_days and (law := FROM_THE_START.get(country)):
        raise InvalidInput(
            f"values: in {country_named(country)} the tax of an invoice is that of the price less the discount, taken"
            f" or not ({law}): such terms are not made here.",
            field="values",
        )


def _check_instalments(term: PaymentTerm) -> None:
    """Instalments have days of their own, which nothing else moves, and no discount, which would be of all of them."""
    if term.instalments and (term.end_of_month or term.day_of_month or term.discount_days):
        raise InvalidInput(
            "values: terms with instalments have no end_of_month, day_of_month or discount.", field="values"
        )


def _instalments(values: Mapping[str, str], before: PaymentTerm | None) -> str:
    text = values.get("instalments", "").strip()
    if not text:
        return before.instalments if before else ""
    if text == _NONE:
        return ""
    return portions_text(parse_portions(text, field="values", days_max=DAYS_MAX))


def _days(values: Mapping[str, str], before: int, instalments: str) -> int:
    """The days that are stated; of instalments those of the last one, which may be stated too."""
    if not instalments:
        return _whole(values, "days", before, most=DAYS_MAX)
    last = portions_of(instalments)[-1].days
    if _whole(values, "days", last, most=DAYS_MAX) != last:
        raise InvalidInput(f"values: days are those of the last of the instalments, {last}.", field="values")
    return last


def _percent(values: Mapping[str, str], before: Decimal) -> Decimal:
    text = values.get("discount_percent", "")
    if not text.strip():
        return before
    with of_value("discount_percent"):
        percent = parse_decimal(text, field="values")
    if not 0 <= percent < _WHOLE:
        raise InvalidInput("values: discount_percent must be between 0 and 100.", field="values")
    return percent


def _whole(values: Mapping[str, str], name: str, before: int, *, most: int) -> int:
    text = values.get(name, "")
    if not text.strip():
        return before
    with of_value(name):
        number = parse_whole(text, field="values")
    if not 0 <= number <= most:
        raise InvalidInput(f"values: {name} must be between 0 and {most}.", field="values")
    return number


PAYMENT_TERMS = PartOf(
    title="payment terms",
    fields={
        "name": "as it is printed, such as 30 days net",
        "days": "after the issue date",
        "end_of_month": "true: at the end of that month",
        "day_of_month": "1 to 31: on the next such day; 0: none",
        "discount_percent": "taken off where it is paid early; 0: none",
        "discount_days": "after the issue date, up to which that is early",
        "instalments": "percent:days of each, such as 30:0, 70:30; 0: none",
        "default": "true for those that are taken where nothing is said",
    },
    read=_terms,
    save=_save,
    withdrawing="they are chosen no more; customers who have them keep them",
)
