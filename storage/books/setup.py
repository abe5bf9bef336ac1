"""Queries on an organization's settings by layers: chart of accounts, tax codes, terms, posting profiles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields

from sqlalchemy import bindparam
from sqlmodel import Session

from invoicing.document.documents import DocumentKind
from invoicing.master_data.layers import TransactionProfile
from invoicing.master_data.records import Account, PaymentTerm, Posting, Series, Setup
from storage.books import settings_tables
from storage.books.bank_accounts import load_bank_accounts
from storage.books.dimensions import load_dimensions
from storage.books.series import SERIES
from storage.books.tax_codes import load_tax_codes, load_withholdings
from storage.queries.cache import remembered
from storage.queries.statements import Kept, execute, flat, insert_rows, table_of

_TERMS = Kept(settings_tables.PaymentTerm, PaymentTerm)
_POSTINGS = Kept(settings_tables.PostingProfile, Posting)
_ACCOUNTS = table_of(settings_tables.Account)
_TRANSACTIONS = table_of(settings_tables.TransactionType).c

_TERMS_IN_ORDER = _TERMS.all.order_by(_TERMS.table.c.days, _TERMS.table.c.code)
_SERIES_AND_POSTING = (
    SERIES.all.add_columns(*_POSTINGS.all.selected_columns)
    .join_from(table_of(settings_tables.TransactionType), SERIES.table, SERIES.table.c.kind == _TRANSACTIONS.kind)
    .join(_POSTINGS.table, _POSTINGS.table.c.name == _TRANSACTIONS.posting_profile)
    .where(_TRANSACTIONS.kind == bindparam("kind"))
)
_USUAL_SERIES = _SERIES_AND_POSTING.where(SERIES.table.c.code == _TRANSACTIONS.series)
_NAMED_SERIES = _SERIES_AND_POSTING.where(SERIES.table.c.code == bindparam("series"))


def load_setup(session: Session, kind: DocumentKind, *, series: str = "") -> Setup:
    """All that composing a document of this kind looks at. `series` is the code of one of this kind that is there,
    where it is not the usual one.
    """
    return remembered(session, ("setup", kind, series), lambda db: _read_setup(db, kind, series))


def _read_setup(session: Session, kind: DocumentKind, series: str) -> Setup:
    values = {"kind": kind.value, "series": series} if series else {"kind": kind.value}
    row = execute(session, _NAMED_SERIES if series else _USUAL_SERIES, values).one()
    width = len(fields(Series))
    return Setup(
        tax_codes={code.code: code for code in load_tax_codes(session)},
        terms={term.code: term for term in load_terms(session)},
        series=SERIES.of(row[:width]),
        posting=_POSTINGS.of(row[width:]),
        withholdings={code.code: code for code in load_withholdings(session)},
        dimensions=load_dimensions(session),
        bank_accounts=load_bank_accounts(session),
    )


def load_terms(session: Session) -> list[PaymentTerm]:
    return _TERMS.find(session, _TERMS_IN_ORDER)


def save_term(session: Session, term: PaymentTerm) -> None:
    """Keep payment terms, new or changed."""
    values = {name: value for name, value in flat(term).items() if name != "code"}
    if not _TERMS.change(session, term.code, **values):
        _TERMS.add(session, code=term.code, **values)


def add_accounts(session: Session, accounts: Iterable[Account]) -> None:
    """Add new accounts to the chart."""
    insert_rows(session, _ACCOUNTS.insert().inline(), map(flat, accounts))


def add_terms(session: Session, terms: Iterable[PaymentTerm]) -> None:
    """Add new payment terms."""
    insert_rows(session, _TERMS.table.insert().inline(), map(flat, terms))


def add_postings(session: Session, postings: Mapping[str, Posting]) -> None:
    """Add new posting profiles, by name."""
    rows = ({"name": name, **flat(posting)} for name, posting in postings.items())
    insert_rows(session, _POSTINGS.table.insert().inline(), rows)


def add_transaction_types(session: Session, types: Iterable[tuple[TransactionProfile, str]]) -> None:
    """Add new transaction types, each with the code of the series that its documents draw from."""
    rows = ({**flat(one), "series": series} for one, series in types)
    insert_rows(session, table_of(settings_tables.TransactionType).insert().inline(), rows)


def has_account(session: Session, number: str, account_type: str) -> bool:
    """Whether the chart has an account of this number and type that can be posted to."""
    row = session.get(settings_tables.Account, number)
    return row is not None and row.type == account_type and row.active
