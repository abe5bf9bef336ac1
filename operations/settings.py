"""Tax codes and number series as their accountant keeps them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from invoicing.countries import country
from invoicing.document.documents import DocumentKind
from invoicing.document.numbering import check_pattern, may_collide, number, period
from invoicing.document.readiness import check_country
from invoicing.master_data.profiles import Profile
from invoicing.master_data.records import Series, TaxCode
from invoicing.money.amounts import plain
from invoicing.refusals import Conflict, InvalidInput, NotFound
from invoicing.remedies import Act
from invoicing.tax.settings import TaxCodeChange, changed_tax_code, check_code
from invoicing.text.codes import capitals, small_letters
from operations.configuration.jurisdictions import keep_parts
from operations.issue_dates import local_date, today_in
from storage.books import audit, documents, series, tax_codes
from storage.books.pool import Books
from storage.books.profile import load_profile
from storage.books.setup import has_account
from storage.books.states import settings_state

SEQUENCE_MAX = 999_999_999


@dataclass(frozen=True, slots=True)
class SavedTaxCode:
    code: TaxCode
    created: bool


@dataclass(frozen=True, slots=True)
class SeriesState:
    """A number series, and the number that a document of today would get. `usual` where documents of its kind draw
    from it unless another is named.
    """

    series: Series
    usual: bool
    next_number: str


async def list_tax_codes(books: Books) -> list[TaxCode]:
    """The tax codes by code, with all their rates."""
    return await books.read(tax_codes.load_tax_codes)


async def save_tax_code(books: Books, change: TaxCodeChange) -> SavedTaxCode:
    """Keep a new tax code, or change the texts or the rate of one; issued documents stay as they are.

    Raises:
        NotReady: the organization has no country yet.
        InvalidInput, Conflict, LimitExceeded: what does not fit, by its field.
    """
    return await books.write(lambda db: save_tax_code_in(db, books, change))


async def list_series(books: Books) -> list[SeriesState]:
    """The number series by code."""
    return await books.read(lambda db: series_states(db, books))


async def add_series(books: Books, code: str, *, kind: str, pattern: str) -> SeriesState:
    """Add a number series, which documents draw from that name it.

    Raises:
        InvalidInput: code, kind or pattern that do not fit, or a pattern that begins anew where the law forbids it.
        Conflict: a series of this code, or one that could give the same numbers.
    """
    return await books.write(lambda db: add_series_in(db, books, code, kind, pattern))


async def continue_series(books: Books, code: str, *, next_sequence: int) -> SeriesState:
    """Let a series go on from a former system, in the current period: once, and before its first document.

    Raises:
        NotFound: no such series.
        InvalidInput: a number that is not more than 1.
        Conflict: a document was issued in the series, or it went on from a former system already.
    """
    return await books.write(lambda db: continue_series_in(db, books, code, next_sequence))


def save_tax_code_in(db: Session, books: Books, change: TaxCodeChange) -> SavedTaxCode:
    profile = _completed(db)
    wanted = check_code(change.code)
    before = {code.code: code for code in tax_codes.load_tax_codes(db)}.get(wanted)
    if change.parts and profile.tax_system != "us_sales_tax":
        raise InvalidInput(
            "part: a stack of jurisdictions is for US sales tax; this organization has"
            f" {profile.tax_system or 'none'}: give percent.",
            field="part",
        )
    after = changed_tax_code(before, change, label=country(profile.country).tax_label)
    if change.parts and change.valid_from is not None:
        after = keep_parts(db, books, after, change.parts, change.valid_from)
    if before is None or after.revenue_account != before.revenue_account:
        check_revenue_account(db, after.revenue_account)
    if after == before:
        raise InvalidInput(f"{wanted} is like that already: nothing to change.", field="code")
    if change.default:
        tax_codes.clear_default_tax_code(db)
    if before is None:
        tax_codes.add_tax_codes(db, [after])
    else:
        tax_codes.change_tax_code(db, after)
    detail: dict[str, object] = {"created": before is None, "name": after.name, "default": after.is_default}
    if change.valid_from is not None:
        rate = after.rate_on(change.valid_from)
        detail |= {"percent": "" if rate is None else plain(rate), "valid_from": change.valid_from.isoformat()}
    if before is None or before.revenue_account != after.revenue_account:
        detail["revenue_account"] = after.revenue_account
    if change.parts:
        detail["parts"] = [f"{part.level.value}:{part.name}:{plain(part.percent)}" for part in change.parts]
    detail["settings"] = settings_state(db)
    audit.record(db, "save_tax_code", after.code, at=books.clock(), by=books.actor, detail=detail)
    return SavedTaxCode(after, before is None)


def check_revenue_account(db: Session, number: str) -> str:
    """The number, where it is that of an account of income that is in use, or empty.

    Raises:
        InvalidInput: the chart has no such account.
    """
    if number and not has_account(db, number, "income"):
        raise InvalidInput("revenue_account must be an income account of the chart.", field="revenue_account")
    return number


def _completed(db: Session) -> Profile:
    profile = load_profile(db)
    check_country(profile)
    return profile


def series_states(db: Session, books: Books) -> list[SeriesState]:
    profile = load_profile(db)
    today = local_date(books.clock(), profile)
    states = []
    for kept in series.kept_series(db):
        one = kept.series
        sequence = documents.next_sequence(db, one.code, period(one.pattern, today))
        following = number(one.pattern, sequence=sequence, issue_date=today, environment=profile.environment)
        states.append(SeriesState(one, kept.usual, following))
    return states


def _state_of(db: Session, books: Books, code: str) -> SeriesState:
    return next(state for state in series_states(db, books) if state.series.code == code)


def add_series_in(db: Session, books: Books, code: str, kind: str, pattern: str) -> SeriesState:
    profile = _completed(db)
    new = Series(check_code(code), _kind(kind), _pattern(pattern))
    rules = country(profile.country)
    if not rules.numbering.yearly_restart and "{" in _without_sequence(new.pattern):
        raise InvalidInput(
            f"pattern: in {rules.name} a number must not begin anew with the year, so it holds {{SEQ}} alone."
            f" {rules.numbering.rule}",
            field="pattern",
        )
    for other in series.load_series(db):
        if other.code == new.code:
            raise Conflict(f"code: there is a series {other.code} already.", field="code")
        if may_collide(new.pattern, other.pattern):
            raise Conflict(
                f"pattern: {new.pattern} could give the same number as {other.pattern} of the series {other.code}.",
                field="pattern",
            )
    series.save_series(db, [new], usual=False)
    detail: dict[str, object] = {"kind": new.kind.value, "pattern": new.pattern, "settings": settings_state(db)}
    audit.record(db, "add_series", new.code, at=books.clock(), by=books.actor, detail=detail)
    return _state_of(db, books, new.code)


def _pattern(pattern: str) -> str:
    """The pattern in capitals, if it was sound before: in capitals a letter that only looks like one of ASCII can
    become one.
    """
    if pattern.isascii():
        pattern = pattern.upper()
    return check_pattern(pattern)


def _kind(name: str) -> DocumentKind:
    try:
        return DocumentKind(small_letters(name).replace("-", "_"))
    except ValueError:
        raise InvalidInput(f"kind must be {' or '.join(DocumentKind)}.", field="kind") from None


def _without_sequence(pattern: str) -> str:
    head, _, tail = pattern.partition("{SEQ")
    return head + tail.partition("}")[2]


def continue_series_in(db: Session, books: Books, code: str, next_sequence: int) -> SeriesState:
    wanted = capitals(code)
    kept = next((one for one in series.kept_series(db) if one.series.code == wanted), None)
    if kept is None:
        raise NotFound("code: no such series here.", field="code", remedy=Act.FIND_SERIES)
    if not 1 < next_sequence <= SEQUENCE_MAX:
        raise InvalidInput(f"next must be more than 1 and at most {SEQUENCE_MAX}.", field="next")
    if series.has_documents(db, wanted):
        raise Conflict(f"{wanted} has documents already: its numbers follow each other without a gap.", field="code")
    if kept.first_sequence != 1:
        raise Conflict(
            f"{wanted} goes on at {kept.first_sequence} already: that is said once. Add another series.", field="code"
        )
    of_period = period(kept.series.pattern, today_in(db, books))
    if (reached := documents.next_sequence(db, wanted, of_period)) != 1:
        raise Conflict(f"{wanted} goes on at {reached} in this period already.", field="code")
    series.continue_series(db, wanted, of_period, next_sequence)
    detail: dict[str, object] = {"next": next_sequence, "period": of_period, "settings": settings_state(db)}
    audit.record(db, "continue_series", wanted, at=books.clock(), by=books.actor, detail=detail)
    return _state_of(db, books, wanted)
