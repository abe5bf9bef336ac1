"""Whether an organization may issue: what is missing, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass

from invoicing.catalog import Customer
from invoicing.countries import country
from invoicing.documents import Document, Environment
from invoicing.profiles import Profile


@dataclass(frozen=True, slots=True)
class Blocker:
    """Something that keeps an organization from issuing: the field to set, and a sentence on it."""

    field: str
    message: str


def blockers(profile: Profile) -> tuple[Blocker, ...]:
    """What stands between the organization and its first live document; empty when it is ready.

    A sandbox only needs a country. Live documents need what the law of the seller's country wants on them
    (the country file's `seller_required`) and somewhere to pay to.
    """
    if not profile.country:
        return (Blocker("country", "The country is not set: it decides tax, currency and required fields."),)
    if profile.environment is Environment.SANDBOX:
        return ()
    return live_blockers(profile)


def live_blockers(profile: Profile) -> tuple[Blocker, ...]:
    """What a live organization with this profile would lack."""
    rules = country(profile.country)
    missing = [
        Blocker(field, f"{field} is required on invoices in {rules.name}: set it with update_organization.")
        for field in rules.seller_required
        if not getattr(profile, field) and not (field == "tax_number" and profile.tax_system == "none")
    ]
    if not (profile.iban or profile.account_number):
        missing.append(Blocker("iban", "Buyers need somewhere to pay: set iban (or account_number)."))
    return tuple(missing)


def customer_gaps(profile: Profile, customer: Customer) -> tuple[str, ...]:
    """The customer's fields that the seller's country requires on an invoice and that are empty."""
    required = country(profile.country).buyer_required(business=not customer.consumer, buyer_country=customer.country)
    return tuple(field for field in required if not getattr(customer, field))


def exchange_gap(document: Document, profile: Profile) -> str:
    """What a document in a foreign currency lacks that the seller's country wants on it, or nothing.

    Directive 2006/112/EC, Article 230: in whatever currency the amounts are, the tax is expressed in the national
    one. Where no tax is charged there is nothing to express, and books in a third currency cannot express it.
    """
    rules = country(profile.country)
    foreign = document.currency != rules.currency == profile.currency
    if not (rules.tax_in_national_currency and foreign and document.tax_minor and document.exchange is None):
        return ""
    return (
        f"The document is in {document.currency}: {rules.name} wants its tax in {rules.currency} too. State"
        f" exchange_rate (what 1 {document.currency} costs in {rules.currency}) and exchange_source."
    )
