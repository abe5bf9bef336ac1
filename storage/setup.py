"""Queries on an organization's settings: chart of accounts, tax codes, terms, series, posting profiles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from sqlmodel import Session, col, select

from invoicing.catalog import Account, PaymentTerm, Posting, Series, Setup, TaxCode
from invoicing.countries.model import DatedRate
from invoicing.documents import DocumentKind, TaxCategory
from storage.tables import books

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


def load_setup(session: Session, kind: DocumentKind) -> Setup:
    """All that composing a document of this kind looks at."""
    transaction = session.exec(select(books.TransactionType).where(col(books.TransactionType.kind) == kind.value)).one()
    series = session.get_one(books.NumberSeries, transaction.series)
    return Setup(
        tax_codes={code.code: code for code in load_tax_codes(session)},
        terms={term.code: term for term in load_terms(session)},
        series=Series(code=series.code, kind=kind, pattern=series.pattern),
        posting=_posting(session.get_one(books.PostingProfile, transaction.posting_profile)),
    )


def load_tax_codes(session: Session) -> list[TaxCode]:
    rates: dict[str, list[DatedRate]] = {}
    for rate in session.exec(select(books.TaxRate).order_by(col(books.TaxRate.valid_from))):
        rates.setdefault(rate.code, []).append(DatedRate(rate.percent, rate.valid_from, rate.valid_until))
    return [
        TaxCode(
            code=row.code,
            name=row.name,
            category=TaxCategory(row.category),
            label=row.label,
            rates=tuple(rates.get(row.code, ())),
            reason=row.reason,
            is_default=row.is_default,
        )
        for row in session.exec(select(books.TaxCode).order_by(col(books.TaxCode.code)))
    ]


def load_terms(session: Session) -> list[PaymentTerm]:
    rows = session.exec(select(books.PaymentTerm).order_by(col(books.PaymentTerm.days), col(books.PaymentTerm.code)))
    return [PaymentTerm(row.code, row.name, row.days, row.is_default) for row in rows]


def load_series(session: Session) -> list[Series]:
    rows = session.exec(select(books.NumberSeries).order_by(col(books.NumberSeries.code)))
    return [Series(row.code, DocumentKind(row.kind), row.pattern) for row in rows]


def load_organization_layer(session: Session) -> OrganizationLayer:
    accounts = session.exec(select(books.Account).order_by(col(books.Account.number)))
    authorities = session.exec(select(books.TaxAuthority).order_by(col(books.TaxAuthority.name)))
    return OrganizationLayer(
        accounts=tuple(Account(row.number, row.name, row.type) for row in accounts),
        tax_codes=tuple(load_tax_codes(session)),
        terms=tuple(load_terms(session)),
        authorities=tuple((row.name, row.country) for row in authorities),
    )


def load_entity_layer(session: Session) -> EntityLayer:
    transactions = session.exec(select(books.TransactionType).order_by(col(books.TransactionType.name)))
    return EntityLayer(
        postings={row.name: _posting(row) for row in session.exec(select(books.PostingProfile))},
        transactions=tuple(TransactionProfile(row.name, row.kind, row.posting_profile) for row in transactions),
    )


def save_organization_layer(session: Session, layer: OrganizationLayer) -> None:
    """Add the layer to books that have none yet."""
    session.add_all(books.Account(**asdict(account)) for account in layer.accounts)
    session.add_all(books.TaxAuthority(name=name, country=country) for name, country in layer.authorities)
    session.add_all(books.PaymentTerm(**asdict(term)) for term in layer.terms)
    for code in layer.tax_codes:
        session.add(
            books.TaxCode(
                code=code.code,
                name=code.name,
                category=code.category.value,
                label=code.label,
                reason=code.reason,
                is_default=code.is_default,
            )
        )
        session.flush()
        session.add_all(books.TaxRate(code=code.code, **asdict(rate)) for rate in code.rates)
    session.flush()


def save_series(session: Session, series: Iterable[Series]) -> None:
    session.add_all(books.NumberSeries(code=one.code, kind=one.kind.value, pattern=one.pattern) for one in series)
    session.flush()


def save_entity_layer(session: Session, layer: EntityLayer, *, series: dict[str, str]) -> None:
    """Add posting and transaction type profiles; `series` says which series each kind of transaction uses."""
    session.add_all(books.PostingProfile(name=name, **asdict(posting)) for name, posting in layer.postings.items())
    session.flush()
    session.add_all(
        books.TransactionType(
            name=transaction.name,
            kind=transaction.kind,
            series=series[transaction.kind],
            posting_profile=transaction.posting_profile,
        )
        for transaction in layer.transactions
    )
    session.flush()


def _posting(row: books.PostingProfile) -> Posting:
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
    row = session.get(books.Account, number)
    return row is not None and row.type == account_type
