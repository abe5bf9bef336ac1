"""Verification: every document, number series, journal entry, file and hash chain of an organization's books."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from sqlmodel import Session

from invoicing.document.canonical import (
    ALGORITHM,
    document_from_text,
    document_link_text,
    document_text,
    fits_version,
    genesis,
    link_hash,
)
from invoicing.document.converting import accounting_sides, completed
from invoicing.document.documents import Document
from invoicing.document.posting import JournalSide
from invoicing.organizations import OrganizationRef
from invoicing.refusals import Unavailable
from invoicing.tax.totals import totals_follow
from operations.access import Office, open_books
from operations.evidence import evidence_problems
from operations.outside_anchors import compare_with_anchors
from operations.rights import Right
from operations.settlement import credit_note_problems, payment_problems
from operations.verified_signatures import signature_problems
from storage.books import checks, exports, files, journal_checks
from storage.books.beside import Beside
from storage.books.document_rows import rows_of
from storage.books.former_checks import former_payment_problems, former_problems, unnamed_entry_problems
from storage.books.pool import Books
from storage.books.profile import load_profile
from storage.books.skill_checks import skill_problems
from storage.books.total_checks import total_problems
from storage.directory.anchors import Ends, NoAnchor, loss_of_books
from storage.directory.verifications import note_verified
from storage.faults.errors import UNREADABLE_ROW
from storage.files.kept import Files
from storage.folder.laid_down import LaidDown
from storage.folder.outside_anchors import Anchors
from storage.work.asking import Ask

_log = logging.getLogger("counterfoil")

_REPORTED = (
    "tax_point",
    "supply_date",
    "supply_end",
    "accounting_currency",
    "accounting_net_minor",
    "accounting_tax_minor",
)
# No release writes such a row, and whoever did is not to stop the verification of the other books.
_UNREADABLE = "a row cannot be read any more: it was changed from outside Counterfoil"


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found: the first thing that is wrong, or nothing, and how much was looked at. `notes` are what is not
    wrong and must be known all the same, such as numbers of lost documents.
    """

    handle: str
    documents: int
    files: int
    audit_entries: int
    problem: str = ""
    notes: tuple[str, ...] = ()


async def verify_books(books: Books) -> Verified:
    """Walk the organization's books as they are in one moment and name the first thing that is wrong."""
    # Before the books are read: they may go on meanwhile, and the anchor follows them.
    anchor = await books.pool.anchor(books.organization.id)
    try:
        return await books.go_through(_verify, books.organization, anchor, books.files)
    except UNREADABLE_ROW:
        # It was not even read.
        return _verified(books.organization, await books.read(checks.totals), _UNREADABLE)


async def verify_organization(
    office: Office, organization: OrganizationRef, *, stated: Sequence[Anchors] = ()
) -> Verified:
    """Verify an organization's books, also by what was `stated` of them elsewhere, and keep in the directory when they
    were found in order.

    Raises:
        NotAllowed: the principal may not look at it.
    """
    verified = await verify_books(open_books(office, organization, Right.READ))
    if stated:
        compared = await compare_with_anchors(office, organization, stated)
        notes = (*verified.notes, *compared.notes)
        verified = replace(verified, problem=verified.problem or compared.problem, notes=notes)
    at = None if verified.problem else office.latest()
    try:
        await office.store.directory.write(lambda db: note_verified(db, organization.id, at=at))
    except Unavailable as error:
        # What was found is right all the same, and said.
        _log.warning("the verification could not be noted: %s", error)
    return verified


def verify_laid_down(laid: LaidDown, organization: OrganizationRef) -> Verified:
    """Verify books that lie in a folder of their own, where nobody else has them yet."""
    return laid.read(
        lambda db: _verify(lambda question: question(db), organization, NoAnchor.NOT_YET, laid.files),
    )


def _verify(ask: Ask, organization: OrganizationRef, anchor: Ends | NoAnchor, kept: Files) -> Verified:
    counted = ask(checks.totals)
    try:
        problem = next(_problems(ask, organization.id, anchor, kept), "")
        return _verified(organization, counted, problem, tuple(_notes(ask)))
    except UNREADABLE_ROW:
        return _verified(organization, counted, _UNREADABLE)


def _verified(
    organization: OrganizationRef, counted: checks.Totals, problem: str, notes: tuple[str, ...] = ()
) -> Verified:
    return Verified(
        handle=organization.handle,
        documents=counted.documents,
        files=counted.files,
        audit_entries=counted.audit_entries,
        problem=problem,
        notes=notes,
    )


def _notes(ask: Ask) -> Iterator[str]:
    for act, lost in checks.lost_numbers(ask):
        name = f"series {lost.series} {lost.period}".rstrip()
        numbers = f"numbers {lost.first} to {lost.last} were" if lost.last > lost.first else f"number {lost.first} was"
        brought = f"{act.by} brought the books back on {act.at.date()}: {act.detail['reason']}"
        yield f"{name}: the {numbers} given out and lost; {brought}"


def _problems(ask: Ask, organization_id: str, anchor: Ends | NoAnchor, kept: Files) -> Iterator[str]:
    beginning = genesis(organization_id)
    yield from _document_problems(ask, organization_id, beginning)
    yield from _audit_problems(ask, beginning)
    # The chains are whole in themselves: do they end where they had ended before?
    if isinstance(anchor, Ends) and (lost := ask(partial(_loss, anchor))):
        yield lost
    yield from checks.series_problems(ask)
    yield from checks.date_problems(ask)
    yield from journal_checks.journal_problems(ask)
    yield from credit_note_problems(ask)
    yield from former_problems(ask, organization_id, ask(_currency))
    yield from payment_problems(ask)
    yield from former_payment_problems(ask, ask(_currency))
    yield from unnamed_entry_problems(ask)
    yield from journal_checks.payment_entry_problems(ask)
    yield from total_problems(ask)
    yield from evidence_problems(ask)
    yield from signature_problems(ask, organization_id)
    yield from skill_problems(ask)
    yield from _file_problems(ask, kept)


def _document_problems(ask: Ask, organization_id: str, previous: str) -> Iterator[str]:
    issued = checks.issued_hashes(ask)
    books_currency = ask(_currency)
    for position, (row, beside) in enumerate(checks.document_rows(ask), start=1):
        name = f"document {row.number}"
        if row.position != position:
            yield f"{name}: position {row.position} in the chain where {position} was expected; one is missing"
        if row.previous_hash != previous:
            yield f"{name}: the chain is cut before it"
        if row.algorithm != ALGORITHM:
            yield f"{name}: its hash is of an unknown algorithm"
        if row.hash != link_hash(previous=previous, position=position, text=_covered(row)):
            yield f"{name}: its content does not fit its hash"
        _, recorded = issued.pop(row.id, ("", ""))
        if not recorded:
            yield f"{name}: nobody is on record as having issued it"
        elif recorded != row.hash:
            yield f"{name}: it is not the one that was issued"
        yield from _row_problems(row, beside, name, organization_id=organization_id, books_currency=books_currency)
        previous = row.hash
    for number, _ in issued.values():
        yield f"document {number}: it was issued, and is not there any more"


def _loss(anchor: Ends, session: Session) -> str:
    return loss_of_books(session, anchor)


def _currency(session: Session) -> str:
    return load_profile(session).currency


def _covered(row: checks.StatedDocument) -> str:
    return document_link_text(
        row.content,
        version=row.canonical_version,
        series=row.series,
        period=row.period,
        sequence=row.sequence,
        issued_at=row.issued_at,
        by=row.issued_by,
    )


def _row_problems(
    row: checks.StatedDocument, beside: Beside, name: str, *, organization_id: str, books_currency: str
) -> Iterator[str]:
    stated = document_from_text(row.content)
    if not fits_version(stated, row.canonical_version):
        yield f"{name}: its content is not of the version that the row says"
    document = completed(stated, accounting_currency=books_currency)
    if document.organization != organization_id:
        yield f"{name}: it is a document of another organization"
    if document_text(stated) != row.content:
        yield f"{name}: its content is not in canonical form"
    named = (document.id, document.number, document.kind.value, document.issue_date, document.due_date)
    if named != (row.id, row.number, row.kind, row.issue_date, row.due_date):
        yield f"{name}: the row and its content name different documents or dates"
    amounts = (document.currency, document.net_minor, document.tax_minor, document.total_minor)
    withheld_minor = document.total_minor - document.payable_minor
    if (*amounts, withheld_minor) != (
        row.currency,
        row.net_minor,
        row.tax_minor,
        row.total_minor,
        row.withheld_minor,
    ):
        yield f"{name}: the row and its content state different amounts"
    if document.customer != row.customer_id or document.buyer.name != row.customer_name:
        yield f"{name}: the row and its content name different customers"
    if (document.of_invoice or None) != row.credits_id:
        yield f"{name}: the row and its content credit different invoices"
    if not totals_follow(document):
        yield f"{name}: its totals do not follow from its lines"
    yield from _derived_problems(row, beside, name, document)


def _derived_problems(row: checks.StatedDocument, beside: Beside, name: str, document: Document) -> Iterator[str]:
    """What reports read beside the content, and what they read of the journal."""
    wanted = rows_of(document)
    if any(getattr(row, column) != wanted.document[column] for column in _REPORTED):
        yield f"{name}: the row and its content state another tax point, supply or amounts in the books' currency"
    if beside.lines != wanted.lines:
        yield f"{name}: its lines are not those of its content"
    if beside.line_dimensions != wanted.line_dimensions:
        yield f"{name}: the dimensions of its lines are not those of its content"
    if beside.taxes != wanted.taxes or beside.tax_parts != wanted.tax_parts:
        yield f"{name}: its taxes are not those of its content"
    if beside.community_supplies != wanted.community_supplies:
        yield f"{name}: what the recapitulative statement names is not that of its content"
    if beside.instalments != wanted.instalments:
        yield f"{name}: its instalments are not those of its content"
    if beside.references != wanted.references:
        yield f"{name}: its payer's reference is not that of its content"
    if beside.advances != wanted.advances:
        yield f"{name}: what it does to advances is not that of its content"
    posted = [JournalSide(account, debit_minor, credit_minor) for account, debit_minor, credit_minor, _ in beside.sides]
    # An entry without a side, or with one too many, is told by the check of the journal.
    if posted and [accounting_minor for *_, accounting_minor in beside.sides] != accounting_sides(document, posted):
        yield f"{name}: its journal entry states other amounts in the currency of the books"


def _audit_problems(ask: Ask, previous: str) -> Iterator[str]:
    for position, row in enumerate(checks.audit_rows(ask), start=1):
        if (row.position, row.previous_hash) != (position, previous):
            yield f"audit entry {row.position}: the chain is cut before it"
        if row.hash != link_hash(previous=previous, position=position, text=row.text):
            yield f"audit entry {row.position}: it was changed"
        previous = row.hash


def _file_problems(ask: Ask, kept: Files) -> Iterator[str]:
    removed = ask(exports.removed_ids)
    for stored in files.all_files(ask):
        if stored.id not in removed and not kept.exists(stored):
            yield f"file {stored.file_name}: it is missing or not the bytes that were recorded"
