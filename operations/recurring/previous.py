"""A client's work of a month, drafted from what was invoiced in the month before."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from sqlmodel import Session

from invoicing.document.documents import Document
from invoicing.document.languages import languages_of
from invoicing.document.requested import RequestedDocument
from invoicing.document.shown import Shown
from invoicing.money.amounts import money_text, plain
from invoicing.recurring.moving import moved
from invoicing.recurring.recurrence import Recurring, Work, recurring, says_month, work_of, work_of_document
from invoicing.refusals import Refusal
from invoicing.remedies import Remark
from invoicing.reports.months import month_before
from operations.drafts import (
    DraftRequest,
    Preview,
    Resolved,
    compose_in,
    keep_draft,
    preview_of,
    resolve_draft,
    resolve_request,
)
from operations.issue_dates import today_in
from operations.recurring.outcomes import ClientWork, Drafted, Exceptional, as_kept, remarks_of
from storage.books.customers import customers_by_ids
from storage.books.drafts import every_draft
from storage.books.pool import Books
from storage.books.profile import load_profile
from storage.books.recurring import add_drafted, became, drafted_for, standing_invoices
from storage.ids import new_id

_AT_ONCE = 20
"""How many drafts one transaction makes: whoever else works in these books waits for no more."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What the books say of the month: the work that is `open`, the drafts that are `there`, and how many of them are
    `issued`.
    """

    open: tuple[Recurring, ...]
    there: tuple[tuple[Recurring, str], ...]
    issued: int
    exceptions: tuple[Exceptional, ...]


T = TypeVar("T")
_Made = tuple[Drafted | None, Exceptional | None]
_Drafts = Mapping[str, tuple[RequestedDocument, Shown | None]]


async def draft_previous(
    books: Books, month: str, *, opened: Callable[[], Awaitable[Books]], all_of_them: bool, dry_run: bool
) -> ClientWork:
    """Draft for the month what was invoiced in the month before: what recurs, or all of it. What was drafted for it
    already is not drafted again, unless the draft was deleted or its invoice credited whole; nor what is invoiced or
    drafted otherwise. `opened` opens the books anew, before each transaction that changes them.
    """
    found = await books.read(lambda db: _find(db, books, month, all_of_them=all_of_them))
    made: list[_Made] = []
    for again in _in_portions(found.there):
        made += await books.read(partial(_look_again, books=books, some=again))
    for some in _in_portions(found.open):
        if dry_run:
            made += await books.read(partial(_try, books=books, month=month, some=some))
        else:
            try:
                books = await opened()
            except Refusal as refusal:
                made.append((None, Exceptional("", refusal.remarks)))
                break
            made += await books.write(partial(_draft, books=books, month=month, some=some))
    return ClientWork(
        books.organization,
        drafts=tuple(drafted for drafted, _ in made if drafted),
        issued=found.issued,
        exceptions=(*found.exceptions, *(told for _, told in made if told)),
    )


def _in_portions(work: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(work), _AT_ONCE):
        yield work[start : start + _AT_ONCE]


def _find(db: Session, books: Books, month: str, *, all_of_them: bool) -> _Found:
    previous = month_before(month)
    before = month_before(previous)
    invoices, earlier = standing_invoices(db, previous), standing_invoices(db, before)
    wanted = recurring(invoices, earlier, all_of_them=all_of_them)
    drafted, drafts = drafted_for(db, month), every_draft(db)
    known = became(db, drafted.values())
    otherwise = _otherwise(db, month, drafts, ours={*drafted.values(), *known.values()})
    open_ones, there, issued, exceptions = list[Recurring](), list[tuple[Recurring, str]](), 0, list[Exceptional]()
    for one in wanted:
        draft = drafted.get(one.document.id, "")
        if draft in drafts:
            there.append((one, draft))
        elif draft:
            issued += 1
        elif alike := otherwise[work_of_document(one.document)]:
            exceptions.append(Exceptional(_about(one.document), (alike.pop(0),)))
        else:
            open_ones.append(one)
    exceptions += _missing(invoices, recurring(earlier, standing_invoices(db, month_before(before)), all_of_them=False))
    return _Found(tuple(open_ones), tuple(there), issued, tuple(exceptions))


def _missing(invoices: Iterable[Document], recurred: Iterable[Recurring]) -> Iterator[Exceptional]:
    """What recurred until the month before these invoices, and is not among them."""
    there = Counter(work_of_document(one) for one in invoices)
    for one in recurred:
        work = work_of_document(one.document)
        if not there[work]:
            remark = Remark("Not drafted: it recurred until then, and the month after it has no invoice of the same.")
            yield Exceptional(_about(one.document), (remark,))
        there[work] -= bool(there[work])


def _otherwise(db: Session, month: str, drafts: _Drafts, *, ours: set[str]) -> dict[Work, list[Remark]]:
    """What of the month is invoiced or drafted already, but not from the month before, by what it is for."""
    found: dict[Work, list[Remark]] = defaultdict(list)
    for document in standing_invoices(db, month):
        if document.id not in ours:
            day = document.issue_date.isoformat()
            remark = Remark(f"Not drafted: {document.number} of {day} invoices the same in this month.")
            found[work_of_document(document)].append(remark)
    profile = load_profile(db)
    customers = customers_by_ids(db, {request.customer for request, _ in drafts.values()})
    for draft, (request, shown) in drafts.items():
        if draft not in ours:
            currency = shown.currency if shown else request.currency
            # Months are told in the language in which the document will be.
            customer = customers.get(request.customer)
            locale = languages_of(profile, customer)[0] if customer else profile.locale
            work = work_of(request.customer, currency, request.lines, locale=locale)
            found[work].append(Remark(f"Not drafted: the draft {draft} is for the same."))
    return found


def _look_again(db: Session, *, books: Books, some: Sequence[tuple[Recurring, str]]) -> list[_Made]:
    """Drafts that an earlier call made, as they are now: what needs a person does so until somebody has seen to it."""
    return [_look_at(db, books, one, draft) for one, draft in some]


def _look_at(db: Session, books: Books, one: Recurring, draft: str) -> _Made:
    try:
        resolved = replace(resolve_draft(db, draft), shown=None)
        return _made(one, preview_of(db, draft, compose_in(db, books, resolved)), resolved, new=False)
    except Refusal as refusal:
        return as_kept(db, draft), Exceptional(_about(one.document), refusal.remarks)


def _draft(db: Session, *, books: Books, month: str, some: Sequence[Recurring]) -> list[_Made]:
    """Draft the work, unless somebody else has done so meanwhile."""
    known = drafted_for(db, month)
    return [_draft_one(db, books, month, one) for one in some if one.document.id not in known]


def _draft_one(db: Session, books: Books, month: str, one: Recurring) -> _Made:
    draft_id = new_id("drf")
    try:
        resolved = _resolve(db, books, month, one)
        composed = compose_in(db, books, resolved)
    except Refusal as refusal:
        return None, _refused(one, refusal)
    resolved = replace(resolved, draft=draft_id)
    preview = keep_draft(db, books, resolved, composed, draft_id=draft_id, warned=False)
    add_drafted(db, draft_id, month=month, source=one.document.id, at=books.clock(), by=books.actor)
    return _made(one, preview, resolved, new=True)


def _try(db: Session, *, books: Books, month: str, some: Sequence[Recurring]) -> list[_Made]:
    """What drafting would make, and nothing is kept."""
    return [_try_one(db, books, month, one) for one in some]


def _try_one(db: Session, books: Books, month: str, one: Recurring) -> _Made:
    try:
        resolved = _resolve(db, books, month, one)
        return _made(one, preview_of(db, "", compose_in(db, books, resolved)), resolved, new=False)
    except Refusal as refusal:
        return None, _refused(one, refusal)


def _resolve(db: Session, books: Books, month: str, one: Recurring) -> Resolved:
    """The request as copying the invoice makes it, with its days moved on."""
    copied = DraftRequest(document=RequestedDocument(customer="", lines=()), copy_of=one.document.id)
    resolved = resolve_request(db, books, copied)
    return replace(resolved, request=moved(resolved.request, one.document, month=month, today=today_in(db, books)))


def _made(one: Recurring, preview: Preview, resolved: Resolved, *, new: bool) -> _Made:
    document = preview.document
    remarks = (*_differences(one, document), *_prices(resolved, document), *remarks_of(preview))
    drafted = Drafted(preview.draft, document.currency, document.total_minor, new)
    return drafted, Exceptional(_about(one.document), remarks) if remarks else None


def _differences(one: Recurring, document: Document) -> Iterator[Remark]:
    """What is another amount than it was, or may be another text."""
    source, earlier = one.document, one.earlier
    if document.total_minor != source.total_minor:
        yield Remark(f"It comes to {_total(document)}; {source.number} came to {_total(source)}.")
    if earlier is not None and earlier.total_minor != source.total_minor:
        yield Remark(f"{source.number} came to {_total(source)}, {earlier.number} before it to {_total(earlier)}.")
    if says_month(source, document):
        yield Remark(f"Its text names a month, as that of {source.number} does.")


def _prices(resolved: Resolved, document: Document) -> Iterator[Remark]:
    """Items that have another price today than the one that is copied."""
    for line in document.lines:
        item = resolved.items.get(line.item)
        if item is None or item.unit_price is None or item.currency not in ("", document.currency):
            continue
        if item.unit_price != line.unit_price:
            yield Remark(f"{item.name} is at {plain(line.unit_price)}, and costs {plain(item.unit_price)} now.")


def _total(document: Document) -> str:
    return f"{money_text(document.total_minor, document.currency)} {document.currency}"


def _refused(one: Recurring, refusal: Refusal) -> Exceptional:
    return Exceptional(_about(one.document), (Remark("Not drafted."), *refusal.remarks))


def _about(document: Document) -> str:
    return f"{document.buyer.name}, {document.number}"
