"""What completes what somebody types: handles, customers, items, numbers of documents, months, ids of exports.

All of it is within the caller's reach at this moment; what is out of reach completes like nothing at all.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import assert_never

from sqlmodel import Session

from invoicing.assistance.agents import ArgumentKind
from invoicing.organizations import OrganizationRef
from invoicing.refusals import InvalidInput, NotFound, OrganizationMismatch, OrganizationRequired
from invoicing.text.codes import small_letters
from operations.assistance.offering import books_to_read, is_dedicated
from operations.assistance.prompts import ORGANIZATION, OfferedAgent
from operations.file_readers import reader_of
from operations.issue_dates import today_in
from operations.naming import Caller, name_organization
from storage.books import customers, items
from storage.books.documents import DocumentFilter, find_documents
from storage.books.exports import recent_exports
from storage.books.pool import Books
from storage.directory import organizations

COMPLETIONS_MAX = 100
_MONTHS_BACK = 24


@dataclass(frozen=True, slots=True)
class Completed:
    """The values to choose from, and how many more there are."""

    values: tuple[str, ...] = ()
    left: int = 0


NOTHING = Completed()


async def complete_prompt(
    caller: Caller, offered: OfferedAgent, argument: str, begun: str, given: Mapping[str, str]
) -> Completed:
    """What completes an argument of a prompt; `given` are those that were completed before."""
    if argument == ORGANIZATION and offered.names_organization:
        return await complete_organization(caller, begun, of=offered.source)
    kinds = [one.kind for one in offered.agent.arguments if one.name == argument]
    if ArgumentKind.CLIENT in kinds:
        return await complete_organization(caller, begun, of=offered.source)
    return await complete_of_books(caller, kinds[0], begun, given.get(ORGANIZATION, "")) if kinds else NOTHING


async def complete_organization(caller: Caller, begun: str, *, of: OrganizationRef | None = None) -> Completed:
    """Handles in reach; with `of` those of this practice and its clients, or of this business of its own."""
    if is_dedicated(caller):
        own = await name_organization(caller, organization="", session="", changing=False)
        return _those_that_begin([own.handle], begun)
    reach, partner_id = caller.office.principal.reach, of.id if of else ""

    def work(db: Session) -> Completed:
        page = organizations.list_reachable(
            db, reach, query=begun, cursor="", limit=COMPLETIONS_MAX, partner_id=partner_id
        )
        return Completed(tuple(one.handle for one in page.items), page.left)

    found = await _or_nothing(caller.office.store.directory.read(work))
    itself = _those_that_begin([of.handle], begun).values if of else ()
    return _at_most((*itself, *found.values), found.left)


async def complete_of_books(caller: Caller, kind: ArgumentKind, begun: str, organization: str) -> Completed:
    """What an organization's books have of this kind: names, numbers, months."""
    if kind in (ArgumentKind.TEXT, ArgumentKind.CLIENT):
        return NOTHING
    return await _from_books(caller, organization, lambda db, books: _of_kind(db, books, kind, begun))


async def complete_export(caller: Caller, begun: str, organization: str) -> Completed:
    """Ids of files that were exported of an organization and that the caller may read, the newest first."""
    books = await _named_books(caller, organization)
    if books is None:
        return NOTHING
    found = await reader_of(caller).those_to_read(await books.read(recent_exports))
    return _at_most(_those_that_begin(found, begun).values)


async def _from_books(caller: Caller, organization: str, work: Callable[[Session, Books], Completed]) -> Completed:
    """What is found in the books of the organization that is named; of none where none is, or none in reach."""
    books = await _named_books(caller, organization)
    return NOTHING if books is None else await _or_nothing(books.read(lambda db: work(db, books)))


async def _named_books(caller: Caller, organization: str) -> Books | None:
    try:
        named = await name_organization(caller, organization=organization, session="", changing=False)
    except (NotFound, OrganizationMismatch, OrganizationRequired):
        return None
    return books_to_read(caller, named)


async def _or_nothing(found: Awaitable[Completed]) -> Completed:
    """A search for what cannot be searched for finds nothing: whoever types has not finished."""
    try:
        return await found
    except InvalidInput:
        return NOTHING


def _of_kind(db: Session, books: Books, kind: ArgumentKind, begun: str) -> Completed:
    match kind:
        case ArgumentKind.CUSTOMER:
            customer_page = customers.find_customers(db, query=begun, cursor="", limit=COMPLETIONS_MAX)
            return _once([one.name for one in customer_page.items], customer_page.left)
        case ArgumentKind.ITEM:
            item_page = items.find_items(db, query=begun, cursor="", limit=COMPLETIONS_MAX)
            return _once([one.name for one in item_page.items], item_page.left)
        case ArgumentKind.INVOICE:
            wanted = DocumentFilter(query=begun)
            documents = find_documents(db, wanted, cursor="", limit=COMPLETIONS_MAX)
            return _once([one.number for one in documents.items], documents.left)
        case ArgumentKind.MONTH:
            return _those_that_begin(_months(today_in(db, books)), begun)
        case ArgumentKind.TEXT | ArgumentKind.CLIENT:
            return NOTHING
        case _:
            assert_never(kind)


def _at_most(values: tuple[str, ...], left: int = 0) -> Completed:
    """As many as are told, and how many are left with those that are not."""
    return Completed(values[:COMPLETIONS_MAX], left + max(len(values) - COMPLETIONS_MAX, 0))


def _once(values: list[str], left: int) -> Completed:
    return Completed(tuple(dict.fromkeys(values)), left)


def _those_that_begin(values: Sequence[str], begun: str) -> Completed:
    """Those of the values that begin with what was typed."""
    return Completed(tuple(value for value in values if small_letters(value).startswith(small_letters(begun))))


def _months(today: date) -> list[str]:
    """This month and those before it."""
    numbers = (today.year * 12 + today.month - 1 - back for back in range(_MONTHS_BACK))
    return [f"{number // 12}-{number % 12 + 1:02}" for number in numbers]
