"""The layers of an organization's settings, as onboarding makes or copies them."""

from __future__ import annotations

from dataclasses import dataclass

from invoicing.master_data.records import Account, KnownJurisdiction, PaymentTerm, Posting, TaxCode, WithholdingCode

STANDARD_PROFILE = "Standard"


@dataclass(frozen=True, slots=True)
class OrganizationLayer:
    """The organization level of onboarding: what a fresh start makes and a copy takes from the practice."""

    accounts: tuple[Account, ...]
    tax_codes: tuple[TaxCode, ...]
    terms: tuple[PaymentTerm, ...]
    authorities: tuple[tuple[str, str], ...]
    withholdings: tuple[WithholdingCode, ...] = ()
    jurisdictions: tuple[KnownJurisdiction, ...] = ()


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
