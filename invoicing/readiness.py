"""Whether an organization may issue: what is missing, and how to mend it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass

from invoicing.catalog import Customer
from invoicing.countries import country
from invoicing.documents import Document, Environment
from invoicing.profiles import Profile
from invoicing.render.fonts import unprintable_characters
from invoicing.tax_facts import seller_territory

_ADDRESS = ("line1", "line2", "postal_code", "city", "region")


@dataclass(frozen=True, slots=True)
class Blocker:
    """Something that keeps an organization from issuing: the fields to set, and a text on all of them."""

    fields: tuple[str, ...]
    message: str


def blockers(profile: Profile, *, default_code: str = "") -> tuple[Blocker, ...]:
    """What stands between the organization and its first live document; empty when it is ready.

    A sandbox only needs a country. Live documents need what the law of the seller's country wants on them
    (the country file's `seller_required`) and somewhere to pay to. `default_code` is the organization's default tax
    code, which can say that a seller in a territory has set its tax up.
    """
    if not profile.country:
        message = "The country is not set, which decides tax, currency and required fields: set it with"
        return (Blocker(("country",), f"{message} update_organization."),)
    if profile.environment is Environment.SANDBOX:
        return ()
    return live_blockers(profile, default_code=default_code)


def live_blockers(profile: Profile, *, default_code: str = "") -> tuple[Blocker, ...]:
    """What a live organization with this profile would lack, as one blocker: it is mended with one call. What its
    territory stands for is another.
    """
    place = territory_blockers(profile, default_code=default_code)
    rules = country(profile.country)
    missing: list[str] = [
        field
        for field in rules.seller_required
        if not getattr(profile, field) and not (field == "tax_number" and profile.tax_system == "none")
    ]
    named = _as_arguments(missing)
    if not (profile.iban or profile.account_number):
        missing.append("iban")
        named.append("iban (or account_number)")
    if not missing:
        return place
    listed = " and ".join([", ".join(named[:-1]), named[-1]] if named[1:] else named)
    message = f"Live invoices in {rules.name} still need {listed}: set with update_organization."
    return (Blocker(tuple(missing), message), *place)


def territory_blockers(profile: Profile, *, default_code: str = "") -> tuple[Blocker, ...]:
    """What stands in the way of a seller in a territory whose tax is not known here; empty where nothing does.

    A default tax code that is none of the country's says that somebody has set the territory's tax up.
    """
    territory = seller_territory(profile)
    if territory is None or profile.tax_system == "none":
        return ()
    name = profile.legal_name or profile.name
    if territory.country != profile.country:
        message = (
            f"{name} is in {territory.name}, which is taxed like {territory.country} ({territory.law}), not like"
            f" {profile.country}: make the organization anew with country {territory.country}, or correct the postal"
            " code with update_organization."
        )
        return (Blocker(("country",), message),)
    own = default_code and default_code not in {code.code for code in country(profile.country).tax_codes}
    if not territory.seller or own:
        return ()
    message = (
        f"{name} is in {territory.name}: {territory.seller} ({territory.law}), and its rates are not kept here. The"
        f" rates of {profile.country} must not be charged: save a tax code of that place with counterfoil tax-code save"
        " --default, or correct the postal code with update_organization."
    )
    return (Blocker(("tax_codes",), message),)


def _as_arguments(missing: Sequence[str]) -> list[str]:
    """The fields as the arguments that set them: those of the address are parts of one."""
    parts = [field for field in missing if field in _ADDRESS]
    address = [f"address ({', '.join(parts)})"] if parts else []
    return [*address, *(field for field in missing if field not in _ADDRESS)]


def customer_gaps(profile: Profile, customer: Customer) -> tuple[str, ...]:
    """The customer's fields that the seller's country requires on an invoice and that are empty."""
    required = country(profile.country).buyer_required(business=not customer.consumer, buyer_country=customer.country)
    return tuple(field for field in required if not getattr(customer, field))


def unprintable_parties(document: Document) -> tuple[str, ...]:
    """Names and addresses that the PDF would show with replacement signs: an invoice states both parties' full name
    and address (Article 226(5) Directive 2006/112/EC).
    """
    return tuple(
        f"The PDF cannot print {missing[:20]} in name or address of {party.name}: write them in Latin, Greek or"
        " Cyrillic letters."
        for party in (document.seller, document.buyer)
        if (missing := unprintable_characters(" ".join((party.name, *astuple(party.address)))))
    )


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
