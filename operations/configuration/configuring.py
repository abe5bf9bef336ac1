"""Reading and changing a part of an organization's configuration, and who changed what when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from sqlmodel import Session

from invoicing.text.codes import small_letters
from operations.access import Office, require
from operations.configuration.accounts import ACCOUNTS, POSTING_PROFILES
from operations.configuration.agents import AGENTS
from operations.configuration.bank_accounts import BANK_ACCOUNTS
from operations.configuration.credentials import CREDENTIALS
from operations.configuration.dimensions import DIMENSIONS
from operations.configuration.entries import (
    Change,
    Described,
    Entry,
    Part,
    PartOf,
    PartOfDirectory,
    PartOfPractice,
    check_fields,
    no_such_entry,
)
from operations.configuration.hours import HOURS
from operations.configuration.jurisdictions import JURISDICTIONS
from operations.configuration.numbering import SERIES, TRANSACTION_TYPES
from operations.configuration.of_practice import clients_of
from operations.configuration.particulars import PARTICULARS
from operations.configuration.periods import PERIODS
from operations.configuration.plans import PLANS
from operations.configuration.profile_parts import BRANDING, POLICY, PartOfProfile, save_profile_part
from operations.configuration.skills import SKILLS
from operations.configuration.taxes import TAX_AUTHORITIES, TAX_CODES
from operations.configuration.terms import PAYMENT_TERMS
from operations.configuration.workflows import WORKFLOWS
from storage.books import audit
from storage.books.checks import SAVED_HOURS, SAVED_PLAN, SETTING, SETTING_MANDATES
from storage.books.known import worked_out
from storage.books.pool import Books
from storage.paging import Page, check_limit, page_of_whole

PARTS: Mapping[Part, PartOf | PartOfProfile | PartOfPractice | PartOfDirectory] = {
    Part.ACCOUNTS: ACCOUNTS,
    Part.TAX_CODES: TAX_CODES,
    Part.TAX_AUTHORITIES: TAX_AUTHORITIES,
    Part.JURISDICTIONS: JURISDICTIONS,
    Part.PAYMENT_TERMS: PAYMENT_TERMS,
    Part.SERIES: SERIES,
    Part.POSTING_PROFILES: POSTING_PROFILES,
    Part.TRANSACTION_TYPES: TRANSACTION_TYPES,
    Part.DIMENSIONS: DIMENSIONS,
    Part.PERIODS: PERIODS,
    Part.WORKFLOWS: WORKFLOWS,
    Part.BANK_ACCOUNTS: BANK_ACCOUNTS,
    Part.PARTICULARS: PARTICULARS,
    Part.BRANDING: BRANDING,
    Part.POLICY: POLICY,
    Part.AGENTS: AGENTS,
    Part.SKILLS: SKILLS,
    Part.PLANS: PLANS,
    Part.HOURS: HOURS,
    Part.CREDENTIALS: CREDENTIALS,
}
PARTS_OF_ALL = tuple(part for part, of in PARTS.items() if not isinstance(of, PartOfPractice))
"""The parts that every organization has; the others are a practice's."""


async def get_entries(
    office: Office, books: Books, part: Part, *, code: str = "", cursor: str, limit: int
) -> Page[Entry]:
    """A page of a part's entries; of one alone where its code is given, with all that belongs to it.

    Raises:
        NotFound: no entry has this code.
        Conflict: a part that only a practice has.
    """
    check_limit(limit)
    of = PARTS[part]
    entries: Sequence[Entry]
    if isinstance(of, PartOfPractice):
        clients = await clients_of(office, books)
        entries = _with_code(await books.read(lambda db: of.read(db, books, clients)), code)
    elif isinstance(of, PartOfDirectory):
        entries = _with_code(await of.read(office, books), code)
    elif not code.strip():
        entries = await books.read(lambda db: of.read(db, books))
    else:
        entries = await books.read(lambda db: _of_code(of, db, books, code))
    if code.strip() and not entries:
        raise no_such_entry("entry")
    return page_of_whole(entries, cursor=cursor, limit=limit)


async def described(books: Books, part: Part) -> Described:
    """What a part says of itself, with the fields that it has in these books."""
    of = PARTS[part]
    if isinstance(of, PartOf) and (told := of.fields_now) is not None:
        return replace(of, fields=await books.read(lambda db: told(db, books)))
    return of


def _with_code(entries: Sequence[Entry], code: str) -> list[Entry]:
    """Those of this code, or all where none is given."""
    wanted = small_letters(code)
    return [entry for entry in entries if wanted in ("", small_letters(entry.code))]


def _of_code(of: PartOf | PartOfProfile, db: Session, books: Books, code: str) -> Sequence[Entry]:
    if isinstance(of, PartOf):
        return of.of_code(db, books, code)
    return [entry for entry in of.read(db, books) if entry.code == code.strip()]


async def save_entry(office: Office, books: Books, part: Part, change: Change, *, agreed: bool = False) -> Entry | None:
    """Make or change an entry, or take it out of use; answers it as it is now, or None where it is not listed. `agreed`
    says that a person answers for it who is no model, which switching human_approval off wants.

    Raises:
        NotAllowed: the table of rights does not let the principal change the part.
        InvalidInput, Conflict, NotFound, LimitExceeded: what does not fit, by its field; or a part that only a practice
            has.
    """
    of = PARTS[part]
    if isinstance(of, PartOfProfile):
        check_fields(of, change)
        return await save_profile_part(office, books, of, change, agreed=agreed)
    require(of.right, books.organization, office.principal)
    check_fields(of, change)
    if isinstance(of, PartOfPractice):
        return await _save_of_client(office, books, of, change)
    if isinstance(of, PartOfDirectory):
        return await of.save(office, books, change)

    def work(db: Session) -> Entry | None:
        code = of.save(db, books, change)
        return next((entry for entry in of.read(db, books) if entry.code == code), None)

    return await books.write(work)


async def _save_of_client(office: Office, books: Books, of: PartOfPractice, change: Change) -> Entry | None:
    clients = await clients_of(office, books)

    def work(db: Session) -> Entry | None:
        code = of.save(db, books, clients, change)
        return next((entry for entry in of.read(db, books, clients) if entry.code == code), None)

    return await books.write(work)


async def get_history(books: Books, *, cursor: str, limit: int) -> Page[audit.Recorded]:
    """Who changed which part of the configuration when, newest first. Who reaches only some clients of a practice is
    not told of what it bills them, which can be of the others.
    """
    check_limit(limit)
    known = (*SETTING, *SETTING_MANDATES, SAVED_HOURS)
    hidden = (SAVED_PLAN, SAVED_HOURS) if books.organization.limited else ()
    acts = tuple(act for act in known if act not in hidden)

    def work(db: Session) -> Page[audit.Recorded]:
        # The few entries of settings are looked for among all.
        what = ("history of settings", acts, cursor, limit)
        find = partial(audit.acts_page, db, acts, cursor=cursor, limit=limit)
        return worked_out(db, what, find, rows=lambda page: len(page.items))

    return await books.read(work)
