"""Queries on an organization's settings: chart of accounts, tax codes, terms, series, posting profiles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Row, bindparam
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from invoicing.catalog import Account, PaymentTerm, Posting, Series, Setup, TaxCode
from invoicing.countries.model import DatedRate
from invoicing.documents import DocumentKind, TaxCategory
from storage.statements import Kept, execute, table_of
from storage.tables import settings

STANDARD_PROFILE = "Standard"


@dataclass(frozen=True, slots=True)
class OrganizationLayer:
    """The organization level of onboarding: what a fresh start makes and a copy takes from the practice."""

    accounts: tuple[Account, ...]
    tax_codes: tuple[TaxCode, ...]
    terms: tuple[PaymentTerm, ...]
    authorities: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class TransactionProfile:
    """Which posting profile a kind of transaction uses."""

    name: str
    kind: str
    posting_profile: str


@dataclass(frozen=True, slots=True)
class EntityLayer:
    """The entity level of onboarding: posting profiles and transaction type profiles."""

    postings: dict[str, Posting]
    transactions: tuple[TransactionProfile, ...]


_TERMS = Kept(settings.PaymentTerm, PaymentTerm)
_SERIES = Kept(settings.NumberSeries, Series, kind=DocumentKind)
_POSTINGS = Kept(settings.PostingProfile, Posting)
_CODES = table_of(settings.TaxCode).c
_RATES = table_of(settings.TaxRate).c
_TRANSACTIONS = table_of(settings.TransactionType).c

_TERMS_IN_ORDER = _TERMS.all.order_by(_TERMS.table.c.days, _TERMS.table.c.code)
_SERIES_IN_ORDER = _SERIES.all.order_by(_SERIES.table.c.code)
_CODES_WITH_RATES = (
    sql_select(
        _CODES.code,
        _CODES.name,
        _CODES.category,
        _CODES.label,
        _CODES.reason,
        _CODES.is_default,
        _RATES.percent,
        _RATES.valid_from,
        _RATES.valid_until,
    )
    .outerjoin_from(table_of(settings.TaxCode), table_of(settings.TaxRate), _RATES.code == _CODES.code)
    .order_by(_CODES.code, _RATES.valid_from)
)
_SERIES_AND_POSTING = (
    _SERIES.all.add_columns(*_POSTINGS.all.selected_columns)
    .join_from(table_of(settings.TransactionType), _SERIES.table, _SERIES.table.c.code == _TRANSACTIONS.series)
    .join(_POSTINGS.table, _POSTINGS.table.c.name == _TRANSACTIONS.posting_profile)
    .where(_TRANSACTIONS.kind == bindparam("kind"))
)


def load_setup(session: Session, kind: DocumentKind) -> Setup:
    """All that composing a document of this kind looks at."""
    row = execute(session, _SERIES_AND_POSTING, {"kind": kind.value}).one()
    width = len(fields(Series))
    return Setup(
        tax_codes={code.code: code for code in load_tax_codes(session)},
        terms={term.code: term for term in load_terms(session)},
        series=_SERIES.of(row[:width]),
        posting=_POSTINGS.of(row[width:]),
    )


def load_tax_codes(session: Session) -> list[TaxCode]:
    """The tax codes by code, each with its rates in the order of time."""
    rows = execute(session, _CODES_WITH_RATES).all()
    return [_tax_code(list(group)) for _, group in groupby(rows, key=itemgetter(0))]


def _tax_code(rows: list[Row[*tuple[Any, ...]]]) -> TaxCode:
    code, name, category, label, reason, is_default, *_ = rows[0]
    return TaxCode(
        code=code,
        name=name,
        category=TaxCategory(category),
        label=label,
        rates=tuple(DatedRate(*row[-3:]) for row in rows if row[-2] is not None),
        reason=reason,
        is_default=is_default,
    )


def load_terms(session: Session) -> list[PaymentTerm]:
    return _TERMS.find(session, _TERMS_IN_ORDER)


def load_series(session: Session) -> list[Series]:
    return _SERIES.find(session, _SERIES_IN_ORDER)


def load_organization_layer(session: Session) -> OrganizationLayer:
    accounts = session.exec(select(settings.Account).order_by(col(settings.Account.number)))
    authorities = session.exec(select(settings.TaxAuthority).order_by(col(settings.TaxAuthority.name)))
    return OrganizationLayer(
        accounts=tuple(Account(row.number, row.name, row.type) for row in accounts),
        tax_codes=tuple(load_tax_codes(session)),
        terms=tuple(load_terms(session)),
        authorities=tuple((row.name, row.country) for row in authorities),
    )


def load_entity_layer(session: Session) -> EntityLayer:
    transactions = session.exec(select(settings.TransactionType).order_by(col(settings.TransactionType.name)))
    return EntityLayer(
        postings={row.name: _posting(row) for row in session.exec(select(settings.PostingProfile))},
        transactions=tuple(TransactionProfile(row.name, row.kind, row.posting_profile) for row in transactions),
    )


def save_organization_layer(session: Session, layer: OrganizationLayer) -> None:
    """Add the layer to books that have none yet."""
    session.add_all(settings.Account(**asdict(account)) for account in layer.accounts)
    session.add_all(settings.TaxAuthority(name=name, country=country) for name, country in layer.authorities)
    session.add_all(settings.PaymentTerm(**asdict(term)) for term in layer.terms)
    for code in layer.tax_codes:
        session.add(
            settings.TaxCode(
                code=code.code,
                name=code.name,
                category=code.category.value,
                label=code.label,
                reason=code.reason,
                is_default=code.is_default,
            )
        )
        session.flush()
        session.add_all(settings.TaxRate(code=code.code, **asdict(rate)) for rate in code.rates)
    session.flush()


def save_series(session: Session, series: Iterable[Series]) -> None:
    session.add_all(settings.NumberSeries(code=one.code, kind=one.kind.value, pattern=one.pattern) for one in series)
    session.flush()


def save_entity_layer(session: Session, layer: EntityLayer, *, series: dict[str, str]) -> None:
    """Add posting and transaction type profiles; `series` says which series each kind of transaction uses."""
    session.add_all(settings.PostingProfile(name=name, **asdict(posting)) for name, posting in layer.postings.items())
    session.flush()
    session.add_all(
        settings.TransactionType(
            name=transaction.name,
            kind=transaction.kind,
            series=series[transaction.kind],
            posting_profile=transaction.posting_profile,
        )
        for transaction in layer.transactions
    )
    session.flush()


def _posting(row: settings.PostingProfile) -> Posting:
    return Posting(
        receivable=row.receivable,
        revenue=row.revenue,
        tax_payable=row.tax_payable,
        discount=row.discount,
        rounding=row.rounding,
        bank=row.bank,
    )


def has_account(session: Session, number: str, account_type: str) -> bool:
    """Whether the chart has an account of this number and type."""
    row = session.get(settings.Account, number)
    return row is not None and row.type == account_type
