"""Queries on an organization's settings by layers: chart of accounts, tax codes, terms, posting profiles."""

from __future__ import annotations

from dataclasses import asdict, fields

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from invoicing.document.documents import DocumentKind
from invoicing.master_data.layers import EntityLayer, OrganizationLayer, TransactionProfile
from invoicing.master_data.records import Account, PaymentTerm, Posting, Series, Setup
from storage.books import settings_tables
from storage.books.bank_accounts import load_bank_accounts
from storage.books.dimensions import load_dimensions
from storage.books.jurisdictions import add_jurisdictions, load_jurisdictions
from storage.books.series import SERIES
from storage.books.tax_codes import add_tax_codes, add_withholdings, load_tax_codes, load_withholdings
from storage.queries.cache import remembered
from storage.queries.statements import Kept, execute, flat, table_of

_TERMS = Kept(settings_tables.PaymentTerm, PaymentTerm)
_POSTINGS = Kept(settings_tables.PostingProfile, Posting)
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


def load_organization_layer(session: Session) -> OrganizationLayer:
    accounts = session.exec(select(settings_tables.Account).order_by(col(settings_tables.Account.number)))
    authorities = session.exec(select(settings_tables.TaxAuthority).order_by(col(settings_tables.TaxAuthority.name)))
    return OrganizationLayer(
        accounts=tuple(Account(row.number, row.name, row.type, row.active) for row in accounts),
        tax_codes=tuple(load_tax_codes(session)),
        terms=tuple(load_terms(session)),
        authorities=tuple((row.name, row.country) for row in authorities),
        withholdings=tuple(load_withholdings(session)),
        jurisdictions=tuple(load_jurisdictions(session)),
    )


def load_entity_layer(session: Session) -> EntityLayer:
    transactions = session.exec(
        select(settings_tables.TransactionType).order_by(col(settings_tables.TransactionType.name))
    )
    return EntityLayer(
        postings={row.name: _posting(row) for row in session.exec(select(settings_tables.PostingProfile))},
        transactions=tuple(TransactionProfile(row.name, row.kind, row.posting_profile) for row in transactions),
    )


def save_organization_layer(session: Session, layer: OrganizationLayer) -> None:
    """Add the layer to books that have none yet."""
    session.add_all(settings_tables.Account(**asdict(account)) for account in layer.accounts)
    session.add_all(settings_tables.TaxAuthority(name=name, country=country) for name, country in layer.authorities)
    session.add_all(settings_tables.PaymentTerm(**asdict(term)) for term in layer.terms)
    session.flush()
    add_tax_codes(session, layer.tax_codes)
    add_withholdings(session, layer.withholdings)
    add_jurisdictions(session, layer.jurisdictions)


def save_entity_layer(session: Session, layer: EntityLayer, *, series: dict[str, str]) -> None:
    """Add posting and transaction type profiles; `series` says which series each kind of transaction uses."""
    session.add_all(
        settings_tables.PostingProfile(name=name, **asdict(posting)) for name, posting in layer.postings.items()
    )
    session.flush()
    session.add_all(
        settings_tables.TransactionType(
            name=transaction.name,
            kind=transaction.kind,
            series=series[transaction.kind],
            posting_profile=transaction.posting_profile,
        )
        for transaction in layer.transactions
    )
    session.flush()


def _posting(row: settings_tables.PostingProfile) -> Posting:
    return Posting(**{field.name: getattr(row, field.name) for field in fields(Posting)})


def has_account(session: Session, number: str, account_type: str) -> bool:
    """Whether the chart has an account of this number and type that can be posted to."""
    row = session.get(settings_tables.Account, number)
    return row is not None and row.type == account_type and row.active
